"""EKS add-ons as CloudFormation makes them; their content is in kubernetes/addons.py."""

import re

from ...core.ministack_api import Refused, is_true, result, tags
from ...core.seams import eks
from ...kubernetes import addons, rollout
from .. import cloudformation
from ..cloudformation import StandIn, register
from . import clusters
from .access import create_association


def install() -> None:
    """Register the type."""
    register(TYPES)


def _create_addon(properties: dict, _name: str) -> str:
    """Bring the add-on's objects into the cluster and wait for its Deployments and DaemonSets."""
    cluster_name, addon = properties["ClusterName"], properties["AddonName"]
    plane = clusters.control_plane(cluster_name)
    _refuse_version(properties)
    objects = addons.render(addon, properties.get("ConfigurationValues"))
    refuse_before_nodes(cluster_name, f"Add-on {addon}", objects)
    body = {
        "addonName": addon,
        "addonVersion": properties.get("AddonVersion", ""),
        "tags": tags(properties),
        "configurationValues": properties.get("ConfigurationValues", ""),
        "podIdentityAssociations": [],
    }
    result(eks.create_addon(cluster_name, body))
    try:
        _associate(cluster_name, addon, objects, properties)
        rollout.bring(plane, addon, objects)
    except Refused:
        _delete_addon(f"{cluster_name}|{addon}", properties)
        raise
    return f"{cluster_name}|{addon}"


def _refuse_version(properties: dict) -> None:
    version = properties.get("AddonVersion")
    if version and not re.fullmatch(r"v\d+\.\d+\.\d+-eksbuild\.\d+", version):
        raise Refused(
            f"Addon version specified is not supported: {properties['AddonName']} {version} does not look "
            "like v1.2.3-eksbuild.1"
        )


def refuse_before_nodes(cluster_name: str, name: str, objects: list[dict]) -> None:
    """A Deployment gets available on nodes only; EKS gives up on an add-on after 20 minutes."""
    if any(obj["kind"] == "Deployment" for obj in objects):
        groups = cloudformation.unordered("AWS::EKS::Nodegroup", ClusterName=cluster_name)
        if groups:
            raise Refused(
                f"{name} has pods that wait for nodes: order it after the node "
                f"group{'s' if len(groups) > 1 else ''} {', '.join(groups)}"
            )


def _update_addon(_physical_id: str, old: dict, new: dict) -> None:
    cluster_name, addon = new["ClusterName"], new["AddonName"]
    _refuse_version(new)
    objects = addons.render(addon, new.get("ConfigurationValues"))
    _disassociate(cluster_name, addon)
    _associate(cluster_name, addon, objects, new)
    body = {"configurationValues": new.get("ConfigurationValues", ""), "addonVersion": new.get("AddonVersion", "")}
    result(eks.update_addon(cluster_name, addon, body))
    before = addons.render(addon, old.get("ConfigurationValues"))
    rollout.bring(clusters.control_plane(cluster_name), addon, objects, replaced=before)


def _delete_addon(_physical_id: str, properties: dict) -> None:
    cluster_name, addon = properties["ClusterName"], properties["AddonName"]
    if cluster_name not in eks.clusters:
        return
    _disassociate(cluster_name, addon)
    eks.delete_addon(cluster_name, addon)
    if not is_true(properties.get("PreserveOnDelete")):
        rollout.remove(
            clusters.control_plane(cluster_name), addons.render(addon, properties.get("ConfigurationValues"))
        )


def _associate(cluster_name: str, addon: str, objects: list[dict], properties: dict) -> None:
    """Make an add-on's Pod Identity associations; each is noted at once, so that `_disassociate` finds it after a
    failure too."""
    accounts = {
        obj["metadata"]["name"]: obj["metadata"].get("namespace", addons.NAMESPACE)
        for obj in objects
        if obj["kind"] == "ServiceAccount"
    }
    arns = eks.addons[f"{cluster_name}/{addon}"]["podIdentityAssociations"] = []
    for association in properties.get("PodIdentityAssociations") or []:
        if association["ServiceAccount"] not in accounts:
            raise Refused(
                f"Add-on {addon} has no service account {association['ServiceAccount']}: it has {', '.join(accounts)}."
            )
        namespace = accounts[association["ServiceAccount"]]
        made = create_association({"ClusterName": cluster_name, "Namespace": namespace, **association})
        arns.append(made["associationArn"])


def _disassociate(cluster_name: str, addon: str) -> None:
    held = eks.addons.get(f"{cluster_name}/{addon}") or {}
    for arn in held.get("podIdentityAssociations", []):
        eks.delete_pod_identity_association(cluster_name, arn.rpartition("/")[2])


TYPES = {
    "AWS::EKS::Addon": StandIn(
        _create_addon,
        _delete_addon,
        lambda i, p: {"Arn": eks.addons[f"{p['ClusterName']}/{p['AddonName']}"]["addonArn"]},
        mutable=frozenset(
            {
                "AddonVersion",
                "ConfigurationValues",
                "PodIdentityAssociations",
                "PreserveOnDelete",
                "ResolveConflicts",
                "ServiceAccountRoleArn",
            }
        ),
        update=_update_addon,
    )
}
