"""The control plane behind a cluster: real Kubernetes and kwok, and a small client of its API server."""

import base64
import json
import re
import secrets
import ssl
import time
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any

import urllib3

from ..core import settings
from ..core.standstill import Standstill, Stuck
from . import objects, programs
from .control_loops import ControlLoops
from .loops import LOOPS, Loop
from .mirror import Mirror

FIELD_MANAGER = "rehearsal"
ATTEMPTS = 3
"""The port of the API server was free when it was chosen, and may be taken for a moment when it is used."""
UNAVAILABLE = (502, 503, 504)
"""Statuses of the API server when it, or etcd behind it, is late."""
AT_ONCE = 32
"""Connections to the API server that are kept: a new one costs both sides more than most requests."""
JOB = "batch.kubernetes.io/job-name"
"""The label that Kubernetes puts on every pod of a Job."""
BEGIN = "-----BEGIN CERTIFICATE-----"


class ControlPlane:
    """One cluster's API server, scheduler, controller manager, etcd and kwok controller."""

    def __init__(self, name: str, port: int, service_cidr: str):
        self.name, self.port, self.service_cidr = name, port, service_cidr
        self.folder = settings.STATE / "kubernetes" / name
        self.programs = programs.Programs(self.folder)
        self.webhook: bytes | None = None
        self.authority = ""
        self._token = secrets.token_urlsafe()
        self._connections = urllib3.HTTPSConnectionPool(programs.HOST, port)
        self._loops = ControlLoops({}, self._answers)
        self.mirror = Mirror(self._read, self._stream)

    def start(self) -> None:
        """Start it and wait until pods can be made in it, as long as that takes."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._attempt()
            except programs.Ended as error:
                self.stop()
                if not error.port_taken or attempt == ATTEMPTS:
                    raise self._refused(f"{error}") from None
            except Stuck as error:
                self.stop()
                raise self._refused(str(error)) from error
            except Exception:
                self.stop()
                raise
            else:
                return

    def stop(self) -> None:
        """End it; nothing of it stays."""
        self.mirror.end()
        self.programs.stop()

    def _attempt(self) -> None:
        self.mirror = Mirror(self._read, self._stream)  # that of an earlier attempt has ended for good
        self._prepare()
        self.programs.start(programs.server(self.port, self.service_cidr, "webhook.yaml" if self.webhook else None))
        self._until(self._unready)
        self._introduce()
        ports = programs.free_ports(but=self.port)
        self.programs.start(programs.clients(JOB, ports))
        self._loops = ControlLoops(ports, self._answers)
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
        (self.folder / "kubeconfig").write_text(
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "current-context": self.name,
                    "clusters": [{"name": self.name, "cluster": server}],
                    "users": [{"name": self.name, "user": {"token": self._token}}],
                    "contexts": [{"name": self.name, "context": {"cluster": self.name, "user": self.name}}],
                }
            )
        )

    def _until(self, missing: Callable[[], list[str]]) -> None:
        """Wait until nothing is missing. How long may depend on the machine, so only a standstill ends it."""
        moved = Standstill()
        while absent := missing():
            self.programs.check()
            moved.see((absent, self.programs.told()), f"it waits for {', '.join(absent)} of {self.name}")
            time.sleep(0.2)

    def _refused(self, why: str) -> RuntimeError:
        return RuntimeError(
            f"the Kubernetes control plane {self.name} does not start on port {self.port} with the "
            f"programs in {settings.binaries()}: {why}"
        )

    def _unready(self) -> list[str]:
        """The checks that the API server does not pass yet."""
        try:
            tls = ssl.create_default_context(cafile=self.folder / "pki" / "apiserver.crt")
            self._connections = urllib3.HTTPSConnectionPool(programs.HOST, self.port, ssl_context=tls, maxsize=AT_ONCE)
            status, told = self._exchange("GET", "/readyz?verbose", timeout=10)
        except OSError:
            return ["an answer of the API server"]
        return [] if status == 200 else re.findall(r"^\[-]\S+", told.decode(), re.MULTILINE) or [f"status {status}"]

    def _unmade(self) -> list[str]:
        """Objects that pods need and that the controller manager has not made yet."""
        try:
            self.request("GET", "/api/v1/namespaces/kube-system/serviceaccounts/default")
        except (objects.ApiError, OSError):
            return ["the default service account"]
        return []

    def _exchange(
        self,
        method: str,
        url: str,
        body: dict | list | None = None,
        content: str = "application/json",
        timeout: float = 60,
    ) -> tuple[int, bytes]:
        """One request as the administrator: the status and what was answered."""
        headers = {"Content-Type": content, "Authorization": f"Bearer {self._token}"}
        try:
            response = self._connections.request(
                method,
                url,
                body=None if body is None else json.dumps(body),
                headers=headers,
                timeout=timeout,
                retries=False,
                redirect=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise ConnectionError(f"{method} {url}: {error}") from error
        return response.status, response.data

    def _answer(self, *request: Any) -> tuple[int, bytes]:
        """The answer to a request, which is repeated while the API server lives and does not answer: that it is late says
        nothing of what it is asked. Requests here can be made twice."""
        standstill = Standstill()
        while True:
            try:
                status, told = self._exchange(*request)
                if status not in UNAVAILABLE:
                    return status, told
                why = f"answers {status}"
            except OSError as error:
                if self.mirror.ended.is_set():
                    raise
                why = f"does not answer: {error}"
            self.programs.check()
            standstill.see(why, f"the API server of {self.name} {why}")
            time.sleep(0.2)

    def request(
        self, method: str, path: str, body: dict | list | None = None, content: str = "application/json", **query: Any
    ) -> dict:
        """One request as the administrator for an object."""
        url = f"{path}?{urllib.parse.urlencode(query)}" if query else path
        status, told = self._answer(method, url, body, content)
        answer = json.loads(told or b"{}")
        if status >= 400:
            raise objects.ApiError(status, answer.get("message", str(answer)))
        return answer

    def _read(self, path: str) -> dict:
        """The object at a path, or nothing."""
        status, told = self._exchange("GET", path)
        if status not in (200, 404):
            raise ConnectionError(f"GET {path} answers {status}")
        return json.loads(told) if status == 200 else {}

    def _stream(self, path: str, silence: float) -> Iterator[bytes]:
        """The lines of an answer that goes on until the server ends it, or is silent for so many seconds."""
        try:
            response = self._connections.request(
                "GET",
                path,
                headers={"Authorization": f"Bearer {self._token}"},
                timeout=silence,
                retries=False,
                preload_content=False,
            )
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
        return self.request(
            "PATCH",
            objects.path_of(obj),
            obj,
            "application/apply-patch+yaml",
            fieldManager=FIELD_MANAGER,
            force="true",
            fieldValidation="Strict",
        )

    def delete(self, obj: dict) -> None:
        """Delete if it is there."""
        try:
            self.request("DELETE", objects.path_of(obj), propagationPolicy="Background")
        except objects.ApiError as error:
            if error.status != 404:
                raise

    def discard(self, pod: dict) -> None:
        """Delete a pod at once: no kubelet is asked whether it has ended."""
        try:
            self.request("DELETE", objects.path_of({"apiVersion": "v1", "kind": "Pod", **pod}), gracePeriodSeconds=0)
        except objects.ApiError as error:
            if error.status != 404:
                raise

    def rounds(self) -> dict[str, Loop]:
        """How many rounds the programs of the control plane have completed by now."""
        self.programs.check()
        return {f"{name} of {self.name}": loop for name, loop in self._loops.look().items()}

    def _answers(self) -> bool:
        """Whether the API server answers that it is ready."""
        return self._exchange("GET", "/readyz")[0] == 200

    def scheduler_is_idle(self) -> bool:
        """Whether the scheduler has tried every pod that waits with what it knows."""
        return self._loops.is_idle("kube-scheduler")

    def all_rounds(self) -> dict[str, Loop]:
        """The same, with the controllers of the rehearsal that work beside it."""
        return {**self.rounds(), **{name: loop for name, loop in list(LOOPS.items()) if name.endswith(f"-{self.name}")}}

    def items(self, path: str, **query: Any) -> list[dict]:
        """The objects of a collection."""
        return self.request("GET", path, **query)["items"]
