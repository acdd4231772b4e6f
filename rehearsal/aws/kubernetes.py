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

import settings

FIELD_MANAGER = "rehearsal"
PORTS = ("etcd-port", "kube-controller-manager-port", "kube-scheduler-port", "controller-port")
"""kwokctl would take these from one fixed range, where two rehearsals meet."""
BINARIES = {"etcd": "server", "kube-apiserver": "kube-apiserver", "kube-scheduler": "kube-scheduler",
            "kube-controller-manager": "kube-controller-manager", "kwok-controller": "kwok"}


class ApiError(Exception):
    """The API server refused; `status` is the HTTP status."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status


def path_of(obj: dict) -> str:
    """The API path of an object."""
    group, kind, metadata = obj["apiVersion"], obj["kind"].lower(), obj["metadata"]
    plural = kind[:-1] + "ies" if kind.endswith("y") else kind + ("es" if kind.endswith("s") else "s")
    namespace = f"/namespaces/{metadata['namespace']}" if "namespace" in metadata else ""
    return f"/{'apis' if '/' in group else 'api'}/{group}{namespace}/{plural}/{metadata['name']}"


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
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
        self._tls: ssl.SSLContext | None = None

    def start(self) -> None:
        """Create and wait until pods can be made in it; try three times, as a port may be taken in the meantime."""
        failure = RuntimeError(f"the Kubernetes control plane did not start; look at {self.folder}/kwokctl.log and "
                               f"check that KUBERNETES_BIN={settings.BINARIES} holds the six binaries")
        self.folder.mkdir(parents=True, exist_ok=True)
        for _ in range(3):
            if self._kwokctl("create", "cluster", *self._options(), "--wait", "60s").returncode == 0:
                break
            self._kwokctl("delete", "cluster")
        else:
            raise failure
        logs = self.folder / "logs"
        logs.unlink(missing_ok=True)
        logs.symlink_to(os.path.relpath(self.cluster / "logs", self.folder))
        self._tls = ssl.create_default_context(cafile=self.cluster / "pki" / "ca.crt")
        self._tls.load_cert_chain(self.cluster / "pki" / "admin.crt", self.cluster / "pki" / "admin.key")
        if not self.wait(lambda: self.request("GET", "/api/v1/namespaces/kube-system/serviceaccounts/default"), 30):
            self.stop()
            raise failure

    def stop(self) -> None:
        """End the processes and remove the cluster's files, except kwokctl's log."""
        self._kwokctl("delete", "cluster")
        for leftover in ("kubeconfig", "logs"):
            (self.folder / leftover).unlink(missing_ok=True)
        shutil.rmtree(self.cluster, ignore_errors=True)

    def _options(self) -> list[str]:
        arguments = {"service-cluster-ip-range": self.service_cidr}
        if self.webhook:
            file = self.folder / "token-webhook.yaml"
            file.write_bytes(self.webhook.replace(b"host.docker.internal", b"127.0.0.1"))
            arguments["authentication-token-webhook-config-file"] = str(file)
        return [
            "--runtime", "binary", "--kubeconfig", str(self.folder / "kubeconfig"), "--disable-qps-limits",
            "--kube-apiserver-port", str(self.port),
            *(part for flag, port in zip(PORTS, free_ports(len(PORTS))) for part in (f"--{flag}", str(port))),
            *(part for flag, file in BINARIES.items() for part in (f"--{flag}-binary", str(settings.BINARIES / file))),
            *(part for key, value in arguments.items() for part in ("--extra-args", f"kube-apiserver={key}={value}")),
        ]

    def _kwokctl(self, *arguments: str) -> subprocess.CompletedProcess:
        with open(self.folder / "kwokctl.log", "ab") as log:
            return subprocess.run([settings.BINARIES / "kwokctl", *arguments, "--name", self.name],
                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  env={**os.environ, "KWOK_WORKDIR": str(self.workdir)})

    @property
    def authority(self) -> str:
        """The cluster's certificate authority, as DescribeCluster gives it."""
        return base64.b64encode((self.cluster / "pki" / "ca.crt").read_bytes()).decode()

    def request(self, method: str, path: str, body: dict | list | None = None,
                content: str = "application/json", **query) -> dict:
        """One request as the administrator."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self._tls, timeout=60)
        try:
            url = f"{path}?{urllib.parse.urlencode(query)}" if query else path
            connection.request(method, url, None if body is None else json.dumps(body), {"Content-Type": content})
            response = connection.getresponse()
            answer = json.loads(response.read() or b"{}")
        finally:
            connection.close()
        if response.status >= 400:
            raise ApiError(response.status, answer.get("message", str(answer)))
        return answer

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
