"""Health of targets as a real load balancer would find it; MiniStack's ELB takes every target for healthy."""

import functools
import ipaddress
from collections.abc import Iterator

from ...core.ministack_api import query
from ...core.seams import alb, ec2, eks
from ...kubernetes import addons
from ..ec2 import network
from ..eks import clusters
from . import listeners

FAULT = "_rehearsal_fault"
"""Where a target's record keeps why it is not healthy."""
PROBES = ("readinessProbe", "livenessProbe", "startupProbe")


def install() -> None:
    """Wraps alb.describe_target_health, which says healthy of every target."""
    action = "DescribeTargetHealth"
    described = alb.ACTION_MAP[action]

    def describe(params: dict) -> tuple:
        status, headers, body = described(params)
        text = body.decode() if isinstance(body, bytes) else body
        for target in alb.targets.get(params.get("TargetGroupArn", [""])[0], []):
            if target.get(FAULT):
                start = text.find(f"<Id>{target['Id']}</Id>")
                text = text[:start] + text[start:].replace(
                    "<State>healthy</State>", f"<State>unhealthy</State><Description>{target[FAULT]}</Description>", 1
                )
        return status, headers, text.encode()

    alb.ACTION_MAP[action] = describe


def register(arn: str, targets: dict[str, tuple[int, str | None]]) -> None:
    """Have a target group hold these: address -> port, and why it is not healthy."""
    held = {target["Id"]: target["Port"] for target in alb.targets.get(arn, [])}
    gone = [address for address, port in held.items() if targets.get(address, (None,))[0] != port]
    new = [address for address in targets if address not in held or address in gone]
    for action, addresses in ((alb.deregister_targets, gone), (alb.register_targets, new)):
        members: dict[str, str | int] = {}
        for index, address in enumerate(addresses, 1):
            port = held[address] if action is alb.deregister_targets else targets[address][0]
            members |= {f"Targets.member.{index}.Id": address, f"Targets.member.{index}.Port": port}
        if members and arn in alb.tgs:
            query(action, TargetGroupArn=arn, **members)
    for target in alb.targets.get(arn, []):
        target[FAULT] = targets[target["Id"]][1]


def unusable(arn: str) -> str | None:
    """Why a target group gets no requests for pods, or None."""
    group = alb.tgs.get(arn)
    if group is None:
        return f"the target group {arn} does not exist"
    if group["TargetType"] != "ip":
        return f"the target group {group['TargetGroupName']} takes {group['TargetType']} targets, not addresses"
    return None if _balancers(arn) else f"no listener forwards to the target group {group['TargetGroupName']}"


def _balancers(arn: str) -> list[dict]:
    """The load balancers that forward to a target group."""
    leading = {rule["ListenerArn"] for rule in alb.rules.values() if arn in listeners.targets(rule["Actions"])}
    owners = {alb.listeners[one]["LoadBalancerArn"] for one in leading if one in alb.listeners}
    return [alb.lbs[owner] for owner in sorted(owners)]


def number(pod: dict, port: int | str) -> int | None:
    """The number of a port of a pod, which may be given by its name."""
    ports = [one for container in pod["spec"]["containers"] for one in container.get("ports", [])]
    if isinstance(port, int):
        return port
    return next((one["containerPort"] for one in ports if one.get("name") == port), None)


def fault(pod: dict, port: int, arn: str, groups: list[str]) -> str | None:
    """Why a pod is not healthy as a target at that port, or None. `groups` are the pods' security groups."""
    return next(_faults(pod, port, arn, groups), None)


def _faults(pod: dict, port: int, arn: str, groups: list[str]) -> Iterator[str]:
    group = alb.tgs[arn]
    checked = port if group["HealthCheckPort"] == "traffic-port" else int(group["HealthCheckPort"])
    containers = pod["spec"]["containers"]
    for wanted in {port: None, checked: None}:
        if wanted not in [one["containerPort"] for container in containers for one in container.get("ports", [])]:
            yield f"no container listens on port {wanted}"
    asked = [
        probe["httpGet"]
        for container in containers
        for name in PROBES
        if "httpGet" in (probe := container.get(name) or {})
    ]
    paths = sorted({one.get("path", "/") for one in asked if number(pod, one["port"]) == checked})
    if group["HealthCheckPath"] not in paths:
        yield (
            f"the health check of {group['TargetGroupName']} requests {group['HealthCheckPath']}, but the probes of the "
            f"pod on port {checked} request {', '.join(paths) or 'nothing'}"
        )
    for balancer in _balancers(arn):
        for wanted in {port: None, checked: None}:
            yield from _blocked(balancer["SecurityGroups"], groups, wanted)


def pod_groups(cluster_name: str) -> list[str]:
    """The security groups of pods: those that custom networking gives them, else the cluster's."""
    addon = eks.addons.get(f"{cluster_name}/vpc-cni") or {}
    return list(_configured_groups(addon.get("configurationValues"))) or [
        clusters.record(cluster_name)["resourcesVpcConfig"]["clusterSecurityGroupId"]
    ]


@functools.cache
def _configured_groups(configuration: str | None) -> tuple[str, ...]:
    """The security groups in the eniConfig of vpc-cni."""
    subnets = (addons.values("vpc-cni", configuration).get("eniConfig") or {}).get("subnets") or {}
    return tuple(sorted({one for subnet in subnets.values() for one in subnet.get("securityGroups") or []}))


def _blocked(balancer: list[str], pods: list[str], port: int) -> Iterator[str]:
    for mine, store, others, told in (
        (balancer, "IpPermissionsEgress", pods, "allows no traffic to"),
        (pods, "IpPermissions", balancer, "allows no traffic from"),
    ):
        if not any(allows(rule, port, others, group) for group in mine for rule in rules(group, store)):
            yield (f"the security group {' or '.join(mine)} {told} {' or '.join(others)} on port {port}")


def rules(group: str, store: str) -> list[dict]:
    """The rules of a security group: IpPermissions or IpPermissionsEgress."""
    return ec2.security_groups.get(group, {}).get(store, [])


def allows(rule: dict, port: int, others: list[str], group: str) -> bool:
    """Whether a rule of a group lets traffic of a port through for one of the other groups: by its id, or because it is
    for the whole network."""
    vpc = ec2.vpcs.get(ec2.security_groups[group]["VpcId"])
    wide = [ipaddress.ip_network(one["CidrIp"]) for one in rule.get("IpRanges", [])]
    named = [pair.get("GroupId") for pair in rule.get("UserIdGroupPairs", [])]
    return passes(rule, port) and (
        bool(set(named) & set(others))
        or any(all(block.subnet_of(one) for block in network.blocks(vpc)) for one in wide)
    )


def passes(rule: dict, port: int) -> bool:
    """Whether a rule is about TCP and a port."""
    if rule["IpProtocol"] in ("-1", -1):
        return True
    return rule["IpProtocol"] in ("tcp", "6") and rule.get("FromPort", 0) <= port <= rule.get("ToPort", 65535)
