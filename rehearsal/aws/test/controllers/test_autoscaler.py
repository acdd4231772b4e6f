import unittest
from unittest import mock

from ministack.core.responses import request_scope

from emulator.controllers import autoscaler
from emulator.core.seams import eks
from emulator.kubernetes import fit
from emulator.services.eks import group_nodes
from test.support.emulated import make
from test.support.node_group import NodeGroupTest

TRUST = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    ]
}
FLAGS = (
    "--cloud-provider=aws",
    "--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/cluster",
)
TAG = "aws:ResourceTag/k8s.io/cluster-autoscaler"


def pod(name: str = "web", cpu: str = "1500m", reason: str = "Unschedulable", **spec) -> dict:
    container = {"name": "main", "resources": {"requests": {"cpu": cpu, "memory": "1Gi"}}}
    condition = {"type": "PodScheduled", "status": "False", "reason": reason}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "app", "uid": name},
        "spec": {"containers": [container], **spec},
        "status": {"phase": "Pending", "conditions": [condition]},
    }


def deployment(*flags: str) -> dict:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "cluster-autoscaler", "namespace": "kube-system"},
        "spec": {
            "replicas": 1,
            "template": {
                "spec": {
                    "serviceAccountName": "cluster-autoscaler",
                    "containers": [{"name": "main", "command": ["./cluster-autoscaler"], "args": list(flags)}],
                }
            },
        },
    }


class AutoscalerTest(NodeGroupTest):
    """A group of three nodes, one in each zone, each of which runs something."""

    def setUp(self):
        super().setUp()
        self.notes: list[str] = []
        note = mock.patch("emulator.core.settings.note", self.notes.append)
        note.start()
        self.addCleanup(note.stop)
        self.group()
        self.plane.apply(deployment(*FLAGS))
        for node in self.nodes():
            self.occupy(node)

    def occupy(self, node: dict) -> None:
        name = node["metadata"]["name"]
        self.plane.apply(pod(f"on-{name}", nodeName=name))

    def associate(self, trust: dict = TRUST, **condition) -> None:
        """Give the autoscaler a role that may do what it needs under a condition."""
        allowed = [
            {"Effect": "Allow", "Action": "autoscaling:Describe*", "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": "autoscaling:SetDesiredCapacity",
                "Resource": "*",
                **({"Condition": {"StringEquals": condition}} if condition else {}),
            },
        ]
        role = make(
            "AWS::IAM::Role",
            RoleName="autoscaler",
            AssumeRolePolicyDocument=trust,
            Policies=[{"PolicyName": "p", "PolicyDocument": {"Statement": allowed}}],
        )[1]["Arn"]
        make(
            "AWS::EKS::PodIdentityAssociation",
            ClusterName="cluster",
            Namespace="kube-system",
            ServiceAccount="cluster-autoscaler",
            RoleArn=role,
        )

    def step(self, *pods: dict) -> int:
        """The number of nodes after a look at these pods."""
        for one in pods:
            self.plane.apply(one)
        scope = lambda: request_scope(self.account, "eu-central-1")
        autoscaler.Autoscaler(self.plane, "cluster", scope).step()
        return len(self.nodes())

    def desired(self) -> int:
        return eks.nodegroups["cluster/general"]["scalingConfig"]["desiredSize"]


