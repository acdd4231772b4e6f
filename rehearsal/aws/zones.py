"""The loss of a zone: POST /_rehearsal/zones with {"zone": …, "lost": true}, and with false, what follows when it is
back."""

from collections.abc import Iterator
from itertools import cycle, islice

import eks
import node_groups
from kubernetes import ControlPlane
from ministack_api import Refused

SIZES: dict[str, int] = {}
"""The desired size of every node group before the first zone was lost, by its ARN."""


def change(given: dict) -> dict:
    """Lose a zone, or get it back; says which are lost then."""
    zone, lost = given.get("zone"), given.get("lost")
    if zone not in _known() or not isinstance(lost, bool):
        raise Refused(f"zone must be one that has a subnet ({', '.join(sorted(_known()))}) and lost true or false, "
                      f"not {zone!r} and {lost!r}")
    with node_groups.CHANGING:
        lose(zone) if lost else restore(zone)
    return {"lost": sorted(node_groups.LOST)}


def _known() -> set[str]:
    from ministack.services import ec2

    return {subnet["AvailabilityZone"] for _, subnet in ec2._subnets.all_items()}


def lose(zone: str) -> None:
    """End every node of a zone with its pods, and let no other one be made there."""
    node_groups.LOST.add(zone)
    for _, group in _groups():
        SIZES.setdefault(group["nodegroupArn"], node_groups.desired(group))
    for running in list(eks.RUNNING.values()):
        for node in running.plane.items("/api/v1/nodes", labelSelector=f"{node_groups.ZONE}={zone}"):
            node_groups.remove_node(running.plane, node)


def restore(zone: str) -> None:
    """Bring every node group back to its size, spread over the zones as an Auto Scaling group does."""
    node_groups.LOST.discard(zone)
    for plane, group in _groups():
        group["scalingConfig"]["desiredSize"] = SIZES.get(group["nodegroupArn"], node_groups.desired(group))
        balance(plane, group)
    if not node_groups.LOST:
        SIZES.clear()


def balance(plane: ControlPlane, group: dict) -> None:
    """Add the nodes that a group lacks in a zone, and only then remove those, the youngest first, that it has too many
    of in another."""
    cluster_name, name = group["clusterName"], group["nodegroupName"]
    present = node_groups.zones(cluster_name, name)
    wanted = list(islice(cycle(present), node_groups.desired(group)))
    for zone, count in present.items():
        for _ in range(wanted.count(zone) - count):
            node_groups.add_node(plane, node_groups.next_node(cluster_name, name, zone))
    node_groups.await_nodes(cluster_name, name)
    for zone in present:
        held = [node for node in node_groups.members(plane, name) if node_groups.zone_of(node) == zone]
        held.sort(key=lambda node: node["metadata"].get("creationTimestamp", ""))
        for node in held[wanted.count(zone):]:
            node_groups.remove_node(plane, node)


def _groups() -> Iterator[tuple[ControlPlane, dict]]:
    """Every node group with the control plane of its cluster, in the scope of its account and region."""
    from ministack.core.responses import request_scope

    for arn, running in list(eks.RUNNING.items()):
        region, account = arn.split(":")[3:5]
        with request_scope(account, region):
            for group in list(eks.service()._nodegroups.values()):
                if eks.record(group["clusterName"])["arn"] == arn:
                    yield running.plane, group
