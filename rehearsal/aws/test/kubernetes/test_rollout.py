import unittest

from emulator.core.ministack_api import Refused
from emulator.kubernetes import addons, patience, rollout
from emulator.kubernetes.objects import path_of
from test.kubernetes.test_addons import TAINT, TOLERATION
from test.support.fakes import FakePlane

PENDING = {
    "apiVersion": "v1",
    "kind": "Pod",
    "status": {
        "conditions": [
            {"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available: untolerated taint"}
        ]
    },
    "metadata": {"name": "coredns-0", "namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}},
}


class Installation(unittest.TestCase):
    """Objects come and go with the add-on, which fails where its pods cannot run."""

    def test_refuses_when_a_deployment_does_not_become_available_and_says_why(self):
        with self.assertRaisesRegex(Refused, "coredns is degraded .* Deployment coredns .* untolerated taint"):
            rollout.bring(FakePlane(PENDING, healthy=False), "coredns", addons.render("coredns", None))

    def test_waits_as_long_as_something_changes(self):
        plane, looks = FakePlane(PENDING, healthy=False), []
        rounds = plane.rounds

        def changing() -> dict:
            looks.append(len(looks))
            if len(looks) < 50:
                plane.objects[path_of(PENDING)] = {**PENDING, "status": {**PENDING["status"], "look": len(looks)}}
            return rounds()

        plane.all_rounds = changing
        with self.assertRaises(Refused):
            rollout.bring(plane, "coredns", addons.render("coredns", None))
        self.assertGreater(len(looks), 50 + patience.ROUNDS)

    def test_removes_what_the_former_configuration_had_beyond_the_present_one(self):
        objects = addons.render("coredns", None)
        plane = FakePlane(*objects)
        rollout.bring(plane, "coredns", objects[1:], replaced=objects)
        self.assertEqual([o["kind"] for o in objects[1:]], [o["kind"] for o in plane.objects.values()])

    def test_a_deployment_counts_once_its_present_generation_is_rolled_out(self):
        status = {"observedGeneration": 1, "updatedReplicas": 2, "availableReplicas": 2}
        deployment = {"metadata": {"generation": 1}, "spec": {"replicas": 2}, "status": status}
        self.assertTrue(rollout.available(deployment))
        self.assertFalse(rollout.available(deployment | {"metadata": {"generation": 2}}))
        self.assertFalse(rollout.available(deployment | {"status": status | {"availableReplicas": 1}}))
        self.assertFalse(rollout.available(deployment | {"status": {}}))


def node(name: str, *taints: dict) -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name},
        "spec": {"taints": list(taints)},
        "status": {},
    }


class DaemonSets(unittest.TestCase):
    """A DaemonSet of an add-on has to run on every node."""

    def setUp(self):
        self.objects = addons.render("aws-ebs-csi-driver", None)
        named = {obj["metadata"]["name"]: obj for obj in self.objects}
        named["ebs-csi-node"]["spec"]["template"]["spec"]["tolerations"] = []

    def plane(self, *nodes: dict, **status: int) -> FakePlane:
        """A cluster with those nodes, whose DaemonSets get that status."""
        plane = FakePlane(*nodes)
        kept = plane.apply

        def apply(obj: dict) -> dict:
            applied = kept(obj)
            if obj["kind"] == "DaemonSet":
                applied["status"] |= status
            return applied

        plane.apply = apply
        return plane

    def install(self, plane: FakePlane) -> None:
        rollout.bring(plane, "aws-ebs-csi-driver", self.objects)

    def assert_refused(self, plane: FakePlane, told: str) -> None:
        with self.assertRaisesRegex(Refused, told):
            self.install(plane)

    def test_is_fine_on_all_nodes_and_without_nodes(self):
        self.install(self.plane(node("a"), node("b", TAINT)))
        self.install(self.plane())
        self.install(self.plane(desiredNumberScheduled=0, observedGeneration=0))

    def test_is_refused_where_it_does_not_tolerate_the_taints_of_some_nodes(self):
        plane = self.plane(
            node("a"),
            node("b"),
            node("c", TAINT),
            desiredNumberScheduled=2,
            updatedNumberScheduled=2,
            numberAvailable=2,
        )
        self.assert_refused(
            plane,
            "^Add-on aws-ebs-csi-driver: DaemonSet ebs-csi-node runs on 2 of 3 nodes: "
            "it does not tolerate all of their taints$",
        )

    def test_is_refused_where_it_runs_on_no_node(self):
        plane = self.plane(node("a", TAINT), desiredNumberScheduled=0, updatedNumberScheduled=0, numberAvailable=0)
        self.assert_refused(plane, "runs on 0 of 1 nodes: it does not tolerate all of their taints$")

    def test_is_refused_where_it_does_not_select_some_nodes(self):
        plane = self.plane(node("a"), node("b"), desiredNumberScheduled=1, updatedNumberScheduled=1, numberAvailable=1)
        self.assert_refused(plane, "runs on 1 of 2 nodes: it does not select all of them$")

    def test_is_degraded_where_its_pods_are_not_available(self):
        for count in ("numberAvailable", "updatedNumberScheduled"):
            self.assert_refused(
                self.plane(node("a"), node("b"), **{count: 1}),
                "is degraded .* DaemonSet ebs-csi-node is not available, and nothing changes",
            )

    def test_the_status_of_an_earlier_generation_does_not_count(self):
        for desired in (1, 2):
            self.assert_refused(
                self.plane(node("a"), node("b"), observedGeneration=0, desiredNumberScheduled=desired),
                "DaemonSet ebs-csi-node is not available, and nothing changes",
            )

    def test_a_status_that_does_not_count_a_new_node_yet_is_waited_for(self):
        plane = self.plane(node("a"), node("b"), desiredNumberScheduled=1)
        rounds = plane.rounds

        def counted() -> dict:
            plane.named("DaemonSet", "ebs-csi-node")["status"]["desiredNumberScheduled"] = 2
            return rounds()

        plane.all_rounds = counted
        rollout.bring(plane, "aws-ebs-csi-driver", [o for o in self.objects if o["kind"] == "DaemonSet"])

    def test_tolerations_as_kubernetes_reads_them(self):
        other, execute = TAINT | {"value": "other"}, TAINT | {"effect": "NoExecute"}
        for tolerations, taint, tolerated in (
            ([], TAINT, False),
            ([TOLERATION], TAINT, True),
            ([TOLERATION], other, False),
            ([TOLERATION], execute, False),
            ([{"key": "dedicated", "operator": "Exists"}], execute, True),
            ([{"operator": "Exists"}], TAINT, True),
            ([{"key": "x", "operator": "Exists"}], TAINT, False),
            ([{"operator": "Exists", "effect": "NoExecute"}], TAINT, False),
            ([], TAINT | {"effect": "PreferNoSchedule"}, True),
            ([], {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}, True),
        ):
            pod_spec = {"tolerations": tolerations}
            self.assertEqual(rollout.tolerates(pod_spec, node("a", taint)), tolerated, (tolerations, taint))
