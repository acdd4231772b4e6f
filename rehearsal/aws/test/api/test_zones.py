from unittest import mock

from emulator.api import zones
from emulator.services.eks import clusters, group_nodes
from test.support.node_group import NodeGroupTest


class Zones(NodeGroupTest):
    """A zone is lost and found again."""

    def setUp(self):
        super().setUp()
        for state in (
            mock.patch.object(group_nodes, "LOST", set()),
            mock.patch.object(zones, "SIZES", {}),
            mock.patch.object(
                clusters, "RUNNING", {clusters.record("cluster")["arn"]: clusters.Running(self.plane, [])}
            ),
        ):
            state.start()
            self.addCleanup(state.stop)
        self.group(ScalingConfig=self.size(5))
        self.before = self.zones()

    def change(self, lost: bool, zone: str = "a") -> list[str]:
        return zones.change({"zone": f"eu-central-1{zone}", "lost": lost})["lost"]

    def test_its_nodes_and_their_pods_are_gone(self):
        self.run_pods()
        self.assertEqual(self.change(True), ["eu-central-1a"])
        self.assertEqual(self.zones(), ["eu-central-1b", "eu-central-1b", "eu-central-1c"])
        self.assertEqual(
            {pod["spec"]["nodeName"] for pod in self.plane.items("/api/v1/pods")},
            {node["metadata"]["name"] for node in self.nodes()},
        )

    def test_no_node_is_made_there(self):
        self.change(True)
        self.update(ScalingConfig=self.size(6))
        self.assertEqual(self.zones(), ["eu-central-1b"] * 3 + ["eu-central-1c"] * 3)

    def test_a_zone_that_is_back_has_its_nodes_again(self):
        self.change(True)
        self.assertEqual(self.change(False), [])
        self.assertEqual(self.zones(), self.before)
        self.assertEqual(zones.SIZES, {})

    def test_what_was_added_meanwhile_goes(self):
        self.change(True)
        for _ in range(3):
            group_nodes.add_node(self.plane, group_nodes.next_node("cluster", "general"))
        self.record()["scalingConfig"]["desiredSize"] = 6
        self.change(False)
        self.assertEqual(self.zones(), self.before)
        self.assertEqual(self.record()["scalingConfig"]["desiredSize"], 5)

    def test_the_youngest_goes(self):
        young = next(node for node in self.nodes() if group_nodes.zone_of(node) == "eu-central-1b")
        for node in self.nodes():
            node["metadata"]["creationTimestamp"] = f"2026-01-0{2 if node is young else 1}T00:00:00Z"
        self.record()["scalingConfig"]["desiredSize"] = 3
        zones.balance(self.plane, self.record())
        self.assertEqual((len(self.nodes()), young in self.nodes()), (3, False))

    def test_two_zones_can_be_lost_at_once(self):
        self.change(True)
        self.assertEqual(self.change(True, "b"), ["eu-central-1a", "eu-central-1b"])
        self.record()["scalingConfig"]["desiredSize"] = 9
        self.change(False, "b")
        self.assertEqual(self.zones(), ["eu-central-1b"] * 3 + ["eu-central-1c"] * 2)
        self.record()["scalingConfig"]["desiredSize"] = 9
        self.change(False)
        self.assertEqual(self.zones(), self.before)

    def test_a_zone_must_be_one_of_a_subnet(self):
        with self.refused("zone must be one that has a subnet (eu-central-1a, eu-central-1b, eu-central-1c"):
            self.change(True, "x")
        with self.refused("not 'eu-central-1a' and 'yes'"):
            zones.change({"zone": "eu-central-1a", "lost": "yes"})
