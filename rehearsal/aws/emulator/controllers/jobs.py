"""The pods of Jobs, which kwok leaves to this kubelet: one whose image is kubectl really runs it, as its own service
account; any other succeeds at once."""

import json
import logging
import os
import re
import subprocess
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ..core import settings
from ..kubernetes import loops, programs, watchers
from ..kubernetes.control_plane import JOB, ControlPlane
from ..kubernetes.events import now, tell
from ..kubernetes.objects import ApiError, path_of
from ..services.eks import clusters

IMAGE = re.compile(r"(.*/)?kubectl[:@].+")
ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
"""Where a pod finds the token of its service account."""
INTERVAL = 0.5
TOLD = 2048
"""Bytes of a container's end that the kubelet keeps."""
AT_ONCE = 8
RUNNING: dict[str, subprocess.Popen] = {}
"""The kubectl that runs for a pod, by its uid: it ends with the pod, as when its Job is out of time."""


def install() -> None:
    """Have one work beside every cluster."""
    clusters.BESIDE.append(run_pods)


def is_kubectl(pod: dict) -> bool:
    """Whether the first container of a pod is kubectl."""
    return IMAGE.fullmatch(pod["spec"]["containers"][0]["image"]) is not None


def command(container: dict) -> list[str]:
    """The command of the container: its image begins with kubectl, and `$(NAME)` is a variable of the manifest."""
    variables = {variable["name"]: variable["value"] for variable in container.get("env", []) if "value" in variable}
    words = [*container.get("command", ["kubectl"]), *container.get("args", [])]
    return [re.sub(r"\$\((\w+)\)", lambda found: variables.get(found[1], found[0]), word) for word in words]


def kubeconfig(cluster: ControlPlane, pod: dict) -> dict:
    """The client's credentials from the mounted token; nothing without one."""
    mounts = pod["spec"]["containers"][0].get("volumeMounts", [])
    if not any(mount["mountPath"] == ACCOUNT for mount in mounts):
        return {}
    namespace = pod["metadata"]["namespace"]
    account = f"/api/v1/namespaces/{namespace}/serviceaccounts/{pod['spec']['serviceAccountName']}/token"
    bound = {"apiVersion": "v1", "kind": "Pod", "name": pod["metadata"]["name"], "uid": pod["metadata"]["uid"]}
    token = cluster.request(
        "POST",
        account,
        {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"boundObjectRef": bound}},
    )["status"]["token"]
    server = {"server": f"https://{programs.HOST}:{cluster.port}", "certificate-authority-data": cluster.authority}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "pod",
        "clusters": [{"name": "pod", "cluster": server}],
        "users": [{"name": "pod", "user": {"token": token}}],
        "contexts": [{"name": "pod", "context": {"cluster": "pod", "user": "pod", "namespace": namespace}}],
    }


def run(cluster: ControlPlane, pod: dict) -> tuple[int, str]:
    """Run the kubectl of the containers that come before, then the first container's: the exit code of the last or of
    the first that fails, and what it said."""
    spec = pod["spec"]
    before = [one for one in spec.get("initContainers", []) if IMAGE.fullmatch(one["image"])]
    code, told = 0, ""
    with tempfile.TemporaryDirectory(dir=settings.SCRATCH) as folder:
        config = Path(folder) / "config"
        config.write_text(json.dumps(kubeconfig(cluster, pod)))
        for container in [*before, spec["containers"][0]]:
            code, told = run_one(container, folder, config, pod["metadata"]["uid"])
            if code:
                break
    return code, told


