"""EKS: a cluster of MiniStack gets a real control plane, and the types that MiniStack lacks work through its EKS API.

What EKS refuses is refused here too, most of all what a missing DependsOn would make of it.
"""

from dataclasses import dataclass
from threading import Event

import addons
import cloudformation
import settings
import volumes
from kubernetes import ControlPlane
from ministack_api import Refused, camel, element, query, require_role, result, tags
from stand_ins import StandIn, register


@dataclass(frozen=True)
class Running:
    """A control plane, and the event that ends what works beside it."""

    plane: ControlPlane
    end: Event


RUNNING: dict[str, Running] = {}
"""By the cluster's ARN."""


def install() -> None:
    """Register the types and put the seams in."""
    import node_groups
    from ministack.services import eks

    eks._get_docker = lambda: None  # no container: the control plane is started below
    override("cluster", create=create_cluster, update=update_cluster, delete=delete_cluster)
    node_groups.install()
    register(TYPES)


def override(kind: str, **wrappers) -> None:
    """Puts wrapper(original, …) in place of provisioners._eks_KIND_create and its siblings, in the table of types too."""
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS[f"AWS::EKS::{kind.capitalize()}"]
    for action, wrapper in wrappers.items():
        name = f"_eks_{kind}_{action}"
        original = getattr(provisioners, name)

        def wrapped(*args, wrapper=wrapper, original=original):
            return wrapper(original, *args)

        cloudformation.replace(provisioners, name, wrapped)
        handlers[action] = wrapped


def service():
    """MiniStack's EKS."""
    from ministack.services import eks

    return eks


def record(cluster_name: str) -> dict:
    """A cluster as MiniStack's EKS holds it."""
    cluster = service()._clusters.get(cluster_name)
    if cluster is None:
        raise Refused(f"No cluster found for name: {cluster_name}.")
    return cluster


def control_plane(cluster_name: str) -> ControlPlane:
    """The control plane of a cluster."""
    return RUNNING[record(cluster_name)["arn"]].plane


def create_cluster(original, logical_id: str, properties: dict, stack_name: str) -> tuple[str, dict]:
    """Create the record and its security group, start the control plane, and only then call it created."""
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import ec2
    from ministack.services.cloudformation import provisioners

    eks, account, region = service(), get_account_id(), get_region()
    require_role(properties["RoleArn"])
    vpc_id = _vpc_of(properties["ResourcesVpcConfig"]["SubnetIds"])
    name, _ = original(logical_id, properties, stack_name)
    cluster = eks._clusters[name]
    group = element("groupId", query(ec2._create_security_group, VpcId=vpc_id, GroupName=f"eks-cluster-sg-{name}",
                                     GroupDescription=f"EKS created security group of {name}"))
    cluster["resourcesVpcConfig"].update(vpcId=vpc_id, clusterSecurityGroupId=group)
    for key in ("kubernetesNetworkConfig", "encryptionConfig", "upgradePolicy"):
        if properties.get(key[0].upper() + key[1:]):
            cluster[key] = camel(properties[key[0].upper() + key[1:]])
    _protect(cluster, properties)
    _note_version(cluster)

    plane = ControlPlane(f"{account}-{region}-{name}", cluster["_port"],
                         cluster["kubernetesNetworkConfig"]["serviceIpv4Cidr"])
    plane.webhook = eks._k3s_auth_webhook_config(None, None, name, account, region, cluster["_auth_token"])
    try:
        plane.start()
    except (RuntimeError, OSError):
        eks._delete_cluster(name)
        query(ec2._delete_security_group, GroupId=group)
        raise
    cluster["certificateAuthority"]["data"] = plane.authority
    key = f"{name}/aws-ebs-csi-driver"
    end = volumes.provision(plane, lambda: eks._addons.get_scoped(account, region, key) is not None)
    RUNNING[cluster["arn"]] = Running(plane, end)
    return name, provisioners._eks_cluster_attrs(cluster)


def update_cluster(original, physical_id: str, old: dict, new: dict, *args) -> tuple[str, dict]:
    """Update the record in place."""
    answer = original(physical_id, old, new, *args)
    _protect(record(answer[0]), new)
    return answer


