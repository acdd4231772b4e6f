"""The control plane behind a cluster: real Kubernetes binaries under kwok, and a small client of its API server."""

import base64
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
import urllib.parse
from collections.abc import Iterator

import urllib3

import settings
from control_loops import ControlLoops
from loops import LOOPS, Loop
from mirror import Mirror

FIELD_MANAGER = "rehearsal"
PORTS = ("etcd-port", "kube-controller-manager-port", "kube-scheduler-port", "controller-port")
"""kwokctl would take these, and etcd's port for its peers, from one fixed range, where two rehearsals meet."""
PORT_OF = {"kube-controller-manager": "kube-controller-manager-port", "kube-scheduler": "kube-scheduler-port",
           "kwok-controller": "controller-port"}
"""Whose metrics are at which."""
ATTEMPTS = 3
"""A port that was free when it was chosen may be taken by the time it is used."""
PATIENCE = 30
"""Seconds for one attempt to start."""
AT_ONCE = 32
"""Connections to the API server that are kept: a new one costs both sides more than most requests."""
TAIL = 2000
"""Characters that an error shows of a log's end."""
JOB = "batch.kubernetes.io/job-name"
"""The label that Kubernetes puts on every pod of a Job."""
BINARIES = {"etcd": "server", "kube-apiserver": "kube-apiserver", "kube-scheduler": "kube-scheduler",
            "kube-controller-manager": "kube-controller-manager", "kwok-controller": "kwok"}


