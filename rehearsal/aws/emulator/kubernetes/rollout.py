"""Bringing objects into a cluster and waiting until what they run is available; why it is not."""

import functools
from collections.abc import Sequence

from ..core.ministack_api import Refused
from .control_plane import ControlPlane
from .objects import ApiError, path_of
from .patience import settle


def bring(cluster: ControlPlane, name: str, objects: list[dict], replaced: Sequence[dict] = ()) -> None:
    """Apply, remove what an earlier configuration had beyond it, and wait for the Deployments and DaemonSets."""
    apply(cluster, f"Add-on {name}", objects, replaced)
    await_workloads(cluster, f"Add-on {name}", objects)


def apply(cluster: ControlPlane, name: str, objects: list[dict], replaced: Sequence[dict] = ()) -> None:
    """Apply, and remove what an earlier configuration had beyond it."""
    for obj in objects:
        try:
            cluster.apply(obj)
        except ApiError as error:
            raise Refused(f"{name}: {obj['kind']} {obj['metadata']['name']}: {error}") from error
    for definition in [obj for obj in objects if obj["kind"] == "CustomResourceDefinition"]:
        look = functools.partial(establishment, cluster, definition)
        if not settle(cluster.rounds, look):  # its kind is served a moment later
            raise Refused(f"{name}: the API server does not serve {definition['metadata']['name']}")
    kept = {path_of(obj) for obj in objects}
    remove(cluster, [obj for obj in replaced if path_of(obj) not in kept])


def await_workloads(cluster: ControlPlane, name: str, objects: list[dict]) -> None:
    """Wait for the Deployments and DaemonSets among objects."""
    for workload in [obj for kind in ("Deployment", "DaemonSet") for obj in objects if obj["kind"] == kind]:
        await_workload(cluster, name, workload)


def await_workload(cluster: ControlPlane, name: str, workload: dict) -> None:
    """Wait until a Deployment or DaemonSet is available; Refused in the name of what brought it if nothing changes any
    more and it is not."""
    kind, called = workload["kind"], workload["metadata"]["name"]

    def look() -> tuple[bool, object]:
        current, nodes = cluster.request("GET", path_of(workload)), nodes_for(cluster, workload)
        done = available(current) if kind == "Deployment" else everywhere(current, len(nodes))
        return done, (current.get("status"), len(nodes), [pod.get("status") for pod in pods_of(cluster, current)])

    if settle(cluster.all_rounds, look):
        return
    current, nodes = cluster.request("GET", path_of(workload)), nodes_for(cluster, workload)
    if partial(current, nodes):
        tolerating = all(tolerates(current["spec"]["template"]["spec"], node) for node in nodes)
        raise Refused(
            f"{name}: DaemonSet {called} runs on {wanted(current)} of {len(nodes)} nodes: it "
            + ("does not select all of them" if tolerating else "does not tolerate all of their taints")
        )
    raise Refused(
        f"{name} is degraded (InsufficientNumberOfReplicas): {kind} {called} is not available, and nothing "
        f"changes any longer. {reasons(cluster, workload)}"
    )


def remove(cluster: ControlPlane, objects: list[dict]) -> None:
    """Delete an add-on's objects."""
    for obj in reversed(objects):
        cluster.delete(obj)


def establishment(cluster: ControlPlane, definition: dict) -> tuple[bool, object]:
    """Whether the API server serves the kind of a CustomResourceDefinition, and what it says of it."""
    conditions = conditions_of(cluster.request("GET", path_of(definition)))
    return any(one["type"] == "Established" and one["status"] == "True" for one in conditions), conditions


def available(deployment: dict) -> bool:
    """Whether the present generation of a Deployment is rolled out."""
    status, replicas = observed(deployment), deployment["spec"]["replicas"]
    return bool(status) and all(status.get(count, 0) == replicas for count in ("updatedReplicas", "availableReplicas"))


def nodes_for(cluster: ControlPlane, workload: dict) -> list[dict]:
    """The nodes that a workload has to be on: for a DaemonSet, all."""
    return cluster.items("/api/v1/nodes") if workload["kind"] == "DaemonSet" else []


def observed(workload: dict) -> dict:
    """A workload's status, if it is that of the present generation."""
    status = workload.get("status", {})
    return status if status.get("observedGeneration") == workload["metadata"]["generation"] else {}


def wanted(daemon_set: dict) -> int:
    """The number of nodes that a DaemonSet is to run on, as its controller counts them."""
    return observed(daemon_set).get("desiredNumberScheduled", 0)


def everywhere(daemon_set: dict, nodes: int) -> bool:
    """Whether the present generation of a DaemonSet runs on every node; where there is none, it need not."""
    status = observed(daemon_set)
    counts = ("desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable")
    return nodes == 0 or all(status.get(count, 0) == nodes for count in counts)


def partial(workload: dict, nodes: list[dict]) -> bool:
    """Whether a DaemonSet wants only some of the nodes."""
    return bool(observed(workload)) and wanted(workload) < len(nodes)


def tolerates(pod: dict, node: dict) -> bool:
    """Whether a DaemonSet's pod tolerates a node's taints; those for a node's health, Kubernetes lets it tolerate."""
    return all(
        taint["effect"] == "PreferNoSchedule"
        or taint["key"].startswith("node.kubernetes.io/")
        or any(matches(toleration, taint) for toleration in pod.get("tolerations", []))
        for taint in node["spec"].get("taints", [])
    )


def matches(toleration: dict, taint: dict) -> bool:
    """Whether a toleration is one of a taint."""
    exists = toleration.get("operator") == "Exists"
    return (
        (toleration.get("effect") or taint["effect"]) == taint["effect"]
        and (toleration.get("key") == taint["key"] or (exists and not toleration.get("key")))
        and (exists or toleration.get("value", "") == taint.get("value", ""))
    )


def pods_of(cluster: ControlPlane, workload: dict) -> list[dict]:
    """The pods that a Deployment or DaemonSet selects."""
    labels = ",".join(f"{key}={value}" for key, value in workload["spec"]["selector"]["matchLabels"].items())
    return cluster.items(f"/api/v1/namespaces/{workload['metadata']['namespace']}/pods", labelSelector=labels)


def conditions_of(obj: dict) -> list[dict]:
    """The conditions in an object's status."""
    return obj.get("status", {}).get("conditions", [])


def unscheduled(condition: dict) -> bool:
    """Whether a pod's condition says that no node takes it."""
    return condition["type"] == "PodScheduled" and condition["status"] == "False"


def reasons(cluster: ControlPlane, workload: dict) -> str:
    """Why a workload's pods do not run: scheduling messages, refusals of admission."""
    current = cluster.request("GET", path_of(workload))
    conditions = [c for obj in (current, *pods_of(cluster, current)) for c in conditions_of(obj)]
    told = {c["message"] for c in conditions if c.get("message") and (unscheduled(c) or c["type"] == "ReplicaFailure")}
    return " ".join(sorted(told)) or "Its pods give no reason; look at the cluster with the administrator's kubeconfig."
