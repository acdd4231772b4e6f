from unittest import mock

from emulator.kubernetes import watchers
from emulator.services.eks import clusters
from test.support.manifests import ManifestTest


class Awaited(ManifestTest):
    """A deployment waits for objects of the cluster."""

    def test_who_waits_for_a_job_gives_it_a_moment_first(self):
        def value(kind: str) -> dict:
            given = self.manifest(kind="Custom::AWSCDK-EKS-KubernetesObjectValue", order=["Entry"])
            given["Properties"].update(ObjectType=kind, ObjectName="schema", ObjectNamespace="app")
            return given

        with mock.patch("emulator.services.eks.awaited.settle") as settle:
            self.assert_deployed_in_every_order(self.resources(Value=value("deployment")))
            settle.assert_not_called()
            self.assert_deployed_in_every_order(self.resources(Value=value("job")))
        look = settle.call_args.args[1]
        for kind, ended in (("Complete", True), ("Failed", True), ("Suspended", False)):
            status = {"conditions": [{"type": kind, "status": "True"}]}
            clusters.control_plane("cluster").apply(
                {
                    "kind": "Job",
                    "apiVersion": "batch/v1",
                    "status": status,
                    "metadata": {"name": "schema", "namespace": "app"},
                }
            )
            self.assertEqual((look()[0], look()[1][0]), (ended, status))

    def test_a_job_that_only_watches_what_will_not_come_is_refused_with_what_it_waits_for(self):
        given = self.manifest(kind="Custom::AWSCDK-EKS-KubernetesObjectValue", order=["Entry"])
        given["Properties"].update(ObjectType="job", ObjectName="switch", ObjectNamespace="app")
        plane = clusters.control_plane("cluster")
        labels = {"batch.kubernetes.io/job-name": "switch"}
        gate = {"type": "target-health/web", "status": "False", "message": "no container listens on port 1"}
        for name, named, conditions in (("waiting", labels, []), ("web", {"app": "web"}, [gate])):
            plane.apply(
                {
                    "kind": "Pod",
                    "apiVersion": "v1",
                    "metadata": {"name": name, "namespace": "app", "uid": name, "labels": named},
                    "status": {"conditions": conditions},
                }
            )
        plane.apply({"kind": "Job", "apiVersion": "batch/v1", "metadata": {"name": "switch", "namespace": "app"}})
        resources = self.resources(Value=given)
        with mock.patch("emulator.services.eks.awaited.settle", return_value=None):
            self.assert_deployed_in_every_order(resources)  # a kubectl that works, or none: the function waits on
            with mock.patch.object(watchers, "PODS", {"waiting"}):
                self.assert_refused_in_every_order(
                    resources, "A pod of web waits for target-health/web: no container listens on port 1."
                )

    def test_who_waits_for_a_release_fails_without_an_available_pod(self):
        def resources(release: str) -> dict:
            given = self.manifest(kind="Custom::AWSCDK-EKS-KubernetesObjectValue", order=["Entry"])
            given["Properties"].update(
                ObjectType="replicasets", ObjectName=f"--selector=app=web,release={release}", ObjectNamespace="app"
            )
            return self.resources(Value=given)

        def replica_set(release: str, available: int) -> None:
            clusters.control_plane("cluster").apply(
                {
                    "kind": "ReplicaSet",
                    "apiVersion": "apps/v1",
                    "status": {"availableReplicas": available} if available else {},
                    "metadata": {
                        "name": f"web-{release}",
                        "namespace": "app",
                        "labels": {"app": "web", "release": release},
                    },
                }
            )

        replica_set("good", 2)
        replica_set("bad", 0)
        with mock.patch("emulator.services.eks.awaited.settle") as settle:
            settle.side_effect = lambda _, look: look()[0] or None
            self.assert_deployed_in_every_order(resources("good"))
            self.assert_refused_in_every_order(
                resources("bad"),
                "Timeout waiting for output from kubectl command: "
                "['get', '-n', 'app', 'replicasets', '--selector=app=web,release=bad', …]",
            )
