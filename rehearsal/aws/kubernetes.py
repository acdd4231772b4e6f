"""The control plane behind a cluster: real Kubernetes and kwok, and a small client of its API server."""

import base64
import http.client
import json
import os
import re
import secrets
import ssl
import time
import urllib.parse

import programs
import settings

FIELD_MANAGER = "rehearsal"
ATTEMPTS = 3
"""The port of the API server was free when it was chosen, and may be taken for a moment when it is used."""
STANDSTILL = 600
"""Seconds without any change after which a start is given up."""
JOB = "batch.kubernetes.io/job-name"
"""The label that Kubernetes puts on every pod of a Job."""
BEGIN = "-----BEGIN CERTIFICATE-----"


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


def machine() -> str:
    """How busy this machine is."""
    with open("/proc/meminfo", encoding="ascii") as meminfo:
        free = int(re.search(r"MemAvailable:\s+(\d+)", meminfo.read())[1]) // 1024
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {free} MiB of memory available"


class ControlPlane:
    """One cluster's API server, scheduler, controller manager, etcd and kwok controller."""

    def __init__(self, name: str, port: int, service_cidr: str):
        self.name, self.port, self.service_cidr = name, port, service_cidr
        self.folder = settings.STATE / "kubernetes" / name
        self.programs = programs.Programs(self.folder)
        self.webhook: bytes | None = None
        self.authority = ""
        self._token = secrets.token_urlsafe()
        self._tls: ssl.SSLContext | None = None

    def start(self) -> None:
        """Start it and wait until pods can be made in it, as long as that takes."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._attempt()
            except programs.Ended as error:
                self.stop()
                if not error.port_taken or attempt == ATTEMPTS:
                    raise self._refused(f"{error}") from None
            except Exception:
                self.stop()
                raise

    def stop(self) -> None:
        """End it; nothing of it stays."""
        self.programs.stop()

    def _attempt(self) -> None:
        self._prepare()
        self.programs.start(programs.server(self.port, self.service_cidr, self.webhook and "webhook.yaml"))
        self._until(self._unready)
        self._introduce()
        self.programs.start(programs.clients(JOB))
        self._until(self._unmade)

    def _prepare(self) -> None:
        """The files that the API server reads: its administrator is whoever has the token."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "tokens.csv").write_text(f'{self._token},administrator,administrator,"system:masters"\n')
        if self.webhook:
            (self.folder / "webhook.yaml").write_bytes(self.webhook.replace(b"host.docker.internal", b"127.0.0.1"))

    def _introduce(self) -> None:
        """The files that lead to the API server and its certificate authority, the last one of its certificates."""
        authority = BEGIN + (self.folder / "pki" / "apiserver.crt").read_text().rpartition(BEGIN)[2]
        (self.folder / "pki" / "ca.crt").write_text(authority)
        self.authority = base64.b64encode(authority.encode()).decode()
        server = {"server": f"https://{programs.HOST}:{self.port}", "certificate-authority-data": self.authority}
        (self.folder / "kubeconfig").write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": self.name,
            "clusters": [{"name": self.name, "cluster": server}],
            "users": [{"name": self.name, "user": {"token": self._token}}],
            "contexts": [{"name": self.name, "context": {"cluster": self.name, "user": self.name}}]}))

    def _until(self, missing) -> None:
        """Wait until nothing is missing. How long may depend on the machine, so only a standstill ends it."""
        before, since = None, time.monotonic()
        while absent := missing():
            self.programs.check()
            now = (absent, self.programs.told())
            if now != before:
                before, since = now, time.monotonic()
            elif time.monotonic() - since > STANDSTILL:
                raise self._refused(f"this machine made no progress for {STANDSTILL} s ({machine()}). It waits for "
                                    f"{', '.join(absent)}. End other programs, or take a larger machine.")
            time.sleep(0.2)

    def _refused(self, why: str) -> RuntimeError:
        return RuntimeError(f"the Kubernetes control plane {self.name} does not start on port {self.port} with the "
                            f"programs in {settings.binaries()}: {why}")

    def _unready(self) -> list[str]:
        """The checks that the API server does not pass yet."""
        try:
            self._tls = ssl.create_default_context(cafile=self.folder / "pki" / "apiserver.crt")
            status, told = self._exchange("GET", "/readyz?verbose", timeout=10)
        except (OSError, http.client.HTTPException):
            return ["an answer of the API server"]
        return [] if status == 200 else re.findall(r"^\[-]\S+", told.decode(), re.MULTILINE) or [f"status {status}"]

    def _unmade(self) -> list[str]:
        """What the controller manager has to make for every pod."""
        try:
            self.request("GET", "/api/v1/namespaces/kube-system/serviceaccounts/default")
        except (ApiError, OSError, http.client.HTTPException):
            return ["the default service account"]
        return []

    def _exchange(self, method: str, url: str, body: dict | list | None = None,
                  content: str = "application/json", timeout: float = 60) -> tuple[int, bytes]:
        """One request as the administrator: the status and what was answered."""
        connection = http.client.HTTPSConnection(programs.HOST, self.port, context=self._tls, timeout=timeout)
        headers = {"Content-Type": content, "Authorization": f"Bearer {self._token}"}
        try:
            connection.request(method, url, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def request(self, method: str, path: str, body: dict | list | None = None,
                content: str = "application/json", **query) -> dict:
        """One request as the administrator for an object."""
        url = f"{path}?{urllib.parse.urlencode(query)}" if query else path
        status, told = self._exchange(method, url, body, content)
        answer = json.loads(told or b"{}")
        if status >= 400:
            raise ApiError(status, answer.get("message", str(answer)))
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

    def discard(self, pod: dict) -> None:
        """Delete a pod at once: no kubelet is asked whether it has ended."""
        try:
            self.request("DELETE", path_of({"apiVersion": "v1", "kind": "Pod", **pod}), gracePeriodSeconds=0)
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