class Growth(AutoscalerTest):
    """Groups grow for pods that no node takes."""

    def setUp(self):
        super().setUp()
        self.associate()

    def test_one_node_for_a_pod_in_the_zone_with_the_fewest(self):
        self.assertEqual(self.step(pod()), 4)
        self.assertEqual(self.desired(), 4)
        self.assertEqual(self.zones(), ["eu-central-1a", "eu-central-1a", "eu-central-1b", "eu-central-1c"])
        told = "the autoscaler of cluster added node 4 of at most 9 to general in eu-central-1a"
        self.assertEqual(self.notes, [told])

    def test_as_many_as_the_requests_need(self):
        self.assertEqual(self.step(pod("a", "900m"), pod("b", "900m"), pod("c", "900m")), 5)

    def test_up_to_the_maximum(self):
        self.assertEqual(self.step(*(pod(f"web-{i}") for i in range(20))), 9)
        self.assertEqual(self.desired(), 9)

    def test_no_second_one_while_one_is_empty(self):
        self.step(pod())
        self.assertEqual(self.step(), 5)  # in the next zone
        for _ in range(9):
            self.step()
        self.assertEqual(len(self.nodes()), 6)

    def test_pods_of_daemon_sets_do_not_fill_a_node(self):
        self.step(pod())
        for node in self.nodes()[3:]:
            agent = pod("agent", nodeName=node["metadata"]["name"])
            agent["metadata"]["ownerReferences"] = [{"kind": "DaemonSet"}]
            self.plane.apply(agent)
        self.assertEqual([self.step() for _ in range(3)], [5, 6, 6])

    def test_not_while_the_scheduler_still_tries_the_nodes_that_there_are(self):
        self.plane.idle = False
        self.assertEqual(self.step(pod()), 3)
        self.plane.idle = True
        self.assertEqual(self.step(), 4)

    def test_not_for_a_pod_that_waits_for_something_else(self):
        self.assertEqual(self.step(pod("gated", reason="SchedulingGated")), 3)

    def test_a_pod_that_gets_none_is_told_why(self):
        def told(*pods: dict) -> dict[str, str]:
            self.step(*pods)
            events = self.plane.items("/api/v1/namespaces/app/events")
            return {one["involvedObject"]["name"]: one["message"].partition(": ")[2] for one in events}

        self.assertEqual(
            told(pod("big", "4"), pod("db", nodeSelector={"role": "database"})),
            {"big": "1 Insufficient cpu", "db": "1 node(s) didn't match Pod's node affinity/selector"},
        )
        full = told(*(pod(f"web-{i}") for i in range(7)))
        self.assertEqual(full["web-6"], "1 max node group size reached")
        self.assertNotIn("web-5", full)

    def test_not_for_a_pod_that_a_new_node_would_not_take(self):
        other = {"key": "eks.amazonaws.com/nodegroup", "operator": "NotIn", "values": ["general"]}
        affinity = {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [other]}]}
            }
        }
        for refused in (pod(cpu="4"), pod(nodeSelector={"role": "database"}), pod(affinity=affinity)):
            self.assertEqual(self.step(refused), 3)

    def test_a_taint_needs_a_toleration(self):
        self.update(Taints=[{"Key": "dedicated", "Value": "db", "Effect": "NO_SCHEDULE"}])
        self.assertEqual(self.step(pod()), 3)
        self.assertEqual(self.step(pod("db", tolerations=[{"key": "dedicated", "operator": "Exists"}])), 4)

    def test_a_volume_ties_its_pod_to_a_zone(self):
        tie = {"matchExpressions": [{"key": group_nodes.ZONE, "operator": "In", "values": ["eu-central-1b"]}]}
        self.plane.apply(
            {
                "apiVersion": "v1",
                "kind": "PersistentVolume",
                "metadata": {"name": "disk"},
                "spec": {"nodeAffinity": {"required": {"nodeSelectorTerms": [tie]}}},
            }
        )
        self.plane.apply(
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": "data", "namespace": "app"},
                "spec": {"volumeName": "disk"},
            }
        )
        tied = pod("tied", volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}])
        self.assertEqual(self.step(tied), 3)  # the next node would be in another zone
        self.step(pod())
        self.step()
        self.assertEqual(self.zones().count("eu-central-1b"), 2)

    def test_not_in_a_zone_that_is_lost(self):
        with mock.patch.object(group_nodes, "LOST", {"eu-central-1a"}):
            self.step(pod())
        self.assertEqual(self.zones().count("eu-central-1b"), 2)
        with mock.patch.object(group_nodes, "LOST", {f"eu-central-1{zone}" for zone in "abc"}):
            self.assertEqual(self.step(pod("other")), 4)


class Conditions(AutoscalerTest):
    """It does nothing without what it needs."""

    def test_its_deployment(self):
        self.associate()
        self.plane.healthy = False
        self.plane.apply(deployment(*FLAGS))
        self.assertEqual(self.step(pod()), 3)
        self.plane.delete(deployment())
        self.assertEqual(self.step(), 3)

    def test_the_tags_that_eks_gives(self):
        self.associate()
        other = "--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/other"
        for flags in ((FLAGS[0], other), (FLAGS[1],), (FLAGS[0],), (FLAGS[0], f"{FLAGS[1]}=shared")):
            self.plane.apply(deployment(*flags))
            self.assertEqual(self.step(pod()), 3, flags)
        self.plane.apply(deployment(FLAGS[0], f"{FLAGS[1]}=owned"))
        self.assertEqual(self.step(), 4)

    def test_a_role(self):
        self.assertEqual(self.step(pod()), 3)
        self.assertEqual(
            self.notes,
            [
                (
                    "the autoscaler of cluster adds no nodes: it lacks a Pod Identity association of "
                    "the service account cluster-autoscaler"
                )
            ],
        )

    def test_a_role_that_may_scale_its_own_groups(self):
        self.associate(**{f"{TAG}/enabled": "true", f"{TAG}/cluster": "owned"})
        self.assertEqual(self.step(pod()), 4)

    def test_a_role_that_trusts_pods(self):
        self.associate(trust={"Statement": []})
        self.assertEqual(self.step(pod()), 3)
        self.assertIn("it lacks sts:AssumeRole, sts:TagSession", self.notes[0])

    def test_not_one_for_those_of_another_cluster(self):
        self.associate(**{f"{TAG}/other": "owned"})
        self.assertEqual(self.step(pod()), 3)
        self.assertIn("it lacks autoscaling:SetDesiredCapacity", self.notes[0])


class Quantities(unittest.TestCase):
    def test_are_numbers(self):
        given = {"250m": 0.25, "2": 2, "1.5": 1.5, "64Ki": 65536, "1Mi": 1048576, "2Gi": 2147483648, "3M": 3e6}
        self.assertEqual({text: fit.quantity(text) for text in given}, given)