def delete_cluster(original, physical_id: str, properties: dict) -> None:
    """Refuse what EKS refuses; else end the control plane."""
    from ministack.services import ec2

    cluster = service()._clusters.get(physical_id)
    if cluster is None:
        return
    if cluster["deletionProtection"]:
        raise Refused(f"Cluster {physical_id} has deletion protection enabled: deploy with it disabled first.")
    groups = [key for key in service()._nodegroups if key.startswith(f"{physical_id}/")]
    if groups:
        raise Refused(f"Cluster has nodegroups attached: {', '.join(groups)}")
    running = RUNNING.pop(cluster["arn"])
    running.end.set()
    running.plane.stop()
    original(physical_id, properties)
    query(ec2._delete_security_group, GroupId=cluster["resourcesVpcConfig"]["clusterSecurityGroupId"])


def _protect(cluster: dict, properties: dict) -> None:
    cluster["deletionProtection"] = str(properties.get("DeletionProtection", False)).lower() == "true"


def _vpc_of(subnet_ids: list[str]) -> str:
    """The VPC of subnets, which EKS wants in two zones at least."""
    from ministack.services import ec2

    for subnet_id in subnet_ids:
        if subnet_id not in ec2._subnets:
            raise Refused(f"The subnet ID '{subnet_id}' does not exist")
    subnets = [ec2._subnets[subnet_id] for subnet_id in subnet_ids]
    if len({subnet["AvailabilityZone"] for subnet in subnets}) < 2:
        raise Refused("Subnets specified must be in at least two different AZs")
    return subnets[0]["VpcId"]


def _note_version(cluster: dict) -> None:
    server = settings.kubernetes_version()
    if server != cluster["version"]:
        settings.note(f"cluster {cluster['name']} asks for Kubernetes {cluster['version']}, its rehearsal runs {server}")


def _create_addon(properties: dict, _name: str) -> str:
    """Bring the add-on's objects into the cluster and wait for its Deployments."""
    cluster_name, addon = properties["ClusterName"], properties["AddonName"]
    plane = control_plane(cluster_name)
    objects = addons.render(addon, properties.get("ConfigurationValues"))
    body = {"addonName": addon, "addonVersion": properties.get("AddonVersion", ""), "tags": tags(properties),
            "configurationValues": properties.get("ConfigurationValues", ""), "podIdentityAssociations": []}
    result(service()._create_addon(cluster_name, body))
    try:
        _associate(cluster_name, addon, objects, properties)
        addons.install(plane, addon, objects)
    except Refused:
        _delete_addon(f"{cluster_name}|{addon}", properties)
        raise
    return f"{cluster_name}|{addon}"


def _update_addon(_physical_id: str, old: dict, new: dict) -> None:
    cluster_name, addon = new["ClusterName"], new["AddonName"]
    objects = addons.render(addon, new.get("ConfigurationValues"))
    _disassociate(cluster_name, addon)
    _associate(cluster_name, addon, objects, new)
    body = {"configurationValues": new.get("ConfigurationValues", ""), "addonVersion": new.get("AddonVersion", "")}
    result(service()._update_addon(cluster_name, addon, body))
    before = addons.render(addon, old.get("ConfigurationValues"))
    addons.install(control_plane(cluster_name), addon, objects, replaced=before)


def _delete_addon(_physical_id: str, properties: dict) -> None:
    cluster_name, addon = properties["ClusterName"], properties["AddonName"]
    if cluster_name not in service()._clusters:
        return
    _disassociate(cluster_name, addon)
    service()._delete_addon(cluster_name, addon)
    if str(properties.get("PreserveOnDelete")).lower() != "true":
        addons.remove(control_plane(cluster_name), addons.render(addon, properties.get("ConfigurationValues")))


