import http.client
import json
import os
import re
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import urllib3

import kubernetes
import settings
from kubernetes import ApiError, ControlPlane, free_ports, path_of


def obj(version: str, kind: str, namespace: str | None = None) -> dict:
    metadata = {"name": "x", "namespace": namespace} if namespace else {"name": "x"}
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


class Paths(unittest.TestCase):
    def test_paths_of_objects(self):
        for given, path in (
                (("v1", "Node"), "/api/v1/nodes/x"),
                (("v1", "Service", "a"), "/api/v1/namespaces/a/services/x"),
                (("apps/v1", "DaemonSet", "a"), "/apis/apps/v1/namespaces/a/daemonsets/x"),
                (("storage.k8s.io/v1", "StorageClass"), "/apis/storage.k8s.io/v1/storageclasses/x"),
                (("networking.k8s.io/v1", "NetworkPolicy", "a"),
                 "/apis/networking.k8s.io/v1/namespaces/a/networkpolicies/x")):
            self.assertEqual(path_of(obj(*given)), path)

class Client(unittest.TestCase):
    """Requests to the API server."""

    def setUp(self):
        self.sent, self.status, self.answer = [], 200, {}

        def request(method, url, body, headers, **_):
            self.sent.append((method, url, body, headers["Content-Type"]))
            return SimpleNamespace(status=self.status, data=json.dumps(self.answer).encode())

        self.plane = ControlPlane("cluster", 1, "10.100.0.0/16")
        self.plane._connections = SimpleNamespace(request=request)

    def test_a_connection_that_fails_is_an_error_of_the_system(self):
        self.plane._connections = urllib3.HTTPSConnectionPool("127.0.0.1", 1)
        with self.assertRaises(OSError):
            self.plane.request("GET", "/api")

    def test_it_is_ready_once_the_api_server_says_so_and_pods_can_be_made(self):
        for readyz, account, ready in ((500, 200, False), (200, 404, False), (200, 200, True)):
            def exchange(_method, url, *_, timeout=60, answers={"/readyz": (readyz, b"ok")}, account=account):
                return answers.get(url, (account, b"{\"kind\": \"ServiceAccount\"}"))

            with mock.patch.object(self.plane, "_exchange", exchange):
                self.assertEqual(bool(self.plane.wait(self.plane._ready, -1)), ready, (readyz, account))

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


class Wait(unittest.TestCase):
    def setUp(self):
        patch = mock.patch("time.sleep")
        patch.start()
        self.addCleanup(patch.stop)
        self.plane = ControlPlane("cluster", 1, "10.100.0.0/16")

    def test_an_error_counts_as_not_yet(self):
        answers = iter([ApiError(404, ""), ConnectionRefusedError(), http.client.IncompleteRead(b""), None, "ready"])

        def ready():
            answer = next(answers)
            if isinstance(answer, Exception):
                raise answer
            return answer

        self.assertEqual(self.plane.wait(ready, 60), "ready")

    def test_ends_with_nothing_after_its_time_but_asks_once(self):
        asked = []
        self.assertFalse(self.plane.wait(lambda: asked.append(1), -1))
        self.assertEqual(asked, [1])


