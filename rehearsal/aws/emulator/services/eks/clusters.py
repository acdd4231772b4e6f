"""EKS clusters: MiniStack keeps the record, this starts a real control plane behind it.

Here and in its siblings, what EKS refuses is refused too, most of all what a missing DependsOn would make of it.
"""

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Event
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope

from ...core import settings
from ...core.ministack_api import Refused, camel, element, is_true, query, require_role
from ...core.seams import ec2, eks, provisioners, stacks
from ...kubernetes import addons, rollout
from ...kubernetes.control_plane import ControlPlane
from .. import cloudformation
from ..cloudformation import Create, Delete, Update
from ..ec2 import zone_ids
from . import versions


@dataclass(frozen=True)
class Running:
    """A control plane, and the events that end what works beside it."""

    plane: ControlPlane
    ends: list[Event]
    self_managed: tuple[str, ...] = ()
    """Add-ons that came with the cluster."""


SELF_MANAGED = ("vpc-cni", "kube-proxy", "coredns")
"""Add-ons that EKS puts into a cluster unless it is told not to:
https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html (bootstrapSelfManagedAddons)"""

RUNNING: dict[str, Running] = {}
"""By the cluster's ARN."""

Scope = Callable[[], AbstractContextManager]
"""Enters the account and the region of a cluster, for what does not come from a request."""

BESIDE: list[Callable[[ControlPlane, str, Scope], Event]] = []
"""Functions that start something beside a cluster, given its name; the event ends it. Modules add theirs."""


def install() -> None:
    """Put the seams in."""
    eks.get_docker = lambda: None  # no container: the control plane is started below
    provision_on_worker_threads()
    cloudformation.override("AWS::EKS::Cluster", create=create_cluster, update=update_cluster, delete=delete_cluster)


def provision_on_worker_threads() -> None:
    """Wraps stacks.runs_on_worker_thread: our EKS types wait for Kubernetes, whose authentication asks MiniStack
    in turn. Waiting on the event loop would block both. Account and region go along with the thread's context."""
    on_worker = stacks.runs_on_worker_thread
    stacks.replace("runs_on_worker_thread", lambda kind: kind.startswith("AWS::EKS::") or on_worker(kind))


def record(cluster_name: str) -> dict:
    """A cluster as MiniStack's EKS holds it."""
    cluster = eks.clusters.get(cluster_name)
    if cluster is None:
        raise Refused(f"No cluster found for name: {cluster_name}.")
    return cluster


def control_plane(cluster_name: str) -> ControlPlane:
    """The control plane of a cluster."""
    return RUNNING[record(cluster_name)["arn"]].plane


def self_managed(cluster_name: str) -> tuple[str, ...]:
    """The add-ons that came with a cluster."""
    running = RUNNING.get(record(cluster_name)["arn"])
    return running.self_managed if running else ()


def create_cluster(original: Create, logical_id: str, properties: dict, stack_name: str) -> tuple[str, dict]:
    """Create the record and its security group, start the control plane, and only then call it created."""
    account, region = get_account_id(), get_region()
    require_role(properties["RoleArn"])
    vpc_id = _vpc_of(properties["ResourcesVpcConfig"]["SubnetIds"])
    _refuse_zones_without(properties)
    name, _ = original(logical_id, properties, stack_name)
    cluster = eks.clusters[name]
    group = element(
        "groupId",
        query(
            ec2.create_security_group,
            VpcId=vpc_id,
            GroupName=f"eks-cluster-sg-{name}",
            GroupDescription=f"EKS created security group of {name}",
        ),
    )
    cluster["resourcesVpcConfig"].update(vpcId=vpc_id, clusterSecurityGroupId=group)
    also_kept = ("KubernetesNetworkConfig", "EncryptionConfig", "UpgradePolicy")
    cluster.update(camel({key: properties[key] for key in also_kept if properties.get(key)}))
    # EKS takes one of two blocks: https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
    in_ten = ec2.vpcs[vpc_id]["CidrBlock"].startswith("10.")
    cluster["kubernetesNetworkConfig"].setdefault("serviceIpv4Cidr", "172.20.0.0/16" if in_ten else "10.100.0.0/16")
    _protect(cluster, properties)
    plane = ControlPlane(
        f"{account}-{region}-{name}", cluster["_port"], cluster["kubernetesNetworkConfig"]["serviceIpv4Cidr"]
    )
    plane.webhook = eks.k3s_auth_webhook_config(None, None, name, account, region, cluster["_auth_token"])
    try:
        _note_version(cluster)
        plane.start()
        brought = SELF_MANAGED if is_true(properties.get("BootstrapSelfManagedAddons", True)) else ()
        for addon in brought:
            rollout.apply(plane, f"Add-on {addon}", addons.render(addon, None))
    except Exception:
        eks.delete_cluster(name)
        query(ec2.delete_security_group, GroupId=group)
        raise
    cluster["certificateAuthority"]["data"] = plane.authority
    scope = functools.partial(request_scope, account, region)
    RUNNING[cluster["arn"]] = Running(plane, [begin(plane, name, scope) for begin in BESIDE], brought)
    return name, provisioners.eks_cluster_attrs(cluster)


