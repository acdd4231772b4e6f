import ipaddress
import itertools
import unittest

from emulator.core.ministack_api import Refused
from emulator.kubernetes import nodes

GROUP = {"nodegroupName": "general", "nodegroupArn": "arn:aws:eks:eu-central-1:111111111111:nodegroup/c/general/1"}
SUBNET = {"AvailabilityZone": "eu-central-1b", "CidrBlock": "10.0.1.0/24"}


def node(kind: str = "m5.large", subnet: dict = SUBNET, index: int = 0, **group) -> dict:
    return nodes.node({**GROUP, **group}, kind, subnet, index)


def mebibytes(resources: dict) -> int:
    return int(resources["memory"].removesuffix("Mi"))


class Capacity(unittest.TestCase):
    """A node offers to pods what is left of its instance type."""

    def test_an_m5_large_offers_1930m(self):
        whole, usable = nodes.capacity("m5.large")
        self.assertEqual((whole["cpu"], whole["pods"], usable["cpu"], usable["pods"]), ("2", "110", "1930m", "110"))

    def test_an_r5_large_has_twice_the_memory(self):
        (m5, _), (r5, usable) = nodes.capacity("m5.large"), nodes.capacity("r5.large")
        self.assertLessEqual(mebibytes(m5), 8192)
        self.assertAlmostEqual(mebibytes(r5), 2 * mebibytes(m5), delta=1)
        self.assertEqual(usable["cpu"], "1930m")

    def test_memory_is_reserved_by_pod(self):
        for kind, reserved in (("m5.large", 1565), ("r5.large", 1565), ("m5.8xlarge", 3105)):
            whole, usable = nodes.capacity(kind)
            self.assertEqual(mebibytes(whole) - mebibytes(usable), reserved, kind)

    def test_cpu_is_reserved_by_core(self):
        reserved = {cpus: nodes.reserved_cpu(cpus) for cpus in (1, 2, 4, 8, 96)}
        self.assertEqual(reserved, {1: 60, 2: 70, 4: 80, 8: 90, 96: 310})

    def test_a_large_instance_takes_250_pods(self):
        self.assertEqual([nodes.capacity(f"m5.{size}")[0]["pods"] for size in ("4xlarge", "8xlarge")], ["110", "250"])

    def test_types_outside_of_the_rule_are_known(self):
        self.assertEqual(nodes.instance("t3.medium"), (2, 4))
        self.assertEqual(nodes.instance("c5.9xlarge"), (36, 72))
        self.assertEqual(nodes.instance("t3a.small"), (2, 2))
        self.assertEqual((nodes.instance("c5n.4xlarge"), nodes.instance("c5n.9xlarge")), ((16, 42), (36, 96)))

    def test_an_unknown_type_names_the_place_of_the_fix(self):
        for kind in ("m5.huge", "z9.large", "m5", ""):
            with self.assertRaisesRegex(
                Refused, "is unknown: add it to .* in rehearsal/aws/emulator/kubernetes/nodes.py"
            ):
                nodes.instance(kind)

    def test_a_type_that_a_configuration_may_name_is_known_or_names_the_place_of_the_fix(self):
        families = [
            "t3",
            "t3a",
            "i3",
            "i3en",
            "i4i",
            "i7i",
            "i7ie",
            *(
                f"{letter}{generation}{suffix}"
                for letter, generation, suffix in itertools.product(
                    "cmr",
                    "5678",
                    ("", "a", "ad", "b", "d", "dn", "i", "id", "idn", "in", "iz", "n", "zn", "-flex", "i-flex"),
                )
            ),
        ]
        known = set()
        for family, size in itertools.product(families, ("medium", "metal", "3xlarge", "48xlarge", *nodes.SIZES)):
            try:
                nodes.capacity(f"{family}.{size}")
                known.add(family)
            except Refused as refused:
                self.assertIn(f"{family}.{size} is unknown: add it to FAMILIES, SIZES or ODD", str(refused))
        common = (
            "t3 t3a i3en i4i c5 c5a c5d c5n c6a c6i c7a c7i c7i-flex c8i c8i-flex m5 m5a m5d m5n m6a m6i m6id "
            "m7a m7i m7i-flex m8i m8i-flex r5 r5a r5d r6a r6i r7a r7i r8i r8i-flex"
        )
        self.assertLessEqual(set(common.split()), known)

    def test_the_disk_is_that_of_the_group(self):
        self.assertEqual(node(diskSize=100)["status"]["capacity"]["ephemeral-storage"], "100Gi")
        self.assertEqual(node()["status"]["capacity"]["ephemeral-storage"], "20Gi")


