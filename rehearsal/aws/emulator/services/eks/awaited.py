"""Things that a deployment waits for in the cluster: Jobs that end, and pods of a release that become available. The CDK's function looks
at once and then every ten seconds. Here it looks once everything has happened, so that no clock decides."""

from collections.abc import Callable

from ...core.ministack_api import Refused
from ...core.seams import provisioners
from ...kubernetes.control_plane import ControlPlane
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
    """Wait for what a value is of. Refuse a release of which no pod becomes available, as the function would after its time."""
    kind, name, namespace = properties["ObjectType"], properties["ObjectName"], properties["ObjectNamespace"]
    if kind == "job":
        _settle(properties, lambda plane: _ended(plane, f"/apis/batch/v1/namespaces/{namespace}/jobs/{name}"))
    elif kind == "replicasets" and name.startswith(SELECTOR):
        path, labels = f"/apis/apps/v1/namespaces/{namespace}/replicasets", name.removeprefix(SELECTOR)
        if not _settle(properties, lambda plane: _available(plane, path, labels)):
            raise Refused(
                f"Timeout waiting for output from kubectl command: ['get', '-n', '{namespace}', '{kind}', '{name}', …]"
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
    return ended, status


def _available(plane: ControlPlane, path: str, labels: str) -> tuple[bool, object]:
    statuses = [one.get("status", {}) for one in plane.items(path, labelSelector=labels)]
    return any(status.get("availableReplicas") for status in statuses), statuses
