"""Access entries of a cluster, and the roles of its pods (Pod Identity associations)."""

from ...core.ministack_api import camel, require_role, result, tags
from ...core.seams import eks
from ..cloudformation import StandIn, register
from . import clusters


def install() -> None:
    """Register the types."""
    register(TYPES)


def create_association(properties: dict) -> dict:
    """Associate a role with a service account; the association as EKS returns it."""
    require_role(properties["RoleArn"])
    body = {**camel({key: value for key, value in properties.items() if key != "Tags"}), "tags": tags(properties)}
    return result(eks.create_pod_identity_association(properties["ClusterName"], body))["association"]


def association_of(cluster_name: str, namespace: str, account: str) -> dict | None:
    """The association of a service account, if it has one."""
    of_pods = {"clusterName": cluster_name, "namespace": namespace, "serviceAccount": account}
    held = eks.pod_identity_associations.values()
    return next((one for one in held if of_pods.items() <= one.items()), None)


def _update_association(physical_id: str, _old: dict, new: dict) -> None:
    require_role(new["RoleArn"])
    result(eks.update_pod_identity_association(new["ClusterName"], physical_id, camel(new)))


def _create_entry(properties: dict, _name: str) -> str:
    cluster_name, principal = properties["ClusterName"], properties["PrincipalArn"]
    clusters.record(cluster_name)
    require_role(principal)
    body = {
        key: properties[name]
        for key, name in (("type", "Type"), ("username", "Username"), ("kubernetesGroups", "KubernetesGroups"))
        if name in properties
    }
    body |= {"principalArn": principal, "tags": tags(properties)}
    result(eks.create_access_entry(cluster_name, body))
    _grant(cluster_name, principal, properties)
    return f"{principal}|{cluster_name}"


def _grant(cluster_name: str, principal: str, properties: dict) -> None:
    for policy in properties.get("AccessPolicies") or []:
        result(eks.associate_access_policy(cluster_name, principal, camel(policy)))


def _update_entry(_physical_id: str, old: dict, new: dict) -> None:
    cluster_name, principal = new["ClusterName"], new["PrincipalArn"]
    for policy in old.get("AccessPolicies") or []:
        eks.disassociate_access_policy(cluster_name, principal, policy["PolicyArn"])
    eks.update_access_entry(
        cluster_name,
        principal,
        {"kubernetesGroups": new.get("KubernetesGroups", []), "username": new.get("Username", "")},
    )
    _grant(cluster_name, principal, new)


def _entry_arn(_physical_id: str, properties: dict) -> dict:
    entry = eks.access_entries[eks.ae_key(properties["ClusterName"], properties["PrincipalArn"])]
    return {"AccessEntryArn": entry["accessEntryArn"]}


def _association_attributes(physical_id: str, properties: dict) -> dict:
    return {
        "AssociationArn": eks.pod_identity_association_arn(properties["ClusterName"], physical_id),
        "AssociationId": physical_id,
    }


TYPES = {
    "AWS::EKS::AccessEntry": StandIn(
        _create_entry,
        lambda i, p: eks.delete_access_entry(p["ClusterName"], p["PrincipalArn"]) and None,
        _entry_arn,
        mutable=frozenset({"AccessPolicies", "KubernetesGroups", "Username"}),
        update=_update_entry,
    ),
    "AWS::EKS::PodIdentityAssociation": StandIn(
        lambda p, name: create_association(p)["associationId"],
        lambda i, p: eks.delete_pod_identity_association(p["ClusterName"], i) and None,
        _association_attributes,
        mutable=frozenset({"RoleArn", "TargetRoleArn", "DisableSessionTags", "Policy"}),
        update=_update_association,
    ),
}