class Process(unittest.TestCase):
    """The control plane under kwokctl, for which a script stands here."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.calls = self.folder / "calls"
        self.kwokctl(code=1)
        for name in ("STATE", "BINARIES"):
            patch = mock.patch.object(settings, name, self.folder)
            patch.start()
            self.addCleanup(patch.stop)
        self.plane = ControlPlane("cluster", 6443, "10.100.0.0/16")

    def kwokctl(self, code: int) -> None:
        """The script, which notes its calls and PATH, leaves logs and ends with that code."""
        logs = self.folder / "kwok" / "clusters" / "cluster" / "logs"
        script = self.folder / "kwokctl"
        script.write_text(f'#!/bin/sh\necho "$1 $2" >> {self.calls}\necho "$PATH" > {self.folder}/path\n'
                          f'echo "$@" >> {self.folder}/arguments\nmkdir -p {logs}\necho told by kwokctl\n'
                          f'for name in etcd kube-apiserver; do echo "bind: $name" > {logs}/$name.log; done\n'
                          f'exit {code}\n')
        script.chmod(0o755)

    def assert_does_not_start(self) -> list[str]:
        """Why is said; the calls of kwokctl."""
        told = (f"(?s)did not start on port 6443 .* KUBERNETES_BIN={self.folder} .*kwokctl.log:\ntold by kwokctl.*"
                "etcd.log:\nbind: etcd\n.*kube-apiserver.log:\nbind: kube-apiserver")
        with self.assertRaisesRegex(RuntimeError, told):
            self.plane.start()
        return self.calls.read_text().splitlines()

    def start(self, *ready: bool) -> list[str]:
        """Start it, ready or not after each attempt; the calls of kwokctl."""
        self.kwokctl(code=0)
        answers = iter(ready)
        with mock.patch("ssl.create_default_context"), \
                mock.patch.object(self.plane, "wait", lambda *_: next(answers)):
            self.plane.start()
        return self.calls.read_text().splitlines()

    def test_a_control_plane_that_does_not_start_is_tried_three_times_and_removed(self):
        self.assertEqual(self.assert_does_not_start(), ["create cluster", "delete cluster"] * 3)
        self.assertFalse(self.plane.cluster.exists())

    def test_a_control_plane_that_is_not_ready_is_tried_three_times_and_removed(self):
        self.kwokctl(code=0)
        with mock.patch("ssl.create_default_context"), mock.patch.object(self.plane, "wait", lambda *_: None):
            self.assertEqual(self.assert_does_not_start(), ["create cluster", "delete cluster"] * 3)

    def test_a_later_attempt_can_be_ready(self):
        self.assertEqual(self.start(False, True), ["create cluster", "delete cluster", "create cluster"])

    def test_every_attempt_has_other_ports_but_for_the_api_server(self):
        self.start(False, False, True)
        created = [line for line in (self.folder / "arguments").read_text().splitlines() if line.startswith("create")]
        chosen = [tuple(re.findall(r"--(?!kube-apiserver)\S*port (\d+)", line)) for line in created]
        self.assertEqual((len(set(chosen)), {len(ports) for ports in chosen}), (3, {len(kubernetes.PORTS)}))
        self.assertEqual({re.search(r"--kube-apiserver-port (\d+)", line)[1] for line in created}, {"6443"})

    def test_an_attempt_has_a_limited_time(self):
        waited = []
        self.kwokctl(code=0)
        with mock.patch("ssl.create_default_context"), \
                mock.patch.object(self.plane, "wait", lambda _, seconds: waited.append(seconds) or True):
            self.plane.start()
        self.assertIn(f"--timeout {kubernetes.PATIENCE}s", (self.folder / "arguments").read_text())
        self.assertTrue(0 < waited[0] < kubernetes.PATIENCE)

    def test_etcd_has_a_free_port_for_its_peers(self):
        self.plane.folder.mkdir(parents=True)
        with mock.patch("kubernetes.free_ports", lambda count, but: list(range(1, count + 1))):
            options = self.plane._options()
        config = json.loads(Path(options[options.index("--config") + 1]).read_text().partition("---")[0])
        self.assertEqual(config["kind"], "KwokctlConfiguration")
        ports = [options[options.index(f"--{flag}") + 1] for flag in kubernetes.PORTS]
        self.assertEqual([str(config["options"]["etcdPeerPort"]), *ports], ["1", "2", "3", "4", "5"])

    def test_kwokctl_finds_kubectl_among_the_binaries_first(self):
        with mock.patch.dict(os.environ, PATH="/usr/bin:/bin"):
            self.start(True)
        self.assertEqual((self.folder / "path").read_text(), f"{self.folder.resolve()}:/usr/bin:/bin\n")

    def test_stopping_removes_the_files_but_the_log(self):
        self.plane.folder.mkdir(parents=True)
        for name in ("kubeconfig", "kwokctl.yaml", "token-webhook.yaml"):
            (self.plane.folder / name).touch()
        (self.plane.cluster / "pki").mkdir(parents=True)
        self.plane.stop()
        self.assertEqual([file.name for file in self.plane.folder.iterdir()], ["kwokctl.log"])
        self.assertFalse(self.plane.cluster.exists())

    def test_the_webhook_and_the_services_block_reach_the_api_server(self):
        self.plane.folder.mkdir(parents=True)
        self.plane.webhook = b"server: http://host.docker.internal:4566/x"
        options = self.plane._options()
        file = self.plane.folder / "token-webhook.yaml"
        self.assertIn("kube-apiserver=service-cluster-ip-range=10.100.0.0/16", options)
        self.assertIn(f"kube-apiserver=authentication-token-webhook-config-file={file}", options)
        self.assertEqual(file.read_text(), "server: http://127.0.0.1:4566/x")

    def test_free_ports_are_different(self):
        self.assertEqual(len(set(free_ports(20))), 20)

    def test_free_ports_leave_out_the_one_that_is_wanted(self):
        sockets = [mock.Mock(**{"getsockname.return_value": ("", port)}) for port in (1, 6443, 3)]
        with mock.patch("socket.socket", side_effect=sockets):
            self.assertEqual(free_ports(2, but=6443), [1, 3])