def update_cluster(original: Update, physical_id: str, old: dict, new: dict, *args: Any) -> tuple[str, dict]:
    """Update the record, or replace the cluster where EKS would.

    A cluster keeps its zones: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
    """
    if old.get("Name") == new.get("Name"):
        began, later = (_zones_of(properties["ResourcesVpcConfig"]["SubnetIds"]) for properties in (old, new))
        if further := sorted(later - began):
            raise Refused(
                "All subnets that you add must be in the same set of AZs as originally provided when you created the "
                f"cluster ({', '.join(sorted(began))}): {', '.join(further)}"
            )
    current, wanted = record(physical_id)["version"], new.get("Version")
    if wanted and wanted != current:
        groups = [group for group in eks.nodegroups.values() if group["clusterName"] == physical_id]
        versions.refuse_cluster_update(current, wanted, groups)
    answer = original(physical_id, old, new, *args)
    _protect(record(answer[0]), new)
    return answer


def delete_cluster(original: Delete, physical_id: str, properties: dict) -> None:
    """Refuse what EKS refuses; else end the control plane."""
    cluster = eks.clusters.get(physical_id)
    if cluster is None:
        return
    if cluster["deletionProtection"]:
        raise Refused(f"Cluster {physical_id} has deletion protection enabled: deploy with it disabled first.")
    groups = [key for key in eks.nodegroups if key.startswith(f"{physical_id}/")]
    if groups:
        raise Refused(f"Cluster has nodegroups attached: {', '.join(groups)}")
    running = RUNNING.pop(cluster["arn"])
    for end in running.ends:
        end.set()
    running.plane.stop()
    original(physical_id, properties)
    query(ec2.delete_security_group, GroupId=cluster["resourcesVpcConfig"]["clusterSecurityGroupId"])


def _protect(cluster: dict, properties: dict) -> None:
    cluster["deletionProtection"] = is_true(properties.get("DeletionProtection"))


def _vpc_of(subnet_ids: list[str]) -> str:
    """The VPC of subnets, which EKS wants in two zones at least."""
    if len(_zones_of(subnet_ids)) < 2:
        raise Refused("Subnets specified must be in at least two different AZs")
    return ec2.subnets[subnet_ids[0]]["VpcId"]


def _refuse_zones_without(properties: dict) -> None:
    """Refuse subnets of zones without EKS in its own words: https://github.com/pulumi/pulumi-eks/issues/1401"""
    without = _zones_of(zone_ids.lacking(zone_ids.EKS, properties["ResourcesVpcConfig"]["SubnetIds"]))
    if without:
        others = ", ".join(zone_ids.with_service(zone_ids.EKS, get_region()))
        raise Refused(
            f"Cannot create cluster '{properties.get('Name')}' because EKS does not support creating control plane "
            f"instances in {', '.join(sorted(without))}, the targeted availability zone. Retry cluster creation "
            f"using control plane subnets that span at least two of these availability zones: {others}."
        )


def _zones_of(subnet_ids: list[str]) -> set[str]:
    """The zones of subnets, which have to exist."""
    for subnet_id in subnet_ids:
        if subnet_id not in ec2.subnets:
            raise Refused(f"The subnet ID '{subnet_id}' does not exist")
    return {ec2.subnets[subnet_id]["AvailabilityZone"] for subnet_id in subnet_ids}


def _note_version(cluster: dict) -> None:
    server = settings.kubernetes_version()
    if server != cluster["version"]:
        name, wanted = cluster["name"], cluster["version"]
        settings.note(f"cluster {name} asks for Kubernetes {wanted}, but the rehearsal runs {server}")