def run_one(container: dict, folder: str, config: Path, uid: str) -> tuple[int, str]:
    """Run the kubectl of one container of the pod with that uid, for as long as it takes."""
    program, *arguments = command(container)
    if Path(program).name != "kubectl":
        return 128, f'exec: "{program}": executable file not found: the image of kubectl has no other program'
    kubectl = subprocess.Popen(
        [settings.binaries() / "kubectl", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        env={"PATH": os.defpath, "HOME": folder, "KUBECONFIG": str(config)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    RUNNING[uid] = kubectl
    if watchers.is_watching(arguments):
        watchers.PODS.add(uid)
    told = kubectl.communicate()[0].decode(errors="replace")
    watchers.PODS.discard(uid)
    RUNNING.pop(uid, None)
    return kubectl.returncode, told


def status(pod: dict, phase: str, state: dict, **more: Any) -> dict:
    """A status with all containers in one state, and all init containers done."""

    def container(given: dict, current: dict) -> dict:
        return {
            "name": given["name"],
            "image": given["image"],
            "imageID": "",
            "restartCount": 0,
            "ready": phase == "Running",
            "started": phase == "Running",
            "state": current,
        }

    ready = "True" if phase == "Running" else "False"
    values = {"Initialized": "True", "Ready": ready, "ContainersReady": ready}
    done = {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": now(), "finishedAt": now()}}
    return {
        "phase": phase,
        "startTime": pod.get("status", {}).get("startTime") or now(),
        "conditions": [{"type": kind, "status": value, "lastTransitionTime": now()} for kind, value in values.items()],
        "initContainerStatuses": [container(given, done) for given in pod["spec"].get("initContainers", [])],
        "containerStatuses": [container(given, state) for given in pod["spec"]["containers"]],
        **more,
    }


def ended(pod: dict, code: int, told: str) -> dict:
    """The status of a pod that has ended; a failure says what the container said."""
    last = told.encode()[-TOLD:].decode(errors="ignore").strip()
    state = {"exitCode": code, "reason": "Error" if code else "Completed", "startedAt": now(), "finishedAt": now()}
    if code:
        return status(pod, "Failed", {"terminated": {**state, "message": last}}, message=last)
    return status(pod, "Succeeded", {"terminated": state})


def record(cluster: ControlPlane, pod: dict, state: dict) -> None:
    """Write a pod's status, unless the pod is gone or another one has its name by now."""
    patch = {"metadata": {"uid": pod["metadata"]["uid"]}, "status": state}
    try:
        cluster.request("PATCH", f"{path_of(pod)}/status", patch, "application/strategic-merge-patch+json")
    except ApiError as error:
        if error.status not in (404, 409):
            raise


def play(cluster: ControlPlane, pod: dict) -> None:
    """Take a pod that has been put on a node to its end."""
    record(cluster, pod, status(pod, "Running", {"running": {"startedAt": now()}}))
    code, told = run(cluster, pod) if is_kubectl(pod) else (0, "")
    if code:
        tell(cluster, pod, "kubelet", "Failed", told.strip()[-1000:])
    record(cluster, pod, ended(pod, code, told))


def end(uid: str) -> None:
    """End the kubectl of a pod that is gone or is to go."""
    kubectl = RUNNING.get(uid)
    if kubectl:
        kubectl.kill()


class Kubelet:
    """Plays every pod once, several at the same time."""

    def __init__(self, cluster: ControlPlane):
        self.cluster = cluster
        self.known: set[str] = set()
        self.playing: dict[str, str] = {}
        self.workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"jobs-{cluster.name}")

    def step(self) -> object:
        """Begin with pods that are new on a node; let go of those that are to go. Busy as long as one is played: how
        long a kubectl runs is its own affair and its Job's. One that only watches is none of our work."""
        pods = [pod for pod in self.cluster.seen("/api/v1/pods") if JOB in pod["metadata"].get("labels", {})]
        for pod in [{"apiVersion": "v1", "kind": "Pod", **pod} for pod in pods if pod["spec"].get("nodeName")]:
            uid = pod["metadata"]["uid"]
            if pod["metadata"].get("deletionTimestamp"):
                end(uid)
                self.cluster.discard(pod)
            elif uid not in self.known and pod["status"].get("phase") in ("Pending", "Running"):
                self.known.add(uid)
                self.playing[uid] = f"Pod {pod['metadata']['namespace']}/{pod['metadata']['name']}"
                self.workers.submit(self._play, pod)
        present = {pod["metadata"]["uid"] for pod in pods}
        for uid in self.playing.keys() - present:
            end(uid)
        busy = sorted(name for uid, name in self.playing.items() if uid not in watchers.PODS)
        return loops.Busy(f"runs {', '.join(busy)}") if busy else None

    def _play(self, pod: dict) -> None:
        uid = pod["metadata"]["uid"]
        try:
            play(self.cluster, pod)
        except Exception as error:  # whatever it was, the next round may go well
            self.known.discard(uid)
            logging.getLogger("jobs").debug("%s: %r", path_of(pod), error)
        finally:
            self.playing.pop(uid, None)


def run_pods(cluster: ControlPlane, _cluster_name: str, _scope: clusters.Scope) -> threading.Event:
    """Step by step; set the event to end it."""
    return loops.repeat(f"jobs-{cluster.name}", INTERVAL, Kubelet(cluster).step, cluster.mirror)
