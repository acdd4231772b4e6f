import base64
import json
import re
import tempfile
import time
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import urllib3

from emulator.core import settings, standstill
from emulator.kubernetes import control_plane, programs
from emulator.kubernetes.control_plane import ControlPlane
from emulator.kubernetes.objects import ApiError
from test.kubernetes.test_objects import obj

NAMES = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"]
SLEEP = time.sleep


class Client(unittest.TestCase):
    """Requests to the API server."""

    def setUp(self):
        self.sent, self.status, self.answer = [], 200, {}

        def request(method, url, body, headers, **_):
            self.headers = headers
            self.sent.append((method, url, body, headers["Content-Type"]))
            return SimpleNamespace(status=self.status, data=json.dumps(self.answer).encode())

        self.plane = ControlPlane("cluster", 1, "10.100.0.0/16")
        self.plane._connections = SimpleNamespace(request=request)

    def test_a_server_that_is_late_is_asked_again(self):
        late = iter([ConnectionError("late"), (503, b"{}"), (200, b'{"kind": "APIVersions"}')])

        def exchange(*_):
            answer = next(late)
            if isinstance(answer, Exception):
                raise answer
            return answer

        with mock.patch.object(self.plane, "_exchange", exchange), mock.patch("time.sleep"):
            self.assertEqual(self.plane.request("GET", "/api"), {"kind": "APIVersions"})

    def test_one_that_never_answers_is_the_machines_fault(self):
        self.plane._connections = urllib3.HTTPSConnectionPool("127.0.0.1", 1)
        with (
            mock.patch.object(standstill, "STUCK", -1),
            mock.patch("time.sleep"),
            self.assertRaisesRegex(standstill.Stuck, "the API server of cluster does not answer"),
        ):
            self.plane.request("GET", "/api")

    def test_one_that_has_ended_is_told(self):
        self.plane._connections = urllib3.HTTPSConnectionPool("127.0.0.1", 1)
        ended = mock.Mock(side_effect=programs.Ended("kube-apiserver", 1, "out of memory"))
        with mock.patch.object(self.plane.programs, "check", ended), self.assertRaises(programs.Ended):
            self.plane.request("GET", "/api")

    def answers(self, readyz: tuple[int, bytes], account: int) -> None:
        """Set the answers of the API server."""

        def exchange(_method, url, *_, timeout=60):
            return readyz if url.startswith("/readyz") else (account, b'{"kind": "ServiceAccount"}')

        for patch in (mock.patch("ssl.create_default_context"), mock.patch.object(self.plane, "_exchange", exchange)):
            patch.start()
            self.addCleanup(patch.stop)

    def test_it_is_ready_once_the_api_server_says_so(self):
        self.answers((200, b"ok"), 200)
        self.assertEqual(self.plane._unready(), [])

    def test_the_checks_that_it_does_not_pass_are_named(self):
        self.answers((500, b"[+]ping ok\n[-]etcd failed: reason withheld\n[-]informer-sync failed\n"), 200)
        self.assertEqual(self.plane._unready(), ["[-]etcd", "[-]informer-sync"])

    def test_a_refusal_without_checks_is_not_ready(self):
        self.answers((401, b""), 200)
        self.assertEqual(self.plane._unready(), ["status 401"])

    def test_without_an_answer_it_is_not_ready(self):
        self.assertEqual(self.plane._unready(), ["an answer of the API server"])

    def test_pods_can_be_made_once_their_service_account_is_there(self):
        for status, absent in ((404, ["the default service account"]), (200, [])):
            self.answers((200, b"ok"), status)
            self.assertEqual(self.plane._unmade(), absent)

    def test_requests_are_the_administrators(self):
        self.plane.request("GET", "/api")
        self.assertEqual(self.headers["Authorization"], f"Bearer {self.plane._token}")

    def test_an_error_has_the_status_and_message_of_the_api_server(self):
        self.status, self.answer = 403, {"message": "denied"}
        with self.assertRaisesRegex(ApiError, "^denied$") as raised:
            self.plane.request("GET", "/api")
        self.assertEqual(raised.exception.status, 403)

    def test_apply_is_server_side_and_strict(self):
        self.plane.apply(obj("v1", "Node"))
        method, url, body, content = self.sent[0]
        self.assertEqual((method, content), ("PATCH", "application/apply-patch+yaml"))
        self.assertEqual(url, "/api/v1/nodes/x?fieldManager=rehearsal&force=true&fieldValidation=Strict")
        self.assertEqual(json.loads(body), obj("v1", "Node"))

    def test_deleting_what_is_not_there_is_no_error(self):
        self.status = 404
        self.plane.delete(obj("v1", "Node"))
        self.status = 403
        with self.assertRaises(ApiError):
            self.plane.delete(obj("v1", "Node"))

    def test_items_are_selected_by_the_server(self):
        self.answer = {"items": [1]}
        self.assertEqual(self.plane.items("/api/v1/nodes", labelSelector="a=b"), [1])
        self.assertEqual(self.sent[0][1], "/api/v1/nodes?labelSelector=a%3Db")


