"""The loss of a zone: POST /_rehearsal/zones with {"zone": …, "lost": true}, and with false, what follows when it is
back."""

from collections.abc import Iterator
from itertools import cycle, islice

from ministack.core.responses import request_scope

from ..core.ministack_api import Refused
from ..core.seams import ec2, eks
from ..kubernetes.control_plane import ControlPlane
from ..services.eks import clusters, group_nodes
from ..services.rds import failover

SIZES: dict[str, int] = {}
"""The desired size of every node group before the first zone was lost, by its ARN."""


def change(given: dict) -> dict:
    """Lose a zone, or get it back; says which are lost then."""
    zone, lost = given.get("zone"), given.get("lost")
    if zone not in _known() or not isinstance(lost, bool):
        raise Refused(
            f"zone must be one that has a subnet ({', '.join(sorted(_known()))}) and lost true or false, "
            f"not {zone!r} and {lost!r}"
        )
    with group_nodes.CHANGING:
        lose(zone) if lost else restore(zone)
    return {"lost": sorted(group_nodes.LOST)}


def _known() -> set[str]:
    return {subnet["AvailabilityZone"] for _, subnet in ec2.subnets.all_items()}


def lose(zone: str) -> None:
    """End every node of a zone with its pods, and let no other one be made there. Databases fail over."""
    failover.lose(zone)
    group_nodes.LOST.add(zone)
    for _, group in _groups():
        SIZES.setdefault(group["nodegroupArn"], group_nodes.desired(group))
    for running in list(clusters.RUNNING.values()):
        for node in running.plane.items("/api/v1/nodes", labelSelector=f"{group_nodes.ZONE}={zone}"):
            group_nodes.remove_node(running.plane, node)


def restore(zone: str) -> None:
    """Bring every node group back to its size, spread over the zones as an Auto Scaling group does."""
    group_nodes.LOST.discard(zone)
    for plane, group in _groups():
        group["scalingConfig"]["desiredSize"] = SIZES.get(group["nodegroupArn"], group_nodes.desired(group))
        balance(plane, group)
    if not group_nodes.LOST:
        SIZES.clear()


def balance(plane: ControlPlane, group: dict) -> None:
    """Add the nodes that a group lacks in a zone, and only then remove those, the youngest first, that it has too many
    of in another."""
    cluster_name, name = group["clusterName"], group["nodegroupName"]
    present = group_nodes.zones(cluster_name, name)
    wanted = list(islice(cycle(present), group_nodes.desired(group)))
    for zone, count in present.items():
        for _ in range(wanted.count(zone) - count):
            group_nodes.add_node(plane, group_nodes.next_node(cluster_name, name, zone))
    group_nodes.await_nodes(cluster_name, name)
    for zone in present:
        held = [node for node in group_nodes.members(plane, name) if group_nodes.zone_of(node) == zone]
        held.sort(key=lambda node: node["metadata"].get("creationTimestamp", ""))
        for node in held[wanted.count(zone) :]:
            group_nodes.remove_node(plane, node)


def _groups() -> Iterator[tuple[ControlPlane, dict]]:
    """Every node group with the control plane of its cluster, in the scope of its account and region."""
    for arn, running in list(clusters.RUNNING.items()):
        region, account = arn.split(":")[3:5]
        with request_scope(account, region):
            for group in list(eks.nodegroups.values()):
                if clusters.record(group["clusterName"])["arn"] == arn:
                    yield running.plane, group
