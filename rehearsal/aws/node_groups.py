"""EKS managed node groups: MiniStack keeps the record, this makes the Node objects."""

import copy
import threading

import addons
import cloudformation
import eks
import kubernetes_versions
import node_group_updates
import nodes
from kubernetes import ApiError
from ministack_api import Refused, camel, require_role
from patience import settle

ZONE = "topology.kubernetes.io/zone"
LOST: set[str] = set()
"""The zones where nothing runs at the moment; see zones.py."""
CHANGING = threading.RLock()
"""Held by whoever changes the number of nodes."""
ENDED: list[str] = []
"""The nodes that CloudFormation had ended with pods on them, a line each."""


def install() -> None:
    """Put the seams in."""
    cloudformation.override("AWS::EKS::Nodegroup", create=create, update=update, delete=delete)


def create(original, logical_id: str, properties: dict, stack_name: str) -> tuple[str, dict]:
    """Refuse what EKS refuses; else add the group's minimum of nodes and wait until they are ready."""
    cluster_name = properties["ClusterName"]
    version = eks.record(cluster_name)["version"]
    require_role(properties["NodeRole"])
    node_group_updates.refuse_new_sizes(properties.get("ScalingConfig") or {})
    refuse_conflicts(properties)
    kubernetes_versions.refuse_new_group(version, properties.get("Version"), properties.get("ReleaseVersion"))
    _refuse_without_network(cluster_name)
    _refuse_zones_without_pods(cluster_name, properties["Subnets"])
    answer = original(logical_id, properties, stack_name)
    try:
        _scale(cluster_name, answer[0])
    except Exception:
        delete(lambda name, _: eks.service()._delete_nodegroup(cluster_name, name), answer[0], properties)
        raise
    return answer


def update(original, physical_id: str, old: dict, new: dict, *args) -> tuple[str, dict]:
    """Change labels, taints, versions and sizes in place; what needs another group is made by `create` and `delete`."""
    cluster_name = new["ClusterName"]
    refuse_conflicts(new)
    node_group_updates.refuse_combinations(old, new)
    before = copy.deepcopy(_group(old["ClusterName"], physical_id))
    if node_group_updates.changed(old, new) & node_group_updates.TOGETHER:
        kubernetes_versions.refuse_group_update(eks.record(cluster_name)["version"], before["version"],
                                                new.get("Version"), new.get("ReleaseVersion"))
    scaling = node_group_updates.sizes_after(before["scalingConfig"], old.get("ScalingConfig"),
                                             new.get("ScalingConfig"))
    answer = original(physical_id, old, new, *args)
    if answer[0] == physical_id:
        eks.service()._nodegroups[f"{cluster_name}/{physical_id}"]["scalingConfig"] = scaling
        group, plane = _group(cluster_name, physical_id), eks.control_plane(cluster_name)
        for node in members(plane, physical_id):
            plane.request("PATCH", f"/api/v1/nodes/{node['metadata']['name']}", nodes.changed(node, group, before),
                          "application/merge-patch+json")
        if desired(group) < desired(before):
            _end(cluster_name, physical_id)
        _scale(cluster_name, physical_id)
    return answer


def delete(original, physical_id: str, properties: dict) -> None:
    """Remove the nodes with their group."""
    if properties["ClusterName"] in eks.service()._clusters:
        plane = eks.control_plane(properties["ClusterName"])
        for node in members(plane, physical_id):
            plane.delete({"apiVersion": "v1", "kind": "Node", "metadata": {"name": node["metadata"]["name"]}})
    original(physical_id, properties)


