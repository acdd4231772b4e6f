"""Application load balancers: what Elastic Load Balancing refuses, and what MiniStack leaves out of their records."""

import certificates
import cloudformation
import log_access
from ministack_api import Refused, is_true

BALANCER, GROUP, LISTENER, RULE = (
    f"AWS::ElasticLoadBalancingV2::{name}" for name in ("LoadBalancer", "TargetGroup", "Listener", "ListenerRule"))
LOGS = "logdelivery.elasticloadbalancing.amazonaws.com"
LOG_KINDS = ("access_logs", "connection_logs", "health_check_logs")
PROTECTION = "deletion_protection.enabled"

ATTRIBUTES = frozenset("""
deletion_protection.enabled load_balancing.cross_zone.enabled ipv6.deny_all_igw_traffic zonal_shift.config.enabled
idle_timeout.timeout_seconds client_keep_alive.seconds routing.http.desync_mitigation_mode
routing.http.drop_invalid_header_fields.enabled routing.http.preserve_host_header.enabled
routing.http.x_amzn_tls_version_and_cipher_suite.enabled routing.http.xff_client_port.enabled
routing.http.xff_header_processing.mode routing.http2.enabled waf.fail_open.enabled
""".split()) | {f"{kind}.s3.{name}" for kind in LOG_KINDS for name in ("enabled", "bucket", "prefix")}
"""Attributes of a load balancer of type application."""

GROUP_ATTRIBUTES = frozenset("""
deregistration_delay.timeout_seconds stickiness.enabled stickiness.type load_balancing.cross_zone.enabled
target_group_health.dns_failover.minimum_healthy_targets.count
target_group_health.dns_failover.minimum_healthy_targets.percentage
target_group_health.unhealthy_state_routing.minimum_healthy_targets.count
target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage load_balancing.algorithm.type
load_balancing.algorithm.anomaly_mitigation slow_start.duration_seconds stickiness.app_cookie.cookie_name
stickiness.app_cookie.duration_seconds stickiness.lb_cookie.duration_seconds
""".split())
"""Attributes of its target groups of instances and addresses."""

TLS13 = [f"TLS13-1-{version}{date}" for date in ("-2021-06", "-PQ-2025-09", "-FIPS-2023-04", "-FIPS-PQ-2025-09")
         for version in ("0", "1", "2", "2-Res", "2-Ext0", "2-Ext1", "2-Ext2", "3")]
TLS12 = ["2016-08", "TLS-1-0-2015-04", "TLS-1-1-2017-01", "TLS-1-2-2017-01", "TLS-1-2-Ext-2018-06", "FS-2018-06",
         "FS-1-1-2019-08", "FS-1-2-2019-08", "FS-1-2-Res-2019-08", "FS-1-2-Res-2020-10"]
SSL_POLICIES = frozenset(f"ELBSecurityPolicy-{name}" for name in TLS12 + TLS13)
MOST_VALUES = 5
"""Values in the conditions of a rule."""


def install() -> None:
    """Put every seam of this module in."""
    alb = _alb()
    cloudformation.check(BALANCER, refuse_balancer)
    cloudformation.check(GROUP, refuse_group)
    cloudformation.check(LISTENER, refuse_listener)
    cloudformation.check(RULE, refuse_rule)
    for kind, problem, action in ((BALANCER, protection, "DeleteLoadBalancer"), (GROUP, use, "DeleteTargetGroup")):
        cloudformation.check_deletion(kind, _refusal(problem))
        alb._ACTION_MAP[action] = _checked(alb._ACTION_MAP[action], problem)
    cloudformation.override(BALANCER, create=_create_balancer)
    for kind in (LISTENER, RULE):
        cloudformation.override(kind, create=_relating, update=_relating, delete=_relating)


def _alb():
    from ministack.services import alb

    return alb


def _refusal(problem):
    def refuse(arn: str) -> None:
        told = problem(arn)
        if told:
            raise Refused(told)

    return refuse