class Node(unittest.TestCase):
    """A node looks to the scheduler like one of EKS."""

    def test_its_zone_and_region_are_those_of_its_subnet(self):
        made = node()
        labels = made["metadata"]["labels"]
        self.assertEqual(labels["topology.kubernetes.io/zone"], "eu-central-1b")
        self.assertEqual(labels["topology.kubernetes.io/region"], "eu-central-1")
        self.assertTrue(made["spec"]["providerID"].startswith("aws:///eu-central-1b/i-"))

    def test_its_name_is_an_address_of_its_subnet(self):
        network = ipaddress.ip_network(SUBNET["CidrBlock"])
        for index in range(50):
            made = node(index=index)
            address = ipaddress.ip_address(made["status"]["addresses"][0]["address"])
            self.assertIn(address, list(network)[4:-1])
            name = f"ip-{str(address).replace('.', '-')}.eu-central-1.compute.internal"
            self.assertEqual(made["metadata"]["name"], name)
            self.assertEqual(made["metadata"]["labels"]["kubernetes.io/hostname"], name)

    def test_the_same_group_and_index_are_the_same_node(self):
        self.assertEqual(node(index=3), node(index=3))
        self.assertNotEqual(node(index=3)["spec"]["providerID"], node(index=4)["spec"]["providerID"])

    def test_it_has_the_labels_of_eks_and_of_the_group(self):
        labels = node(labels={"role": "database"}, capacityType="SPOT")["metadata"]["labels"]
        wanted = {
            "role": "database",
            "eks.amazonaws.com/nodegroup": "general",
            "kubernetes.io/os": "linux",
            "eks.amazonaws.com/capacityType": "SPOT",
            "node.kubernetes.io/instance-type": "m5.large",
        }
        self.assertEqual(labels | wanted, labels)
        self.assertEqual(node()["metadata"]["labels"]["eks.amazonaws.com/capacityType"], "ON_DEMAND")

    def test_it_is_of_the_architecture_that_a_configuration_may_name(self):
        self.assertEqual(node()["metadata"]["labels"]["kubernetes.io/arch"], "amd64")
        for kind in ("m6g.large", "t4g.medium"):
            with self.assertRaisesRegex(Refused, "is unknown"):
                node(kind)

    def test_its_taints_are_written_as_kubernetes_does(self):
        given = [
            {"key": "dedicated", "value": "db", "effect": "NO_SCHEDULE"},
            {"key": "x", "effect": "PREFER_NO_SCHEDULE"},
        ]
        self.assertEqual(
            node(taints=given)["spec"]["taints"],
            [
                {"key": "dedicated", "value": "db", "effect": "NoSchedule"},
                {"key": "x", "value": "", "effect": "PreferNoSchedule"},
            ],
        )


class Changed(unittest.TestCase):
    """A change of a group reaches its nodes and leaves alone what others put on them."""

    def test_labels_that_are_no_longer_wanted_go(self):
        patch = nodes.changed(node(), {"labels": {"b": "2"}}, {"labels": {"a": "1", "b": "1"}})
        self.assertEqual(patch["metadata"]["labels"], {"a": None, "b": "2"})

    def test_taints_of_others_stay(self):
        other = {"key": "node.kubernetes.io/unreachable", "value": "", "effect": "NoExecute"}
        before = {"taints": [{"key": "old", "effect": "NO_SCHEDULE"}]}
        current = node(**before)
        current["spec"]["taints"].append(other)
        patch = nodes.changed(current, {"taints": [{"key": "new", "effect": "NO_SCHEDULE"}]}, before)
        self.assertEqual(patch["spec"]["taints"], [other, {"key": "new", "value": "", "effect": "NoSchedule"}])
