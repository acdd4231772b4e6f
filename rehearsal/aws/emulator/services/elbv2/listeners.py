"""Elastic Load Balancing's refusals of target groups, listeners and rules."""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_region

from ...core.ministack_api import Refused
from ...core.seams import alb, ec2
from .. import acm, cloudformation
from .load_balancers import given_attributes, keep, refuse_unknown

GROUP, LISTENER, RULE = (f"AWS::ElasticLoadBalancingV2::{name}" for name in ("TargetGroup", "Listener", "ListenerRule"))

GROUP_ATTRIBUTES = frozenset(
    """
deregistration_delay.timeout_seconds stickiness.enabled stickiness.type load_balancing.cross_zone.enabled
target_group_health.dns_failover.minimum_healthy_targets.count
target_group_health.dns_failover.minimum_healthy_targets.percentage
target_group_health.unhealthy_state_routing.minimum_healthy_targets.count
target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage load_balancing.algorithm.type
load_balancing.algorithm.anomaly_mitigation slow_start.duration_seconds stickiness.app_cookie.cookie_name
stickiness.app_cookie.duration_seconds stickiness.lb_cookie.duration_seconds
""".split()
)
"""Attributes of target groups of instances and addresses."""

TLS13 = [
    f"TLS13-1-{version}{date}"
    for date in ("-2021-06", "-PQ-2025-09", "-FIPS-2023-04", "-FIPS-PQ-2025-09")
    for version in ("0", "1", "2", "2-Res", "2-Ext0", "2-Ext1", "2-Ext2", "3")
]
TLS12 = [
    "2016-08",
    "TLS-1-0-2015-04",
    "TLS-1-1-2017-01",
    "TLS-1-2-2017-01",
    "TLS-1-2-Ext-2018-06",
    "FS-2018-06",
    "FS-1-1-2019-08",
    "FS-1-2-2019-08",
    "FS-1-2-Res-2019-08",
    "FS-1-2-Res-2020-10",
]
SSL_POLICIES = frozenset(f"ELBSecurityPolicy-{name}" for name in TLS12 + TLS13)
MAX_VALUES = 5
"""Values in the conditions of a rule."""


def install() -> None:
    """Put every seam of this module in."""
    acm.USERS.append(_with_certificate)
    cloudformation.check(GROUP, refuse_group)
    cloudformation.check(LISTENER, refuse_listener)
    cloudformation.check(RULE, refuse_rule)
    keep(GROUP, use, "DeleteTargetGroup")
    cloudformation.override(RULE, create=_forwarding, update=_forwarding)
    for kind in (LISTENER, RULE):
        cloudformation.override(kind, create=_relating, update=_relating, delete=_relating)


def use(arn: str) -> str | None:
    """Why a target group cannot be deleted."""
    if _balancers(arn):
        return f"Target group '{arn}' is currently in use by a listener or a rule"
    return None


def refuse_group(properties: dict, physical_id: str | None) -> None:
    """Refuse a target group as Elastic Load Balancing does."""
    if properties.get("TargetType", "instance") != "lambda":
        for name in ("Port", "Protocol", "VpcId"):
            if not properties.get(name):
                raise Refused(f"A target group must have {name}")
        if not 1 <= int(properties["Port"]) <= 65535 or properties["Protocol"] not in ("HTTP", "HTTPS"):
            raise Refused(
                f"Port {properties['Port']} and protocol {properties['Protocol']} are not those of a target "
                "group of an application load balancer"
            )
        if properties["VpcId"] not in ec2.vpcs:
            raise Refused(f"The VPC ID '{properties['VpcId']}' is not found")
    if int(properties.get("HealthCheckTimeoutSeconds") or 5) >= int(properties.get("HealthCheckIntervalSeconds") or 30):
        raise Refused("Health check interval must be greater than the timeout")
    for arn, held in alb.tgs.items():
        if arn != physical_id and held["TargetGroupName"] == properties.get("Name"):
            raise Refused(f"A target group with the same name '{properties['Name']}' exists")
    attributes = given_attributes(properties.get("TargetGroupAttributes"))
    refuse_unknown(attributes, GROUP_ATTRIBUTES, "Target group")
    if not 0 <= int(attributes.get("deregistration_delay.timeout_seconds", 300)) <= 3600:
        raise Refused("Deregistration delay must be between 0 and 3600 seconds")


