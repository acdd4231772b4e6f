"""EKS managed node groups: MiniStack keeps the record, this makes the Node objects."""

import copy
from typing import Any

from ...core.ministack_api import Refused, camel, require_role
from ...core.seams import ec2, eks
from ...kubernetes import addons, nodes
from .. import cloudformation
from ..cloudformation import Create, Delete, Update
from . import clusters, group_nodes, node_group_updates, versions
from .launch_templates import launch_template


def install() -> None:
    """Put the seams in."""
    cloudformation.override("AWS::EKS::Nodegroup", create=create, update=update, delete=delete)


def create(original: Create, logical_id: str, properties: dict, stack_name: str) -> tuple[str, dict]:
    """Refuse what EKS refuses; else add the group's minimum of nodes and wait until they are ready."""
    cluster_name = properties["ClusterName"]
    version = clusters.record(cluster_name)["version"]
    require_role(properties["NodeRole"])
    node_group_updates.refuse_new_sizes(properties.get("ScalingConfig") or {})
    refuse_conflicts(properties)
    versions.refuse_new_group(version, properties.get("Version"), properties.get("ReleaseVersion"))
    _refuse_without_network(cluster_name)
    _refuse_zones_without_pods(cluster_name, properties["Subnets"])
    answer = original(logical_id, properties, stack_name)
    try:
        group_nodes.scale(cluster_name, answer[0])
    except Exception:
        delete(lambda name, _: eks.delete_nodegroup(cluster_name, name), answer[0], properties)
        raise
    return answer


def update(original: Update, physical_id: str, old: dict, new: dict, *args: Any) -> tuple[str, dict]:
    """Change labels, taints, versions and sizes in place; `create` and `delete` make the changes that need another group."""
    cluster_name = new["ClusterName"]
    refuse_conflicts(new)
    node_group_updates.refuse_combinations(old, new)
    before = copy.deepcopy(group_nodes.record(old["ClusterName"], physical_id))
    if node_group_updates.changed(old, new) & node_group_updates.TOGETHER:
        versions.refuse_group_update(
            clusters.record(cluster_name)["version"], before["version"], new.get("Version"), new.get("ReleaseVersion")
        )
    scaling = node_group_updates.sizes_after(
        before["scalingConfig"], old.get("ScalingConfig"), new.get("ScalingConfig")
    )
    answer = original(physical_id, old, new, *args)
    if answer[0] == physical_id:
        eks.nodegroups[f"{cluster_name}/{physical_id}"]["scalingConfig"] = scaling
        group, plane = group_nodes.record(cluster_name, physical_id), clusters.control_plane(cluster_name)
        for node in group_nodes.members(plane, physical_id):
            plane.request(
                "PATCH",
                f"/api/v1/nodes/{node['metadata']['name']}",
                nodes.changed(node, group, before),
                "application/merge-patch+json",
            )
        if group_nodes.desired(group) < group_nodes.desired(before):
            group_nodes.end(cluster_name, physical_id)
        group_nodes.scale(cluster_name, physical_id)
    return answer


def delete(original: Delete, physical_id: str, properties: dict) -> None:
    """Remove the nodes with their group."""
    if properties["ClusterName"] in eks.clusters:
        plane = clusters.control_plane(properties["ClusterName"])
        for node in group_nodes.members(plane, physical_id):
            plane.delete({"apiVersion": "v1", "kind": "Node", "metadata": {"name": node["metadata"]["name"]}})
    original(physical_id, properties)


def refuse_conflicts(properties: dict) -> None:
    """https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"""
    template = launch_template(camel(properties.get("LaunchTemplate")))
    for name, there in (
        ("DiskSize", True),
        ("RemoteAccess", True),
        ("InstanceTypes", "InstanceType" in template),
        ("AmiType", "ImageId" in template),
    ):
        if properties.get("LaunchTemplate") and there and properties.get(name):
            raise Refused(f"You cannot specify {name} when a launch template is used that decides it.")
    for name in ("IamInstanceProfile", "HibernationOptions"):
        if name in template:
            raise Refused(f"Launch template details shouldn't contain {name}.")
    interfaces = template.get("NetworkInterfaces") or []
    groups = {*(template.get("SecurityGroupIds") or []), *(g for i in interfaces for g in i.get("Groups") or [])}
    of_cluster = clusters.record(properties["ClusterName"])["resourcesVpcConfig"]["clusterSecurityGroupId"]
    if groups and of_cluster not in groups:
        raise Refused(
            "NodeCreationFailure: Instances failed to join the kubernetes cluster. The launch template names "
            f"security groups, but not the cluster's ({of_cluster}), which EKS adds only if it names none."
        )


def _refuse_without_network(cluster_name: str) -> None:
    """On AWS the nodes would never get ready, and creation would fail after half an hour. An add-on of the same stack
    that is not ordered before the group counts as missing."""
    late = {
        properties.get("AddonName")
        for properties in cloudformation.unordered("AWS::EKS::Addon", ClusterName=cluster_name).values()
    }
    held = {
        name: eks.addons.get(f"{cluster_name}/{name}") if name not in late else None
        for name in ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
    }
    came_along = clusters.self_managed(cluster_name)
    missing = [name for name in ("vpc-cni", "kube-proxy") if not held[name] and name not in came_along]
    if held["vpc-cni"] and held["vpc-cni"]["podIdentityAssociations"] and not held["eks-pod-identity-agent"]:
        missing.append("eks-pod-identity-agent, from which vpc-cni gets its credentials")
    if missing:
        raise Refused(
            "NodeCreationFailure: Unhealthy nodes in the kubernetes cluster (container runtime network not "
            f"ready). Order the node group after the add-on {' and '.join(missing)}."
        )


def _refuse_zones_without_pods(cluster_name: str, node_subnets: list[str]) -> None:
    """With custom networking, pods get addresses only on nodes whose zone has an ENIConfig with a subnet in it."""
    addon = eks.addons.get(f"{cluster_name}/vpc-cni") or {}
    values = addons.values("vpc-cni", addon.get("configurationValues"))
    if (values.get("env") or {}).get("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG") != "true":
        return
    configured = (values.get("eniConfig") or {}).get("subnets") or {}
    for node_subnet in [ec2.subnets[key] for key in node_subnets if key in ec2.subnets]:
        zone = node_subnet["AvailabilityZone"]
        pod_subnet = configured.get(zone, {}).get("id")
        if ec2.subnets.get(pod_subnet, {}).get("AvailabilityZone") != zone:
            raise Refused(
                f"NodeCreationFailure: nodes in {zone} would not get ready: the eniConfig of vpc-cni has "
                + (f"{pod_subnet}, which is no subnet there" if pod_subnet else "no subnet there")
            )