class ApiError(Exception):
    """The API server refused; `status` is the HTTP status."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status

    def is_temporary(self) -> bool:
        """Whether the same request may well be answered later."""
        return self.status == 429 or self.status >= 500


def path_of(obj: dict) -> str:
    """The API path of an object."""
    group, kind, metadata = obj["apiVersion"], obj["kind"].lower(), obj["metadata"]
    plural = kind[:-1] + "ies" if kind.endswith("y") else kind + ("es" if kind.endswith("s") else "s")
    namespace = f"/namespaces/{metadata['namespace']}" if "namespace" in metadata else ""
    return f"/{'apis' if '/' in group else 'api'}/{group}{namespace}/{plural}/{metadata['name']}"


def free_ports(count: int, but: int | None = None) -> list[int]:
    """Ports that nobody listens on now, without one that is wanted for something else."""
    sockets = [socket.socket() for _ in range(count + 1)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [port for port in (one.getsockname()[1] for one in sockets) if port != but][:count]
    finally:
        for one in sockets:
            one.close()


class ControlPlane:
    """One cluster's API server, scheduler, controller manager, etcd and kwok controller."""

    def __init__(self, name: str, port: int, service_cidr: str):
        self.name, self.port, self.service_cidr = name, port, service_cidr
        self.folder = settings.STATE / "kubernetes" / name
        self.workdir = settings.STATE / "kwok"
        self.cluster = self.workdir / "clusters" / name
        self.webhook: bytes | None = None
        self._connections: urllib3.HTTPSConnectionPool | None = None
        self._loops, self._answers = ControlLoops({}), Loop()
        self.mirror = Mirror(self._read, self._stream)

    def start(self) -> None:
        """Create and wait until pods can be made in it; try again with other ports, except that of the API server,
        which is the caller's."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for _ in range(ATTEMPTS):
            if self._attempt():
                break
            told = self._last_words()
            self.stop()
        else:
            raise RuntimeError(f"the Kubernetes control plane {self.name} did not start on port {self.port} in "
                               f"{ATTEMPTS} attempts; check that KUBERNETES_BIN={settings.BINARIES} holds its "
                               f"binaries.{told}")
        logs = self.folder / "logs"
        logs.unlink(missing_ok=True)
        logs.symlink_to(os.path.relpath(self.cluster / "logs", self.folder))

    def stop(self) -> None:
        """End the processes and remove the cluster's files, except kwokctl's log."""
        self.mirror.end()
        self._kwokctl("delete", "cluster")
        for leftover in ("kubeconfig", "kwokctl.yaml", "logs", "token-webhook.yaml"):
            (self.folder / leftover).unlink(missing_ok=True)
        shutil.rmtree(self.cluster, ignore_errors=True)

    def _attempt(self) -> bool:
        """Whether the control plane started. kwokctl's code says little: it is 0 without an API server too."""
        end = time.monotonic() + PATIENCE
        if self._kwokctl("create", "cluster", *self._options(), "--timeout", f"{PATIENCE}s").returncode != 0:
            return False
        pki = self.cluster / "pki"
        tls = ssl.create_default_context(cafile=pki / "ca.crt")
        tls.load_cert_chain(pki / "admin.crt", pki / "admin.key")
        self._connections = urllib3.HTTPSConnectionPool("127.0.0.1", self.port, ssl_context=tls, maxsize=AT_ONCE)
        return bool(self.wait(self._ready, end - time.monotonic()))

    def _ready(self) -> bool:
        """Whether the API server is, and the controller manager makes what every pod needs."""
        status, _ = self._exchange("GET", "/readyz", timeout=2)  # another program may hold the port
        return status == 200 and bool(self.request("GET", "/api/v1/namespaces/kube-system/serviceaccounts/default"))

    def _last_words(self) -> str:
        """The ends of the logs that can tell why an attempt failed."""
        logs = (self.folder / "kwokctl.log", *(self.cluster / "logs" / f"{name}.log"
                                               for name in ("etcd", "kube-apiserver")))
        ends = {log.name: log.read_text(errors="replace")[-TAIL:].strip() for log in logs if log.exists()}
        return "".join(f"\n--- end of {name}:\n{end}" for name, end in ends.items() if end)

    def _options(self) -> list[str]:
        arguments = {"service-cluster-ip-range": self.service_cidr}
        if self.webhook:
            file = self.folder / "token-webhook.yaml"
            file.write_bytes(self.webhook.replace(b"host.docker.internal", b"127.0.0.1"))
            arguments["authentication-token-webhook-config-file"] = str(file)
        peers, *ports = free_ports(1 + len(PORTS), but=self.port)
        given = dict(zip(PORTS, ports))
        self._loops = ControlLoops({program: given[flag] for program, flag in PORT_OF.items()})
        config = self.folder / "kwokctl.yaml"  # etcd's port for its peers has no flag
        options = json.dumps({"apiVersion": "config.kwok.x-k8s.io/v1alpha1", "kind": "KwokctlConfiguration",
                              "options": {"etcdPeerPort": peers}})
        config.write_text(f"{options}\n---\n{settings.STAGES.read_text(encoding='utf-8')}")
        return [
            "--config", str(config), "--runtime", "binary", "--disable-qps-limits",
            "--kubeconfig", str(self.folder / "kubeconfig"), "--kube-apiserver-port", str(self.port),
            *(part for flag, port in zip(PORTS, ports) for part in (f"--{flag}", str(port))),
            *(part for flag, file in BINARIES.items() for part in (f"--{flag}-binary", str(settings.BINARIES / file))),
            *(part for key, value in arguments.items() for part in ("--extra-args", f"kube-apiserver={key}={value}")),
            "--extra-args", "kube-controller-manager=horizontal-pod-autoscaler-sync-period=2s",  # seconds count here
            "--extra-args", f"kwok-controller=disregard-status-with-label-selector={JOB}",  # jobs.py plays these
        ]

    def _kwokctl(self, *arguments: str) -> subprocess.CompletedProcess:
        # It would download a kubectl that it does not find.
        path = os.pathsep.join((str(settings.BINARIES.resolve()), os.environ.get("PATH", os.defpath)))
        with open(self.folder / "kwokctl.log", "ab") as log:
            return subprocess.run([settings.BINARIES / "kwokctl", *arguments, "--name", self.name],
                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  env={**os.environ, "KWOK_WORKDIR": str(self.workdir), "PATH": path})

    @property
    def authority(self) -> str:
        """The cluster's certificate authority, as DescribeCluster gives it."""
        return base64.b64encode((self.cluster / "pki" / "ca.crt").read_bytes()).decode()

    def _exchange(self, method: str, url: str, body: dict | list | None = None,
                  content: str = "application/json", timeout: float = 60) -> tuple[int, bytes]:
        """One request as the administrator: the status and what was answered."""
        try:
            response = self._connections.request(
                method, url, body=None if body is None else json.dumps(body), headers={"Content-Type": content},
                timeout=timeout, retries=False, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            raise ConnectionError(f"{method} {url}: {error}") from error
        return response.status, response.data

    def request(self, method: str, path: str, body: dict | list | None = None,
                content: str = "application/json", **query) -> dict:
        """One request as the administrator for an object."""
        url = f"{path}?{urllib.parse.urlencode(query)}" if query else path
        status, told = self._exchange(method, url, body, content)
        answer = json.loads(told or b"{}")
        if status >= 400:
            raise ApiError(status, answer.get("message", str(answer)))
        return answer

    def _read(self, path: str) -> dict:
        """What is at a path, or nothing."""
        status, told = self._exchange("GET", path)
        if status not in (200, 404):
            raise ConnectionError(f"GET {path} answers {status}")
        return json.loads(told) if status == 200 else {}

    def _stream(self, path: str, silence: float) -> Iterator[bytes]:
        """The lines of an answer that goes on until the server ends it, or is silent for so many seconds."""
        try:
            response = self._connections.request("GET", path, timeout=silence, retries=False, preload_content=False)
            try:
                rest = b""
                for chunk in response.stream() if response.status == 200 else ():
                    *lines, rest = (rest + chunk).split(b"\n")
                    yield from lines
            finally:
                response.close()
        except urllib3.exceptions.HTTPError as error:
            raise ConnectionError(f"GET {path}: {error}") from error

    def seen(self, path: str) -> list[dict]:
        """The objects of a collection as they were a moment ago: for who looks again and again. Nobody may change them."""
        return self.mirror.items(path)

    def apply(self, obj: dict) -> dict:
        """Server-side apply; an unknown field is an error."""
        return self.request("PATCH", path_of(obj), obj, "application/apply-patch+yaml",
                            fieldManager=FIELD_MANAGER, force="true", fieldValidation="Strict")

    def delete(self, obj: dict) -> None:
        """Delete if it is there."""
        try:
            self.request("DELETE", path_of(obj), propagationPolicy="Background")
        except ApiError as error:
            if error.status != 404:
                raise

    def discard(self, pod: dict) -> None:
        """Delete a pod at once: no kubelet is asked whether it has ended."""
        try:
            self.request("DELETE", path_of({"apiVersion": "v1", "kind": "Pod", **pod}), gracePeriodSeconds=0)
        except ApiError as error:
            if error.status != 404:
                raise

    def rounds(self) -> dict[str, Loop]:
        """How many rounds the programs of the control plane have completed by now."""
        try:
            self._answers.rounds += self._exchange("GET", "/readyz")[0] == 200
            self._answers.error = ""
        except OSError as error:
            self._answers.error = f"does not answer: {error}"
        return {"kube-apiserver": self._answers, **self._loops.look()}

    def scheduler_is_idle(self) -> bool:
        """Whether the scheduler has tried every pod that waits with what it knows."""
        return self._loops.is_idle("kube-scheduler")

    def all_rounds(self) -> dict[str, Loop]:
        """The same, with the controllers of the rehearsal that work beside it."""
        return {**self.rounds(), **{name: loop for name, loop in list(LOOPS.items()) if name.endswith(f"-{self.name}")}}

    def items(self, path: str, **query) -> list[dict]:
        """The objects of a collection."""
        return self.request("GET", path, **query)["items"]

    def wait(self, ready, seconds: float):
        """Call `ready` until it returns something true; None after `seconds`. Errors of the API count as not yet."""
        end = time.monotonic() + seconds
        while True:
            try:
                value = ready()
            except (ApiError, OSError, http.client.HTTPException):
                value = None
            if value or time.monotonic() > end:
                return value
            time.sleep(0.2)
