"""Events of Kubernetes: how a controller of the rehearsal says why something does not work."""

from datetime import UTC, datetime

from .control_plane import ControlPlane
from .objects import ApiError, path_of


def now() -> str:
    """The time as Kubernetes writes it."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def tell(cluster: ControlPlane, obj: dict, component: str, reason: str, message: str, kind: str = "Warning") -> None:
    """Leave an event on a namespaced object, one for each component and reason: a later message takes its place."""
    metadata, time = obj["metadata"], now()
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{reason.lower()}-{metadata['uid']}", "namespace": metadata["namespace"]},
        "involvedObject": {
            "apiVersion": "v1",
            "kind": obj["kind"],
            "namespace": metadata["namespace"],
            "name": metadata["name"],
            "uid": metadata["uid"],
        },
        "type": kind,
        "reason": reason,
        "message": message,
        "count": 1,
        "source": {"component": component},
        "reportingComponent": component,
        "firstTimestamp": time,
        "lastTimestamp": time,
    }
    try:
        if cluster.request("GET", path_of(event)).get("message") == message:
            return
    except ApiError as error:
        if error.status != 404:
            raise
    cluster.apply(event)