def forwarded(action: dict) -> dict[str, int]:
    """The target groups to which an action forwards, with their weights: ARN -> weight."""
    groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or [action]
    return {group["TargetGroupArn"]: int(group.get("Weight", 1)) for group in groups if group.get("TargetGroupArn")}


def targets(actions: list[dict] | None) -> set[str]:
    """The target groups of actions, those without weight too: all of them are in use, and checked."""
    return {arn for action in actions or [] for arn in forwarded(action)}


def _refuse_targets(actions: list[dict] | None) -> None:
    missing = sorted(targets(actions) - set(alb.tgs))
    if missing:
        raise Refused(f"Target groups '{missing[0]}' not found")


def _with_certificate(arn: str) -> list[str]:
    """The listeners of all accounts that have a certificate."""
    return [key for (_, _, key), held in alb.listeners.all_items() if arn in held.get("Certificates", [])]


def refuse_listener(properties: dict, physical_id: str | None) -> None:
    """Refuse a listener as Elastic Load Balancing does."""
    port, protocol = int(properties["Port"]), properties["Protocol"]
    for arn, held in alb.listeners.items():
        if arn != physical_id and (held["LoadBalancerArn"], held["Port"]) == (properties["LoadBalancerArn"], port):
            raise Refused(f"A listener already exists on port {port} for this load balancer")
    given = [one["CertificateArn"] for one in properties.get("Certificates") or []]
    if (protocol == "HTTPS") != bool(given):
        raise Refused(f"A certificate must be specified for HTTPS listeners, and for no other: {protocol}")
    for arn in given:
        acm.require(arn, get_region())
    policy = properties.get("SslPolicy")
    if policy and policy not in SSL_POLICIES:
        raise Refused(f"SSL policy '{policy}' not found")
    _refuse_targets(properties.get("DefaultActions"))


def refuse_rule(properties: dict, physical_id: str | None) -> None:
    """Refuse a rule of a listener as Elastic Load Balancing does."""
    priority, listener = str(properties["Priority"]), properties.get("ListenerArn")
    for arn, held in alb.rules.items():
        if arn != physical_id and (held["ListenerArn"], held["Priority"]) == (listener, priority):
            raise Refused(f"Priority '{priority}' is currently in use")
    values = [
        value
        for condition in properties.get("Conditions") or []
        for config in [condition, *(part for part in condition.values() if isinstance(part, dict))]
        for value in config.get("Values") or []
    ]
    if len(values) > MAX_VALUES:
        raise Refused(f"A rule can have at most {MAX_VALUES} condition values, not {len(values)}")
    _refuse_targets(properties.get("Actions"))
    _refuse_weights(properties.get("Actions"))


def _refuse_weights(actions: list[dict] | None) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupTuple.html"""
    for action in actions or []:
        wrong = [weight for weight in forwarded(action).values() if not 0 <= weight <= 999]
        if wrong:
            raise Refused(f"Weight '{wrong[0]}' must be between 0 and 999")


def _balancers(group: str) -> list[str]:
    """The load balancers whose listeners or rules send requests to a target group."""
    listeners, found = alb.listeners, set()
    for rule in alb.rules.values():
        if group in targets(rule["Actions"]) and rule["ListenerArn"] in listeners:
            found.add(listeners[rule["ListenerArn"]]["LoadBalancerArn"])
    return sorted(found)


def _forwarding(action: Callable, *args: Any) -> Any:
    """A new or changed rule, with all the target groups of its actions; MiniStack keeps the first, without its weight."""
    done = action(*args)
    properties = args[2] if isinstance(args[2], dict) else args[1]
    for held, given in zip(alb.rules[done[0]]["Actions"], properties.get("Actions") or [], strict=True):
        if given.get("ForwardConfig"):
            held["ForwardConfig"] = given["ForwardConfig"]
    return done


def _relating(action: Callable, *args: Any) -> Any:
    """A change of listeners or rules, after which every target group knows its load balancers; MiniStack forgets those
    that only a rule leads to."""
    done = action(*args)
    for arn, held in alb.tgs.items():
        held["LoadBalancerArns"] = _balancers(arn)
    return done
