import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from emulator.controllers import jobs
from emulator.core import settings
from emulator.kubernetes.control_plane import JOB
from emulator.kubernetes.events import now
from emulator.kubernetes.objects import ApiError
from test.support.fakes import FakePlane

MOUNT = {"name": "kube-api-access", "mountPath": jobs.ACCOUNT}
KUBECTL = "registry.k8s.io/kubectl:v1.36.3"


def pod(image: str = KUBECTL, phase: str = "Pending", node: str | None = "node-a", **container) -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "wipe-x", "namespace": "tenant-a", "uid": "1234", "labels": {JOB: "wipe"}},
        "spec": {
            "serviceAccountName": "wiper",
            **({"nodeName": node} if node else {}),
            "initContainers": [{"name": "before", "image": "busybox"}],
            "containers": [{"name": "main", "image": image, "volumeMounts": [MOUNT], **container}],
        },
        "status": {"phase": phase},
    }


class JobPlane(FakePlane):
    """Keeps statuses and gives tokens."""

    port = 6443

    def request(self, method: str, path: str, body=None, content: str = "application/json", **query) -> dict:
        if path.endswith("/serviceaccounts/wiper/token"):
            return {"status": {"token": f"token of {body['spec']['boundObjectRef']['uid']}"}}
        return super().request(method, path.removesuffix("/status"), body, content, **query)


class JobTest(unittest.TestCase):
    """In place of kubectl there is a script that says what it was given."""

    SCRIPT = 'echo "kubectl $*"; cat "$KUBECONFIG"'

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        program = Path(folder.name) / "kubectl"
        program.write_text(f"#!/bin/sh\n{self.SCRIPT}\n")
        program.chmod(0o755)
        patch = mock.patch.multiple(
            "emulator.core.settings", binaries=lambda: Path(folder.name), SCRATCH=Path(folder.name)
        )
        patch.start()
        self.addCleanup(patch.stop)

    def play(self, given: dict) -> dict:
        """The status of a pod after it has been played."""
        self.plane = JobPlane(given)
        jobs.play(self.plane, given)
        return self.plane.named("Pod", "wipe-x")["status"]


class Command(unittest.TestCase):
    """The command of a container."""

    def test_is_its_command_with_arguments_and_kubectl_by_itself(self):
        self.assertEqual(jobs.command({"args": ["get", "pods"]}), ["kubectl", "get", "pods"])
        self.assertEqual(jobs.command({"command": ["kubectl", "get"], "args": ["pods"]}), ["kubectl", "get", "pods"])

    def test_has_its_variables(self):
        env = [{"name": "TENANT", "value": "tenant-a"}, {"name": "OTHER", "valueFrom": {}}]
        self.assertEqual(
            jobs.command({"args": ["-n", "$(TENANT)", "$(OTHER)"], "env": env}),
            ["kubectl", "-n", "tenant-a", "$(OTHER)"],
        )

    def test_images_of_kubectl_are_told_from_others(self):
        own = "111111111111.dkr.ecr.ap-southeast-1.amazonaws.com/platform/kubectl"
        for image, told in (
            (KUBECTL, True),
            (f"{own}:v1", True),
            (f"{own}@sha256:1", True),
            ("kubectl:1", True),
            ("own/kubectl-tools:1", False),
            ("mysql:8.4", False),
            ("my-kubectl:1", False),
        ):
            self.assertEqual(jobs.is_kubectl(pod(image)), told, image)