def _checked(action, problem):
    """An action of the API that deletes, unless there is a problem."""

    def checked(params):
        arn = next((_alb()._p(params, name) for name in ("LoadBalancerArn", "TargetGroupArn") if name in params), "")
        told = problem(arn)
        return _alb()._error("OperationNotPermitted", told) if told else action(params)

    return checked


def given_attributes(listed: list[dict] | None) -> dict[str, str]:
    """Attributes of a template or of a record."""
    return {one["Key"]: str(one.get("Value", "")) for one in listed or []}


def protection(arn: str) -> str | None:
    """Why a load balancer cannot be deleted."""
    if is_true(given_attributes(_alb()._lb_attrs.get(arn)).get(PROTECTION)):
        return f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
    return None


def use(arn: str) -> str | None:
    """Why a target group cannot be deleted."""
    if _balancers(arn):
        return f"Target group '{arn}' is currently in use by a listener or a rule"
    return None


def refuse_balancer(properties: dict, _physical_id: str | None) -> None:
    """Refuse a load balancer as Elastic Load Balancing does."""
    _refuse_subnets(properties.get("Subnets") or [])
    groups = _ec2()._security_groups
    for group in properties.get("SecurityGroups") or []:
        if group not in groups:
            raise Refused(f"The security group '{group}' does not exist")
    attributes = given_attributes(properties.get("LoadBalancerAttributes"))
    _refuse_unknown(attributes, ATTRIBUTES, "Load balancer")
    for kind in LOG_KINDS:
        if is_true(attributes.get(f"{kind}.s3.enabled")):
            _refuse_logs(attributes.get(f"{kind}.s3.bucket", ""), attributes.get(f"{kind}.s3.prefix", ""))


def _ec2():
    from ministack.services import ec2

    return ec2


def _refuse_subnets(subnets: list[str]) -> None:
    missing = [one for one in subnets if one not in _ec2()._subnets]
    if missing:
        raise Refused(f"The subnet ID '{missing[0]}' is not valid")
    zones = [_ec2()._subnets[one]["AvailabilityZone"] for one in subnets]
    if len(set(zones)) < 2:
        raise Refused("At least two subnets in two different Availability Zones must be specified, not "
                      f"{', '.join(sorted(set(zones))) or 'none'}")
    if len(set(zones)) < len(zones):
        raise Refused("A load balancer cannot be attached to multiple subnets in the same Availability Zone")


def _refuse_unknown(attributes: dict, known: frozenset[str], what: str) -> None:
    unknown = sorted(attributes.keys() - known)
    if unknown:
        raise Refused(f"{what} attribute key '{unknown[0]}' is not recognized")


def _refuse_logs(bucket: str, prefix: str) -> None:
    """Refuse a bucket of another region, with a key of its own, or that takes no logs of load balancers."""
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import s3

    account, region = get_account_id(), get_region()
    source = f"arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/name/0123456789abcdef"
    log_access.require_bucket(bucket, LOGS, f"{prefix}/AWSLogs/{account}/ELBAccessLogTestFile".lstrip("/"), source)
    home = s3._buckets[bucket].get("region") or region
    if home != region:
        raise Refused(f"The bucket {bucket} of a load balancer's logs is in {home}, not in {region}.")
    if "aws:kms" in s3._bucket_encryption.get(bucket, ""):
        raise Refused(f"Access Denied for bucket: {bucket}. A load balancer writes to no bucket with a key of KMS.")


def _create_balancer(create, logical_id, properties, stack_name):
    """A load balancer is in the VPC of its subnets, which MiniStack does not look at."""
    arn, attributes = create(logical_id, properties, stack_name)
    _alb()._lbs[arn]["VpcId"] = _ec2()._subnets[properties["Subnets"][0]]["VpcId"]
    return arn, attributes


