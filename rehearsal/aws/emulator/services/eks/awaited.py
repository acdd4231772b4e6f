"""Things that a deployment waits for in the cluster: Jobs that end, and pods of a release that become available. The CDK's function looks
at once and then every ten seconds. Here it looks once everything has happened, so that no clock decides."""

from collections.abc import Callable

from ...core.ministack_api import Refused
from ...core.seams import provisioners
from ...kubernetes import watchers
from ...kubernetes.control_plane import JOB, ControlPlane
from ...kubernetes.objects import ApiError
from ...kubernetes.patience import settle
from ..cloudformation import Made
from . import clusters

VALUE = "Custom::AWSCDK-EKS-KubernetesObjectValue"
SELECTOR = "--selector="
"""Stands where a name does, for objects with some labels."""


def install() -> None:
    """Wraps provisioners.custom_resource_create and custom_resource_update."""
    create, update = provisioners.custom_resource_create, provisioners.custom_resource_update

    def created(
        logical_id: str, properties: dict, stack_name: str, kind: str = "AWS::CloudFormation::CustomResource"
    ) -> Made:
        if kind == VALUE:
            wait(properties)
        return create(logical_id, properties, stack_name, kind)

    def updated(
        physical_id: str,
        old: dict,
        new: dict,
        stack_name: str,
        logical_id: str | None = None,
        resource_type: str = "AWS::CloudFormation::CustomResource",
    ) -> Made:
        if resource_type == VALUE:
            wait(new)
        return update(physical_id, old, new, stack_name, logical_id=logical_id, resource_type=resource_type)

    provisioners.replace("custom_resource_create", created)
    provisioners.replace("custom_resource_update", updated)


def wait(properties: dict) -> None:
    """Wait for the object of a value. Refuse a release of which no pod becomes available, as the function would after its
    time. Refuse a Job of which only a kubectl is left that watches: it would fail at its deadline."""
    kind, name, namespace = properties["ObjectType"], properties["ObjectName"], properties["ObjectNamespace"]
    if kind == "job":
        path = f"/apis/batch/v1/namespaces/{namespace}/jobs/{name}"
        plane = clusters.control_plane(properties["ClusterName"])
        if not _settle(properties, lambda plane: _ended(plane, path)) and _watches(plane, namespace, name):
            raise Refused(
                f"the Job {namespace}/{name} waits until its deadline: nothing changes any longer. "
                + " ".join(_unready(plane, namespace))
            )
    elif kind == "replicasets" and name.startswith(SELECTOR):
        path, labels = f"/apis/apps/v1/namespaces/{namespace}/replicasets", name.removeprefix(SELECTOR)
        if not _settle(properties, lambda plane: _available(plane, path, labels)):
            raise Refused(
                f"Timeout waiting for output from kubectl command: ['get', '-n', '{namespace}', '{kind}', '{name}', …]. "
                + " ".join(_unready(clusters.control_plane(properties["ClusterName"]), namespace))
            )


def _settle(properties: dict, look: Callable[[ControlPlane], tuple[bool, object]]) -> object:
    plane = clusters.control_plane(properties["ClusterName"])
    return settle(plane.all_rounds, lambda: look(plane))


def _ended(plane: ControlPlane, path: str) -> tuple[bool, object]:
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


def _available(plane: ControlPlane, path: str, labels: str) -> tuple[bool, object]:
    statuses = [one.get("status", {}) for one in plane.items(path, labelSelector=labels)]
    return any(status.get("availableReplicas") for status in statuses), (statuses, _versions(plane))


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
