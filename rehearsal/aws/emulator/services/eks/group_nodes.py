"""The nodes of managed node groups: how many there are, where, and how they come and go."""

import threading

from ...core.ministack_api import Refused
from ...core.seams import ec2, eks
from ...kubernetes import nodes
from ...kubernetes.control_plane import ControlPlane
from ...kubernetes.objects import ApiError
from ...kubernetes.patience import settle
from . import clusters
from .launch_templates import launch_template

ZONE = "topology.kubernetes.io/zone"
LOST: set[str] = set()
"""The zones where nothing runs at the moment; see api/zones.py."""
CHANGING = threading.RLock()
"""Held by whoever changes the number of nodes."""
ENDED: list[str] = []
"""The nodes that CloudFormation had ended with pods on them, a line each."""


def record(cluster_name: str, name: str) -> dict:
    """The record with the disk size and the instance type that its launch template gives."""
    group = eks.nodegroups[f"{cluster_name}/{name}"]
    template = launch_template(group.get("launchTemplate"))
    mappings = template.get("BlockDeviceMappings") or []
    sizes = [m["Ebs"]["VolumeSize"] for m in mappings if "VolumeSize" in m.get("Ebs", {})]
    return {
        **group,
        **({"diskSize": int(sizes[0])} if sizes else {}),
        **({"instanceTypes": [template["InstanceType"]]} if "InstanceType" in template else {}),
    }


def members(plane: ControlPlane, name: str) -> list[dict]:
    """The nodes of a group."""
    return plane.items("/api/v1/nodes", labelSelector=f"eks.amazonaws.com/nodegroup={name}")


def scale(cluster_name: str, name: str) -> None:
    """Add nodes up to the desired size."""
    plane, wanted = clusters.control_plane(cluster_name), desired(record(cluster_name, name))
    while len(members(plane, name)) < wanted:
        add_node(plane, next_node(cluster_name, name))
    await_nodes(cluster_name, name)


def end(cluster_name: str, name: str) -> None:
    """End the nodes beyond the desired size, the oldest first, whatever runs on them: EKS drains them, but disruption
    budgets hold it up for 15 minutes only (docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html)."""
    plane, wanted = clusters.control_plane(cluster_name), desired(record(cluster_name, name))
    with CHANGING:
        held = sorted(
            members(plane, name),
            key=lambda node: (node["metadata"].get("creationTimestamp", ""), node["metadata"]["name"]),
        )
        for node in held[: max(0, len(held) - wanted)]:
            called = node["metadata"]["name"]
            on_it = plane.items("/api/v1/pods", fieldSelector=f"spec.nodeName={called}")
            pods = [
                pod["metadata"]["name"]
                for pod in on_it
                if pod["spec"].get("nodeName") == called and not is_of_daemon_set(pod)
            ]
            if pods:
                ENDED.append(
                    f"an update set the node group {name} from {len(held)} nodes to {wanted}: EKS ended {called} "
                    f"with {', '.join(sorted(pods))}, without regard to disruption budgets"
                )
            remove_node(plane, node)


def is_of_daemon_set(pod: dict) -> bool:
    """Whether a DaemonSet made a pod."""
    return any(owner["kind"] == "DaemonSet" for owner in pod["metadata"].get("ownerReferences", []))


def desired(group: dict) -> int:
    """The number of nodes that a group is to have now."""
    scaling = group["scalingConfig"]
    return scaling.get("desiredSize", scaling["minSize"])


def await_nodes(cluster_name: str, name: str) -> None:
    """Wait until every node of a group takes pods."""
    plane = clusters.control_plane(cluster_name)

    def look() -> tuple[bool, object]:
        nodes = members(plane, name)
        return all(_ready(node) for node in nodes), [(node["spec"], node.get("status")) for node in nodes]

    if not settle(plane.rounds, look):
        raise Refused(f"NodeCreationFailure: the nodes of {name} are not ready, and nothing changes any longer")


def zones(cluster_name: str, name: str) -> dict[str, int]:
    """The zones of a group that are not lost, and how many nodes it has in each."""
    present = [zone_of(node) for node in members(clusters.control_plane(cluster_name), name)]
    own = [subnet["AvailabilityZone"] for subnet in subnets_of(record(cluster_name, name))]
    return {zone: present.count(zone) for zone in own if zone not in LOST}


def zone_of(node: dict) -> str | None:
    """The zone that a node is in."""
    return node["metadata"].get("labels", {}).get(ZONE)


def subnets_of(group: dict) -> list[dict]:
    """The subnets of a group, which have to exist."""
    missing = [subnet_id for subnet_id in group["subnets"] if subnet_id not in ec2.subnets]
    if missing:
        raise Refused(f"The subnet ID '{missing[0]}' does not exist")
    return [ec2.subnets[subnet_id] for subnet_id in group["subnets"]]


def next_node(cluster_name: str, name: str, zone: str | None = None) -> dict:
    """The node that a group would get next: in that zone, else in the one with its fewest, as an Auto Scaling group
    chooses."""
    group, present = record(cluster_name, name), zones(cluster_name, name)
    if not present:
        raise Refused(f"Every zone of the node group {name} is lost: {', '.join(sorted(LOST))}")
    zone = zone or min(present, key=present.__getitem__)
    subnet = next(subnet for subnet in subnets_of(group) if subnet["AvailabilityZone"] == zone)
    taken = set().union(*(_identity(one) for one in clusters.control_plane(cluster_name).items("/api/v1/nodes")))
    for index in range(1000):
        node = nodes.node(group, group["instanceTypes"][0], subnet, index)
        if not _identity(node) & taken:
            return node
    raise Refused(f"InsufficientFreeAddressesInSubnet: no address for a node of {name} in its subnets")


def _identity(node: dict) -> set[str]:
    """The unique fields of a node: the name and the instance id."""
    return {node["metadata"]["name"], node["spec"].get("providerID", "").rpartition("/")[2]} - {""}


def add_node(plane: ControlPlane, node: dict) -> None:
    """Have a node join its cluster."""
    try:
        plane.apply(node)
    except ApiError as error:
        raise Refused(f"Node {node['metadata']['name']}: {error}") from error


def remove_node(plane: ControlPlane, node: dict) -> None:
    """Take a node and its pods out of the cluster, which the control plane itself would do a minute later."""
    name = node["metadata"]["name"]
    plane.delete({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}})
    for pod in plane.items("/api/v1/pods", fieldSelector=f"spec.nodeName={name}"):
        if pod["spec"].get("nodeName") == name:
            plane.discard(pod)


def _ready(node: dict) -> bool:
    """Whether a node is ready and takes pods: the control plane lifts its own taint a moment later, and until then the
    zone of the node does not count when pods are spread."""
    conditions = node.get("status", {}).get("conditions", [])
    tainted = any(taint["key"].startswith("node.kubernetes.io/") for taint in node["spec"].get("taints", []))
    return not tainted and any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