def refuse_group(properties: dict, physical_id: str | None) -> None:
    """Refuse a target group as Elastic Load Balancing does."""
    if properties.get("TargetType", "instance") != "lambda":
        for name in ("Port", "Protocol", "VpcId"):
            if not properties.get(name):
                raise Refused(f"A target group must have {name}")
        if not 1 <= int(properties["Port"]) <= 65535 or properties["Protocol"] not in ("HTTP", "HTTPS"):
            raise Refused(f"Port {properties['Port']} and protocol {properties['Protocol']} are not those of a target "
                          "group of an application load balancer")
        if properties["VpcId"] not in _ec2()._vpcs:
            raise Refused(f"The VPC ID '{properties['VpcId']}' is not found")
    if int(properties.get("HealthCheckTimeoutSeconds") or 5) >= int(properties.get("HealthCheckIntervalSeconds") or 30):
        raise Refused("Health check interval must be greater than the timeout")
    for arn, held in _alb()._tgs.items():
        if arn != physical_id and held["TargetGroupName"] == properties.get("Name"):
            raise Refused(f"A target group with the same name '{properties['Name']}' exists")
    attributes = given_attributes(properties.get("TargetGroupAttributes"))
    _refuse_unknown(attributes, GROUP_ATTRIBUTES, "Target group")
    if not 0 <= int(attributes.get("deregistration_delay.timeout_seconds", 300)) <= 3600:
        raise Refused("Deregistration delay must be between 0 and 3600 seconds")


def targets(actions: list[dict] | None) -> set[str]:
    """The target groups of actions."""
    forwarded = [group for action in actions or [] for group in
                 [action, *((action.get("ForwardConfig") or {}).get("TargetGroups") or [])]]
    return {group["TargetGroupArn"] for group in forwarded if group.get("TargetGroupArn")}


def _refuse_targets(actions: list[dict] | None) -> None:
    missing = sorted(targets(actions) - set(_alb()._tgs))
    if missing:
        raise Refused(f"Target groups '{missing[0]}' not found")


def refuse_listener(properties: dict, physical_id: str | None) -> None:
    """Refuse a listener as Elastic Load Balancing does."""
    from ministack.core.responses import get_region

    port, protocol = int(properties["Port"]), properties["Protocol"]
    for arn, held in _alb()._listeners.items():
        if arn != physical_id and (held["LoadBalancerArn"], held["Port"]) == (properties["LoadBalancerArn"], port):
            raise Refused(f"A listener already exists on port {port} for this load balancer")
    given = [one["CertificateArn"] for one in properties.get("Certificates") or []]
    if (protocol == "HTTPS") != bool(given):
        raise Refused(f"A certificate must be specified for HTTPS listeners, and for no other: {protocol}")
    for arn in given:
        certificates.require(arn, get_region())
    policy = properties.get("SslPolicy")
    if policy and policy not in SSL_POLICIES:
        raise Refused(f"SSL policy '{policy}' not found")
    _refuse_targets(properties.get("DefaultActions"))


def refuse_rule(properties: dict, physical_id: str | None) -> None:
    """Refuse a rule of a listener as Elastic Load Balancing does."""
    priority, listener = str(properties["Priority"]), properties.get("ListenerArn")
    for arn, held in _alb()._rules.items():
        if arn != physical_id and (held["ListenerArn"], held["Priority"]) == (listener, priority):
            raise Refused(f"Priority '{priority}' is currently in use")
    values = [value for condition in properties.get("Conditions") or []
              for config in [condition, *(part for part in condition.values() if isinstance(part, dict))]
              for value in config.get("Values") or []]
    if len(values) > MOST_VALUES:
        raise Refused(f"A rule can have at most {MOST_VALUES} condition values, not {len(values)}")
    _refuse_targets(properties.get("Actions"))


def _balancers(group: str) -> list[str]:
    """The load balancers whose listeners or rules send requests to a target group."""
    listeners, found = _alb()._listeners, set()
    for rule in _alb()._rules.values():
        if group in targets(rule["Actions"]) and rule["ListenerArn"] in listeners:
            found.add(listeners[rule["ListenerArn"]]["LoadBalancerArn"])
    return sorted(found)


def _relating(action, *args):
    """A change of listeners or rules, after which every target group knows its load balancers; MiniStack forgets those
    that only a rule leads to."""
    done = action(*args)
    for arn, held in _alb()._tgs.items():
        held["LoadBalancerArns"] = _balancers(arn)
    return done