class Process(unittest.TestCase):
    """The programs of a control plane, for which scripts stand here."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name, value in (("STATE", self.folder), ("binaries", lambda: self.folder)):
            patch = mock.patch.object(settings, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        for name in NAMES:
            self.program(name, "sleep 60")
        self.plane = ControlPlane("cluster", 6443, "10.100.0.0/16")
        self.addCleanup(self.plane.stop)
        patch = mock.patch.object(self.plane, "_introduce")
        self.introduce = patch.start()
        self.addCleanup(patch.stop)

    def program(self, name: str, script: str) -> None:
        """A program that notes its call and does that."""
        file = self.folder / name
        file.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.folder}/calls\n{script}\n')
        file.chmod(0o755)

    def calls(self) -> list[str]:
        """The programs that were started, in order."""
        calls = self.folder / "calls"
        return [line.split()[0] for line in calls.read_text().splitlines()] if calls.exists() else []

    def start(self, ready=list, made=list) -> None:
        """Start it, with what is missing at each question."""
        with (
            mock.patch.object(self.plane, "_unready", ready),
            mock.patch.object(self.plane, "_unmade", made),
            mock.patch("time.sleep", self.sleep),
        ):
            self.plane.start()

    def sleep(self, _seconds: float) -> None:
        """Time passes fast, but not for the scripts."""
        SLEEP(0.05)

    def assert_does_not_start(self, told: str, **missing) -> None:
        with self.assertRaisesRegex(
            RuntimeError, f"(?s)does not start on port 6443 .*{re.escape(str(self.folder))}.*{told}"
        ):
            self.start(**missing)
        self.assertFalse(self.plane.folder.exists())
        self.assertEqual(self.plane.programs.running, {})

    def test_the_others_follow_the_api_server(self):
        seen = []

        def ready() -> list[str]:
            if set(self.calls()) < {"etcd", "kube-apiserver"}:
                return ["the first two"]
            seen.append(list(self.plane.programs.running))
            return []

        self.start(ready)
        self.assertEqual(seen, [["etcd", "kube-apiserver"]])
        self.assertEqual(list(self.plane.programs.running), NAMES)

    def test_one_that_ends_is_named_with_the_end_of_its_log(self):
        self.program("etcd", "echo no space left; exit 3")
        self.assert_does_not_start("etcd ended with 3; the end of its log:\nno space left", ready=lambda: ["etcd"])
        self.assertEqual(self.calls().count("etcd"), 1)

    def test_a_port_that_is_taken_is_tried_again(self):
        self.program("kube-apiserver", "echo bind: address already in use; exit 1")
        self.assert_does_not_start("address already in use", ready=lambda: ["an answer"])
        self.assertEqual(self.calls().count("kube-apiserver"), control_plane.ATTEMPTS)

    def test_who_looks_again_and_again_sees_a_cluster_that_starts_at_its_second_try(self):
        calls = self.folder / "calls"
        self.program(
            "kube-apiserver",
            f'[ "$(grep -c ^kube-apiserver {calls})" -gt 1 ] && exec sleep 60\n'
            "echo bind: address already in use; exit 1",
        )
        self.start(lambda: [] if "kwok" in self.calls() or self.calls().count("kube-apiserver") > 1 else ["an answer"])
        with mock.patch.object(self.plane, "_exchange", lambda *_: (404, b"")):
            self.assertEqual(self.plane.seen("/api/v1/pods"), [])
        self.assertFalse(self.plane.mirror.ended.is_set())

    def test_it_may_take_as_long_as_something_changes(self):
        clock = iter(range(0, 10**9, standstill.STUCK))  # as long at every look
        left = [["a", "b", "c"], ["a", "b"], ["a"], []]
        with mock.patch("time.monotonic", lambda: next(clock)):
            self.start(lambda: left.pop(0))
        self.assertEqual(left, [])

    def test_it_may_take_as_long_as_the_logs_grow(self):
        clock = iter(range(0, 10**9, standstill.STUCK))
        sizes, left = iter(range(100)), [["a"]] * 5 + [[]]
        with (
            mock.patch("time.monotonic", lambda: next(clock)),
            mock.patch.object(self.plane.programs, "told", lambda: next(sizes)),
        ):
            self.start(lambda: left.pop(0))
        self.assertEqual(left, [])

    def test_a_standstill_says_how_busy_the_machine_is(self):
        clock = iter(range(0, 10**9, standstill.STUCK))
        with mock.patch("time.monotonic", lambda: next(clock)):
            self.assert_does_not_start(
                r"no progress for 600 s: it waits for the moon of cluster\. Its load is [\d.]+ on \d+ "
                r"cores, .* GiB of memory available\.",
                ready=lambda: ["the moon"],
            )

    def test_stopping_ends_all_and_removes_the_files(self):
        self.start()
        processes = list(self.plane.programs.running.values())
        self.plane.stop()
        self.assertEqual([process.poll() for process in processes], [-9] * 5)
        self.assertFalse(self.plane.folder.exists())

    def test_the_webhook_reaches_the_api_server(self):
        self.plane.webhook = b"server: http://host.docker.internal:4566/x"
        self.start()
        self.assertIn(
            "--authentication-token-webhook-config-file=webhook.yaml",
            programs.server(6443, "10.100.0.0/16", "webhook.yaml")["kube-apiserver"],
        )
        self.assertEqual((self.plane.folder / "webhook.yaml").read_text(), "server: http://127.0.0.1:4566/x")


class Introduction(unittest.TestCase):
    """How the API server is found and trusted."""

    def test_its_authority_is_the_last_certificate(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(settings, "STATE", Path(folder)):
            plane = ControlPlane("cluster", 6443, "10.100.0.0/16")
            (plane.folder / "pki").mkdir(parents=True)
            own, authority = (f"{control_plane.BEGIN}\n{name}\n-----END CERTIFICATE-----\n" for name in ("own", "ca"))
            (plane.folder / "pki" / "apiserver.crt").write_text(own + authority)
            plane._introduce()
            config = json.loads((plane.folder / "kubeconfig").read_text())
            self.assertEqual((plane.folder / "pki" / "ca.crt").read_text(), authority)
        self.assertEqual(base64.b64decode(plane.authority).decode(), authority)
        self.assertEqual(
            config["clusters"][0]["cluster"],
            {"server": "https://localhost:6443", "certificate-authority-data": plane.authority},
        )
        self.assertEqual(config["users"][0]["user"], {"token": plane._token})
