"""Manifests of the CDK, which its function applies: those that would fail on AWS, or never end, are refused."""

import json

from ...core.ministack_api import Refused
from ...core.seams import lambda_svc, provisioners
from ...kubernetes import watchers
from ...kubernetes.control_plane import JOB, ControlPlane
from ...kubernetes.objects import ApiError
from ...kubernetes.patience import settle
from .. import cloudformation
from ..cloudformation import Made
from . import clusters

KUBECTL = "Custom::AWSCDK-EKS-"
"""How the types begin that the CDK's kubectl function handles."""
MANIFEST = f"{KUBECTL}KubernetesResource"
VALUE = f"{KUBECTL}KubernetesObjectValue"


def install() -> None:
    """Wraps provisioners.custom_resource_create: a manifest needs access to the cluster and its namespace, and both
    may be there by the luck of the order."""
    create, update = provisioners.custom_resource_create, provisioners.custom_resource_update

    def checked(
        logical_id: str, properties: dict, stack_name: str, kind: str = "AWS::CloudFormation::CustomResource"
    ) -> Made:
        if kind.startswith(KUBECTL):
            refuse_without_access(logical_id, properties)
        if kind == MANIFEST:
            _refuse_without_namespace(logical_id, properties)
        if kind == VALUE and properties["ObjectType"] == "job":
            _await(properties)
        return create(logical_id, properties, stack_name, kind)

    def updated(
        physical_id: str,
        old: dict,
        new: dict,
        stack_name: str,
        logical_id: str | None = None,
        resource_type: str = "AWS::CloudFormation::CustomResource",
    ) -> Made:
        if resource_type == VALUE and new["ObjectType"] == "job":
            _await(new)
        return update(physical_id, old, new, stack_name, logical_id, resource_type)

    provisioners.replace("custom_resource_create", checked)
    provisioners.replace("custom_resource_update", updated)


def _await(job: dict) -> None:
    """Let a Job come to its end, if it does: the function that waits for it looks at once, and then only every ten
    seconds. How long that one waits is the CDK's affair, unless all that is left is a kubectl that watches what will
    not come: it would take until the deadline of its Job, and fail the deployment then."""
    plane = clusters.control_plane(job["ClusterName"])
    namespace = job["ObjectNamespace"]
    path = f"/apis/batch/v1/namespaces/{namespace}/jobs/{job['ObjectName']}"

    def look() -> tuple[bool, object]:
        try:
            status = plane.request("GET", path).get("status", {})
        except ApiError as error:
            if error.status != 404:
                raise
            return True, None  # it is gone, or was never there: the function says so
        ended = any(
            one["type"] in ("Complete", "Failed") and one["status"] == "True" for one in status.get("conditions", [])
        )
        return ended, (status, _versions(plane))

    if not settle(plane.all_rounds, look) and _watches(plane, namespace, job["ObjectName"]):
        raise Refused(
            f"the Job {namespace}/{job['ObjectName']} waits until its deadline: nothing changes any longer. "
            + " ".join(_unready(plane, namespace))
        )


WATCHED = ("/api/v1/nodes", "/api/v1/pods", "/apis/apps/v1/deployments")


def _versions(plane: ControlPlane) -> list[str]:
    """The versions of all objects that change as long as pods are still on their way."""
    return [
        f"{one['metadata']['name']} {one['metadata'].get('resourceVersion')}"
        for path in WATCHED
        for one in plane.seen(path)
    ]


def _watches(plane: ControlPlane, namespace: str, name: str) -> bool:
    """Whether a pod of a Job does nothing but watch."""
    return any(
        pod["metadata"]["uid"] in watchers.PODS
        for pod in plane.seen("/api/v1/pods")
        if (pod["metadata"]["namespace"], pod["metadata"].get("labels", {}).get(JOB)) == (namespace, name)
    )


def _unready(plane: ControlPlane, namespace: str) -> list[str]:
    """The reasons why pods of a namespace are not ready, each once."""
    told = [
        f"A pod of {pod['metadata']['labels'].get('app')} waits for {one['type']}: {one['message']}."
        for pod in plane.seen("/api/v1/pods")
        if pod["metadata"]["namespace"] == namespace and JOB not in pod["metadata"].get("labels", {})
        for one in pod.get("status", {}).get("conditions", [])
        if one["status"] == "False" and one.get("message") and one["type"] not in ("Ready", "ContainersReady")
    ]
    return list(dict.fromkeys(told))


def refuse_without_access(logical_id: str, properties: dict) -> None:
    """Refuse what the CDK's function would apply before it may enter the cluster."""
    role = kubectl_role(properties["ServiceToken"])
    late = cloudformation.unordered("AWS::EKS::AccessEntry", ClusterName=properties["ClusterName"], PrincipalArn=role)
    if late:
        raise Refused(
            f"the function that applies manifests has no access yet: order {logical_id} after the access "
            f"entry {', '.join(late)}"
        )


def kubectl_role(function: str) -> str:
    """The role of a function, or of the one that it hands its events to as the CDK's provider framework does."""
    configuration = lambda_svc.get_func_record_for_ref(function)[1] or {}
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