class Run(JobTest):
    """kubectl runs with the pod's own rights."""

    def test_it_is_the_service_account_of_the_pod_in_its_namespace(self):
        code, told = jobs.run(JobPlane(), pod(args=["delete", "pods", "--all"]))
        first, config = told.split("\n", 1)
        self.assertEqual((code, first), (0, "kubectl delete pods --all"))
        config = json.loads(config)
        self.assertEqual(config["users"][0]["user"]["token"], "token of 1234")
        self.assertEqual(config["contexts"][0]["context"]["namespace"], "tenant-a")
        self.assertEqual(config["clusters"][0]["cluster"]["server"], "https://localhost:6443")

    def test_without_a_mounted_token_it_has_none(self):
        self.assertEqual(jobs.run(JobPlane(), pod(volumeMounts=[], args=["get"]))[1], "kubectl get\n{}")

    def test_what_comes_before_runs_first_and_stops_the_rest_where_it_fails(self):
        given = pod(args=["delete"])
        given["spec"]["initContainers"] = [{"name": "before", "image": KUBECTL, "args": ["wait"]}]
        for script, expected in [('echo "$1"', (0, "delete\n")), ('echo "$1"; [ "$1" != wait ]', (1, "wait\n"))]:
            (settings.binaries() / "kubectl").write_text(f"#!/bin/sh\n{script}\n")
            self.assertEqual(jobs.run(JobPlane(), given), expected)

    def test_the_image_has_no_other_program(self):
        status = self.play(pod(command=["sh", "-c", "kubectl get pods"]))
        self.assertEqual(status["phase"], "Failed")
        self.assertIn('exec: "sh": executable file not found', status["message"])


class Play(JobTest):
    """A pod ends as its container does."""

    SCRIPT = 'echo "pods is forbidden: $1"; exit "$2"'

    def test_it_succeeds_with_its_command(self):
        status = self.play(pod(args=["get", "0"]))
        self.assertEqual(status["phase"], "Succeeded")
        self.assertEqual(status["containerStatuses"][0]["state"]["terminated"]["exitCode"], 0)
        self.assertEqual(status["initContainerStatuses"][0]["state"]["terminated"]["exitCode"], 0)

    def test_it_fails_with_its_command_and_says_why(self):
        status = self.play(pod(args=["get", "3"]))
        terminated = status["containerStatuses"][0]["state"]["terminated"]
        self.assertEqual((status["phase"], status["message"]), ("Failed", "pods is forbidden: get"))
        self.assertEqual((terminated["exitCode"], terminated["message"]), (3, "pods is forbidden: get"))
        (event,) = self.plane.items("/api/v1/namespaces/tenant-a/events")
        self.assertEqual((event["message"], event["involvedObject"]["uid"]), ("pods is forbidden: get", "1234"))

    def test_another_image_succeeds_at_once(self):
        self.assertEqual(self.play(pod("mysql:8.4", args=["get", "3"]))["phase"], "Succeeded")

    def test_a_pod_that_is_gone_needs_no_status(self):
        jobs.play(JobPlane(), pod(args=["get", "0"]))


class Steps(unittest.TestCase):
    """The kubelet plays every pod once."""

    def steps(self, *given: dict, times: int = 2) -> list[str]:
        self.plane, played = JobPlane(*given), []
        kubelet = jobs.Kubelet(self.plane)
        with mock.patch.object(jobs, "play", lambda _, one: played.append(one["metadata"]["uid"])):
            for _ in range(times):
                kubelet.step()
            kubelet.workers.shutdown()
        return played

    def test_once_it_is_on_a_node(self):
        self.assertEqual(self.steps(pod()), ["1234"])
        self.assertEqual(self.steps(pod(node=None)), [])

    def test_not_one_that_has_ended(self):
        self.assertEqual(self.steps(pod(phase="Succeeded")), [])

    def test_not_one_of_something_else(self):
        other = pod()
        other["metadata"]["labels"] = {"app": "web"}
        self.assertEqual(self.steps(other), [])

    def test_one_that_is_to_go_goes(self):
        doomed = pod(phase="Running")
        doomed["metadata"]["deletionTimestamp"] = now()
        self.assertEqual(self.steps(doomed, times=1), [])
        self.assertEqual(self.plane.items("/api/v1/pods"), [])

    def test_again_after_an_error(self):
        kubelet = jobs.Kubelet(JobPlane(pod()))
        with mock.patch.object(jobs, "play", side_effect=ApiError(500, "later")):
            kubelet.step()
            kubelet.workers.shutdown()
        self.assertEqual(kubelet.known, set())
