"""Who may enter a cluster (access entries), and which role its pods get (Pod Identity associations)."""

import json

import cloudformation
import eks
from kubernetes import ApiError
from ministack_api import Refused, camel, require_role, result, tags
from patience import settle
from stand_ins import StandIn, register


def install() -> None:
    """Register the types and put the seam in."""
    register(TYPES)
    check_manifests()


def create_association(properties: dict) -> dict:
    """Associate a role with a service account; the association as EKS returns it."""
    require_role(properties["RoleArn"])
    body = {**camel({key: value for key, value in properties.items() if key != "Tags"}), "tags": tags(properties)}
    return result(eks.service()._create_pod_identity_association(properties["ClusterName"], body))["association"]


def association_of(cluster_name: str, namespace: str, account: str) -> dict | None:
    """The association of a service account, if it has one."""
    of_pods = {"clusterName": cluster_name, "namespace": namespace, "serviceAccount": account}
    held = eks.service()._pod_identity_associations.values()
    return next((one for one in held if of_pods.items() <= one.items()), None)


def _update_association(physical_id: str, _old: dict, new: dict) -> None:
    require_role(new["RoleArn"])
    result(eks.service()._update_pod_identity_association(new["ClusterName"], physical_id, camel(new)))


def _create_entry(properties: dict, _name: str) -> str:
    cluster_name, principal = properties["ClusterName"], properties["PrincipalArn"]
    eks.record(cluster_name)
    require_role(principal)
    body = {key: properties[name] for key, name in (("type", "Type"), ("username", "Username"),
                                                   ("kubernetesGroups", "KubernetesGroups")) if name in properties}
    body |= {"principalArn": principal, "tags": tags(properties)}
    result(eks.service()._create_access_entry(cluster_name, body))
    _grant(cluster_name, principal, properties)
    return f"{principal}|{cluster_name}"


def _grant(cluster_name: str, principal: str, properties: dict) -> None:
    for policy in properties.get("AccessPolicies") or []:
        result(eks.service()._associate_access_policy(cluster_name, principal, camel(policy)))


def _update_entry(_physical_id: str, old: dict, new: dict) -> None:
    cluster_name, principal = new["ClusterName"], new["PrincipalArn"]
    for policy in old.get("AccessPolicies") or []:
        eks.service()._disassociate_access_policy(cluster_name, principal, policy["PolicyArn"])
    eks.service()._update_access_entry(cluster_name, principal, {
        "kubernetesGroups": new.get("KubernetesGroups", []), "username": new.get("Username", "")})
    _grant(cluster_name, principal, new)


def _entry_arn(_physical_id: str, properties: dict) -> dict:
    entry = eks.service()._access_entries[eks.service()._ae_key(properties["ClusterName"], properties["PrincipalArn"])]
    return {"AccessEntryArn": entry["accessEntryArn"]}


def _association_attributes(physical_id: str, properties: dict) -> dict:
    return {"AssociationArn": eks.service()._pod_identity_association_arn(properties["ClusterName"], physical_id),
            "AssociationId": physical_id}


KUBECTL = "Custom::AWSCDK-EKS-"
"""How the types begin that the CDK's kubectl function handles."""
MANIFEST = f"{KUBECTL}KubernetesResource"
VALUE = f"{KUBECTL}KubernetesObjectValue"


def check_manifests() -> None:
    """Wraps provisioners._custom_resource_create: a manifest needs access to the cluster and its namespace, and both
    may be there by the luck of the order."""
    from ministack.services.cloudformation import provisioners

    create = provisioners._custom_resource_create

    def checked(logical_id, properties, stack_name, kind="AWS::CloudFormation::CustomResource"):
        if kind.startswith(KUBECTL):
            refuse_without_access(logical_id, properties)
        if kind == MANIFEST:
            _refuse_without_namespace(logical_id, properties)
        if kind == VALUE and properties["ObjectType"] == "job":
            _await(properties)
        return create(logical_id, properties, stack_name, kind)

    cloudformation.replace(provisioners, "_custom_resource_create", checked)


def _await(job: dict) -> None:
    """Let a Job come to its end, if it does: the function that waits for it looks at once, and then only every ten
    seconds. How long that one waits is the CDK's affair."""
    plane = eks.control_plane(job["ClusterName"])
    path = f"/apis/batch/v1/namespaces/{job['ObjectNamespace']}/jobs/{job['ObjectName']}"

    def look() -> tuple[bool, object]:
        try:
            status = plane.request("GET", path).get("status", {})
        except ApiError as error:
            if error.status != 404:
                raise
            return True, None  # it is gone, or was never there: the function says so
        ended = any(one["type"] in ("Complete", "Failed") and one["status"] == "True"
                    for one in status.get("conditions", []))
        return ended, status

    settle(plane.all_rounds, look)


def refuse_without_access(logical_id: str, properties: dict) -> None:
    """Refuse what the CDK's function would apply before it may enter the cluster."""
    role = kubectl_role(properties["ServiceToken"])
    late = cloudformation.unordered("AWS::EKS::AccessEntry", ClusterName=properties["ClusterName"], PrincipalArn=role)
    if late:
        raise Refused(f"the function that applies manifests has no access yet: order {logical_id} after the access "
                      f"entry {', '.join(late)}")


def kubectl_role(function: str) -> str:
    """The role of a function, or of the one that it hands its events to as the CDK's provider framework does."""
    from ministack.services import lambda_svc

    configuration = lambda_svc._get_func_record_for_ref(function)[1] or {}
    variables = (configuration.get("Environment") or {}).get("Variables") or {}
    handler = variables.get("USER_ON_EVENT_FUNCTION_ARN")
    return kubectl_role(handler) if handler else configuration.get("Role", "")


def _refuse_without_namespace(logical_id: str, properties: dict) -> None:
    objects = objects_of(properties)
    wanted = {obj.get("metadata", {}).get("namespace") for obj in objects} - _namespaces(objects)
    late = cloudformation.unordered(MANIFEST, ClusterName=properties["ClusterName"])
    for other, of_other in late.items():
        for namespace in sorted(_namespaces(objects_of(of_other)) & wanted):
            raise Refused(f'namespaces "{namespace}" not found: order {logical_id} after {other}, which creates it')


def objects_of(properties: dict) -> list[dict]:
    """The objects of a manifest; none of one that refers to what is not made yet."""
    try:
        return json.loads(properties["Manifest"])
    except (KeyError, ValueError):
        return []


def _namespaces(objects: list[dict]) -> set[str]:
    """The names of the Namespaces among objects."""
    return {obj["metadata"]["name"] for obj in objects if obj["kind"] == "Namespace"}


TYPES = {
    "AWS::EKS::AccessEntry": StandIn(
        _create_entry, lambda i, p: eks.service()._delete_access_entry(p["ClusterName"], p["PrincipalArn"]) and None,
        _entry_arn, mutable=frozenset({"AccessPolicies", "KubernetesGroups", "Username"}), update=_update_entry),
    "AWS::EKS::PodIdentityAssociation": StandIn(
        lambda p, name: create_association(p)["associationId"],
        lambda i, p: eks.service()._delete_pod_identity_association(p["ClusterName"], i) and None,
        _association_attributes, mutable=frozenset({"RoleArn", "TargetRoleArn", "DisableSessionTags", "Policy"}),
        update=_update_association),
}