def _associate(cluster_name: str, addon: str, objects: list[dict], properties: dict) -> None:
    """Make an add-on's Pod Identity associations and note them in its record, one by one: what fails leaves none."""
    accounts = [obj["metadata"]["name"] for obj in objects if obj["kind"] == "ServiceAccount"]
    arns = service()._addons[f"{cluster_name}/{addon}"]["podIdentityAssociations"] = []
    for association in properties.get("PodIdentityAssociations") or []:
        if association["ServiceAccount"] not in accounts:
            raise Refused(f"Add-on {addon} has no service account {association['ServiceAccount']}: it has "
                          f"{', '.join(accounts)}.")
        made = _create_association({"ClusterName": cluster_name, "Namespace": addons.NAMESPACE, **association})
        arns.append(made["associationArn"])


def _disassociate(cluster_name: str, addon: str) -> None:
    held = service()._addons.get(f"{cluster_name}/{addon}") or {}
    for arn in held.get("podIdentityAssociations", []):
        service()._delete_pod_identity_association(cluster_name, arn.rpartition("/")[2])


def _create_association(properties: dict) -> dict:
    require_role(properties["RoleArn"])
    body = {**camel({key: value for key, value in properties.items() if key != "Tags"}), "tags": tags(properties)}
    return result(service()._create_pod_identity_association(properties["ClusterName"], body))["association"]


def _update_association(physical_id: str, _old: dict, new: dict) -> None:
    require_role(new["RoleArn"])
    result(service()._update_pod_identity_association(new["ClusterName"], physical_id, camel(new)))


def _create_entry(properties: dict, _name: str) -> str:
    cluster_name, principal = properties["ClusterName"], properties["PrincipalArn"]
    record(cluster_name)
    require_role(principal)
    body = {key: properties[name] for key, name in (("type", "Type"), ("username", "Username"),
                                                   ("kubernetesGroups", "KubernetesGroups")) if name in properties}
    result(service()._create_access_entry(cluster_name, {"principalArn": principal, "tags": tags(properties), **body}))
    _grant(cluster_name, principal, properties)
    return f"{principal}|{cluster_name}"


def _grant(cluster_name: str, principal: str, properties: dict) -> None:
    for policy in properties.get("AccessPolicies") or []:
        result(service()._associate_access_policy(cluster_name, principal, camel(policy)))


def _update_entry(_physical_id: str, old: dict, new: dict) -> None:
    cluster_name, principal = new["ClusterName"], new["PrincipalArn"]
    for policy in old.get("AccessPolicies") or []:
        service()._disassociate_access_policy(cluster_name, principal, policy["PolicyArn"])
    service()._update_access_entry(cluster_name, principal, {
        "kubernetesGroups": new.get("KubernetesGroups", []), "username": new.get("Username", "")})
    _grant(cluster_name, principal, new)


def _entry_arn(_physical_id: str, properties: dict) -> dict:
    entry = service()._access_entries[service()._ae_key(properties["ClusterName"], properties["PrincipalArn"])]
    return {"AccessEntryArn": entry["accessEntryArn"]}


def _association_attributes(physical_id: str, properties: dict) -> dict:
    return {"AssociationArn": service()._pod_identity_association_arn(properties["ClusterName"], physical_id),
            "AssociationId": physical_id}


TYPES = {
    "AWS::EKS::Addon": StandIn(
        _create_addon, _delete_addon,
        lambda i, p: {"Arn": service()._addons[f"{p['ClusterName']}/{p['AddonName']}"]["addonArn"]},
        mutable=frozenset({"AddonVersion", "ConfigurationValues", "PodIdentityAssociations", "PreserveOnDelete",
                           "ResolveConflicts", "ServiceAccountRoleArn"}),
        update=_update_addon),
    "AWS::EKS::AccessEntry": StandIn(
        _create_entry, lambda i, p: service()._delete_access_entry(p["ClusterName"], p["PrincipalArn"]) and None,
        _entry_arn, mutable=frozenset({"AccessPolicies", "KubernetesGroups", "Username"}), update=_update_entry),
    "AWS::EKS::PodIdentityAssociation": StandIn(
        lambda p, name: _create_association(p)["associationId"],
        lambda i, p: service()._delete_pod_identity_association(p["ClusterName"], i) and None,
        _association_attributes, mutable=frozenset({"RoleArn", "TargetRoleArn", "DisableSessionTags", "Policy"}),
        update=_update_association),
}