def refuse_conflicts(properties: dict) -> None:
    """https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"""
    template = _template(camel(properties.get("LaunchTemplate")))
    for name, there in (("DiskSize", True), ("RemoteAccess", True), ("InstanceTypes", "InstanceType" in template),
                        ("AmiType", "ImageId" in template)):
        if properties.get("LaunchTemplate") and there and properties.get(name):
            raise Refused(f"You cannot specify {name} when a launch template is used that decides it.")
    for name in ("IamInstanceProfile", "HibernationOptions"):
        if name in template:
            raise Refused(f"Launch template details shouldn't contain {name}.")
    interfaces = template.get("NetworkInterfaces") or []
    groups = {*(template.get("SecurityGroupIds") or []), *(g for i in interfaces for g in i.get("Groups") or [])}
    of_cluster = eks.record(properties["ClusterName"])["resourcesVpcConfig"]["clusterSecurityGroupId"]
    if groups and of_cluster not in groups:
        raise Refused("NodeCreationFailure: Instances failed to join the kubernetes cluster. The launch template names "
                      f"security groups, but not the cluster's ({of_cluster}), which EKS adds only if it names none.")


def _template(wanted: dict | None) -> dict:
    """LaunchTemplateData of the version of a launch template that a node group wants, by id or by name."""
    from ministack.services import ec2

    if not wanted:
        return {}
    given = wanted.get("id") or wanted.get("name")
    for template in ec2._launch_templates.values():
        if given in (template["LaunchTemplateId"], template["LaunchTemplateName"]):
            break
    else:
        raise Refused(f"Launch template {given} does not exist")
    default, latest = template["DefaultVersionNumber"], template["LatestVersionNumber"]
    number = {"$Default": default, "$Latest": latest}.get(wanted.get("version"), wanted.get("version") or default)
    for version in template["Versions"]:
        if version["VersionNumber"] == int(number):
            return version["LaunchTemplateData"]
    raise Refused(f"Launch template {given} has no version {number}")


