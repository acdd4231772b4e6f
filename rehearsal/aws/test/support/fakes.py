"""A cluster without Kubernetes."""

import copy

from emulator.kubernetes import patience
from emulator.kubernetes.control_plane import ControlPlane
from emulator.kubernetes.loops import Loop
from emulator.kubernetes.mirror import Mirror
from emulator.kubernetes.objects import ApiError, path_of

patience.INTERVAL = 0  # fakes are not waited for


class FakePlane(ControlPlane):
    """A control plane that keeps objects itself. Nodes are ready and workloads available if `healthy`."""

    def __init__(self, *objects: dict, healthy: bool = True):
        self.name, self.authority, self.healthy, self.running = "fake", "", healthy, True
        self.completed, self.idle, self.mirror = 0, True, Mirror(lambda path: {}, lambda path, silence: iter(()))
        self.objects: dict[str, dict] = {}
        for obj in objects:
            self.apply(obj)

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False

    def apply(self, obj: dict) -> dict:
        kept = self.objects[path_of(obj)] = copy.deepcopy(obj)
        if obj["kind"] == "CustomResourceDefinition":
            kept["status"] = {"conditions": [{"type": "Established", "status": "True"}]}
        if self.healthy and obj["kind"] == "Node":
            kept["status"]["conditions"] = [{"type": "Ready", "status": "True"}]
        if obj["kind"] == "Deployment":
            kept["metadata"]["generation"] = 1
            count = kept["spec"]["replicas"] if self.healthy else 0
            kept["status"] = {"observedGeneration": 1, "updatedReplicas": count, "availableReplicas": count}
        if obj["kind"] == "DaemonSet":
            kept["metadata"]["generation"] = 1
            nodes = len(self.items("/api/v1/nodes"))
            count = nodes if self.healthy else 0
            kept["status"] = {
                "observedGeneration": 1,
                "desiredNumberScheduled": nodes,
                "updatedNumberScheduled": count,
                "numberAvailable": count,
            }
        return kept

    def request(self, method: str, path: str, body=None, content: str = "application/json", **query) -> dict:
        path = path.removesuffix("/status")
        if path not in self.objects:
            raise ApiError(404, f"{path} not found")
        if method == "PATCH":
            self.objects[path] = merged(self.objects[path], body)
        return self.objects[path]

    def delete(self, obj: dict) -> None:
        self.objects.pop(path_of(obj), None)

    def discard(self, pod: dict) -> None:
        self.delete(pod)

    def items(self, path: str, labelSelector: str = "", **query) -> list[dict]:
        wanted = [part.partition("=") for part in labelSelector.split(",") if part]
        plural = path.rpartition("/")[2]
        return [
            obj
            for key, obj in self.objects.items()
            if key.split("/")[-2] == plural
            and all(
                name in (labels := obj["metadata"].get("labels", {})) and (not equals or labels[name] == value)
                for name, equals, value in wanted
            )
        ]

    def rounds(self) -> dict[str, Loop]:
        """Its programs complete a round whenever they are asked."""
        self.completed += 1
        return {"scheduler": Loop(self.completed)}

    all_rounds = rounds

    def seen(self, path: str) -> list[dict]:
        return self.items(path)

    def scheduler_is_idle(self) -> bool:
        return self.idle

    def named(self, kind: str, name: str) -> dict:
        """The object of that kind and name."""
        return next(o for o in self.objects.values() if (o["kind"], o["metadata"]["name"]) == (kind, name))


def merged(value, patch):
    """A JSON merge patch (RFC 7396) applied."""
    if not isinstance(patch, dict):
        return patch
    kept = {**value, **{key: merged(value.get(key) or {}, item) for key, item in patch.items()}}
    return {key: item for key, item in kept.items() if item is not None}