def _refuse_without_network(cluster_name: str) -> None:
    """On AWS the nodes would never get ready, and creation would fail after half an hour. An add-on of the same stack
    that is not ordered before the group counts as missing."""
    late = {properties.get("AddonName")
            for properties in cloudformation.unordered("AWS::EKS::Addon", ClusterName=cluster_name).values()}
    held = {name: eks.service()._addons.get(f"{cluster_name}/{name}") if name not in late else None
            for name in ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")}
    missing = [name for name in ("vpc-cni", "kube-proxy") if not held[name]]
    if held["vpc-cni"] and held["vpc-cni"]["podIdentityAssociations"] and not held["eks-pod-identity-agent"]:
        missing.append("eks-pod-identity-agent, from which vpc-cni gets its credentials")
    if missing:
        raise Refused("NodeCreationFailure: Unhealthy nodes in the kubernetes cluster (container runtime network not "
                      f"ready). Order the node group after the add-on {' and '.join(missing)}.")


def _refuse_zones_without_pods(cluster_name: str, node_subnets: list[str]) -> None:
    """With custom networking, pods get addresses only on nodes whose zone has an ENIConfig with a subnet in it."""
    from ministack.services import ec2

    values = addons.values("vpc-cni", eks.service()._addons[f"{cluster_name}/vpc-cni"].get("configurationValues"))
    if (values.get("env") or {}).get("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG") != "true":
        return
    configured = (values.get("eniConfig") or {}).get("subnets") or {}
    for node_subnet in [ec2._subnets[key] for key in node_subnets if key in ec2._subnets]:
        zone = node_subnet["AvailabilityZone"]
        pod_subnet = configured.get(zone, {}).get("id")
        if ec2._subnets.get(pod_subnet, {}).get("AvailabilityZone") != zone:
            raise Refused(f"NodeCreationFailure: nodes in {zone} would not get ready: the eniConfig of vpc-cni has "
                          + (f"{pod_subnet}, which is no subnet there" if pod_subnet else "no subnet there"))


def _group(cluster_name: str, name: str) -> dict:
    """The record with the disk size and the instance type that its launch template gives."""
    group = eks.service()._nodegroups[f"{cluster_name}/{name}"]
    template = _template(group.get("launchTemplate"))
    mappings = template.get("BlockDeviceMappings") or []
    sizes = [m["Ebs"]["VolumeSize"] for m in mappings if "VolumeSize" in m.get("Ebs", {})]
    return {**group, **({"diskSize": int(sizes[0])} if sizes else {}),
            **({"instanceTypes": [template["InstanceType"]]} if "InstanceType" in template else {})}


def members(plane, name: str) -> list[dict]:
    """The nodes of a group."""
    return plane.items("/api/v1/nodes", labelSelector=f"eks.amazonaws.com/nodegroup={name}")


def _scale(cluster_name: str, name: str) -> None:
    """Add nodes up to the desired size."""
    plane, wanted = eks.control_plane(cluster_name), desired(_group(cluster_name, name))
    while len(members(plane, name)) < wanted:
        add_node(plane, next_node(cluster_name, name))
    await_nodes(cluster_name, name)


def _end(cluster_name: str, name: str) -> None:
    """End the nodes beyond the desired size, the oldest first, whatever runs on them: EKS drains them, but disruption
    budgets hold it up for 15 minutes only (docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html)."""
    plane, wanted = eks.control_plane(cluster_name), desired(_group(cluster_name, name))
    with CHANGING:
        held = sorted(members(plane, name), key=lambda node: (node["metadata"].get("creationTimestamp", ""),
                                                              node["metadata"]["name"]))
        for node in held[:max(0, len(held) - wanted)]:
            called = node["metadata"]["name"]
            on_it = plane.items("/api/v1/pods", fieldSelector=f"spec.nodeName={called}")
            pods = [pod["metadata"]["name"] for pod in on_it
                    if pod["spec"].get("nodeName") == called and not is_of_daemon_set(pod)]
            if pods:
                ENDED.append(f"an update set the node group {name} from {len(held)} nodes to {wanted}: {called} ended "
                             f"with {', '.join(sorted(pods))}, whatever disruption budgets say")
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
    plane = eks.control_plane(cluster_name)


    def look() -> tuple[bool, object]:
        nodes = members(plane, name)
        return all(_ready(node) for node in nodes), [(node["spec"], node.get("status")) for node in nodes]

    if not settle(plane.rounds, look):
        raise Refused(f"NodeCreationFailure: the nodes of {name} are not ready, and nothing changes any more")


def zones(cluster_name: str, name: str) -> dict[str, int]:
    """The zones of a group that are not lost, and how many nodes it has in each."""
    present = [zone_of(node) for node in members(eks.control_plane(cluster_name), name)]
    own = [subnet["AvailabilityZone"] for subnet in _subnets(_group(cluster_name, name))]
    return {zone: present.count(zone) for zone in own if zone not in LOST}


def zone_of(node: dict) -> str | None:
    """The zone that a node is in."""
    return node["metadata"].get("labels", {}).get(ZONE)


def _subnets(group: dict) -> list[dict]:
    from ministack.services import ec2

    missing = [subnet_id for subnet_id in group["subnets"] if subnet_id not in ec2._subnets]
    if missing:
        raise Refused(f"The subnet ID '{missing[0]}' does not exist")
    return [ec2._subnets[subnet_id] for subnet_id in group["subnets"]]


def next_node(cluster_name: str, name: str, zone: str | None = None) -> dict:
    """The node that a group would get next: in that zone, else in the one with its fewest, as an Auto Scaling group
    chooses."""
    group, present = _group(cluster_name, name), zones(cluster_name, name)
    if not present:
        raise Refused(f"Every zone of the node group {name} is lost: {', '.join(sorted(LOST))}")
    zone = zone or min(present, key=present.__getitem__)
    subnet = next(subnet for subnet in _subnets(group) if subnet["AvailabilityZone"] == zone)
    taken = set().union(*(_identity(one) for one in eks.control_plane(cluster_name).items("/api/v1/nodes")))
    for index in range(1000):
        node = nodes.node(group, group["instanceTypes"][0], subnet, index)
        if not _identity(node) & taken:
            return node
    raise Refused(f"InsufficientFreeAddressesInSubnet: no address for a node of {name} in its subnets")


def _identity(node: dict) -> set[str]:
    """What no two nodes share: the name and the instance id."""
    return {node["metadata"]["name"], node["spec"].get("providerID", "").rpartition("/")[2]} - {""}


def add_node(plane, node: dict) -> None:
    """Have a node join its cluster."""
    try:
        plane.apply(node)
    except ApiError as error:
        raise Refused(f"Node {node['metadata']['name']}: {error}") from error


def remove_node(plane, node: dict) -> None:
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
