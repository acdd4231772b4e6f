import itertools
from unittest import mock

from emulator.services.eks import clusters, group_nodes, node_group_updates
from test.support.emulated import change
from test.support.node_group import GROUP, NodeGroupTest

TEMPLATE = "AWS::EC2::LaunchTemplate"


class Sizes(NodeGroupTest):
    """An update of sizes beside an autoscaler that has added nodes."""

    def setUp(self):
        super().setUp()
        state = mock.patch.object(group_nodes, "ENDED", [])
        state.start()
        self.addCleanup(state.stop)
        self.group()
        self.record()["scalingConfig"]["desiredSize"] = 5
        for _ in range(2):
            self.plane.apply(group_nodes.next_node("cluster", "general"))

    def test_a_desired_size_that_goes_along_ends_nodes_with_their_pods(self):
        self.run_pods()
        self.update(ScalingConfig={**self.size(3), "MaxSize": 12})
        self.assertEqual(len(self.nodes()), 3)
        self.assertEqual(
            {pod["spec"]["nodeName"] for pod in self.plane.items("/api/v1/pods")},
            {node["metadata"]["name"] for node in self.nodes()},
        )
        self.assertEqual(len(group_nodes.ENDED), 2)
        self.assertRegex(
            group_nodes.ENDED[0], "set the node group general from 5 nodes to 3: EKS ended ip-.* with on-ip-"
        )

    def test_nobody_misses_a_node_on_which_nothing_runs(self):
        self.run_pods(ownerReferences=[{"kind": "DaemonSet"}])
        self.update(ScalingConfig={**self.size(3), "MaxSize": 12})
        self.assertEqual((len(self.nodes()), group_nodes.ENDED), (3, []))

    def test_without_a_desired_size_every_node_stays(self):
        self.run_pods()
        for sizes in ({"MinSize": 1, "MaxSize": 9}, {"MinSize": 5, "MaxSize": 12}):
            self.update(ScalingConfig=sizes)
            self.assertEqual((len(self.nodes()), group_nodes.ENDED), (5, []))
        self.assertEqual(self.record()["scalingConfig"], {"minSize": 5, "desiredSize": 5, "maxSize": 12})

    def test_sizes_that_do_not_change_are_not_sent(self):
        self.update(Labels={"new": "2"})
        self.assertEqual((len(self.nodes()), self.record()["scalingConfig"]["desiredSize"]), (5, 5))

    def test_refuses_a_minimum_above_and_a_maximum_below_the_live_size(self):
        with self.refused("Minimum capacity 6 can't be greater than desired size 5"):
            self.update(ScalingConfig={"MinSize": 6, "MaxSize": 9})
        with self.refused("Maximum capacity 4 can't be less than desired size 5"):
            self.update(ScalingConfig={"MinSize": 1, "MaxSize": 4})


class Combinations(NodeGroupTest):
    """Changes of the nodes themselves go alone."""

    VALUES = {
        "Version": "1.36",
        "ReleaseVersion": "1.36.5-20261001",
        "ForceUpdateEnabled": True,
        "Labels": {"new": "2"},
        "Taints": [{"Key": "new", "Effect": "NO_SCHEDULE"}],
        "ScalingConfig": {"MinSize": 1, "MaxSize": 12},
        "UpdateConfig": {"MaxUnavailable": 2},
        "NodeRepairConfig": {"Enabled": True},
        "WarmPoolConfig": {"Enabled": True},
        "Tags": {"CostCenter": "elsewhere"},
    }

    def setUp(self):
        super().setUp()
        given = self.template(MetadataOptions={"HttpTokens": "required"})
        self.properties["LaunchTemplate"] = given
        change(TEMPLATE, given["Id"], {"LaunchTemplateData": {}}, {"LaunchTemplateData": {"KeyName": "key"}})
        self.values = {**self.VALUES, "LaunchTemplate": {**given, "Version": "2"}}
        self.group()

    def test_every_property_that_changes_in_place_is_in_the_table(self):
        self.assertEqual(set(self.values), set(node_group_updates.CALLS))

    def test_any_two_properties_go_together_unless_one_replaces_the_nodes(self):
        rolling = {"Version", "ReleaseVersion", "LaunchTemplate"}
        for one, another in itertools.combinations(self.values, 2):
            new = {**self.properties, **{name: self.values[name] for name in (one, another)}}
            if {one, another} & rolling and {one, another} != {"Version", "ReleaseVersion"}:
                with (
                    self.subTest(one=one, another=another),
                    self.refused(
                        "Version and ReleaseVersion updates cannot be combined with other updates: "
                        f"{', '.join(sorted((one, another)))} change together."
                    ),
                ):
                    change(GROUP, "general", self.properties, new)
            else:
                with self.subTest(one=one, another=another):
                    change(GROUP, "general", self.properties, new)

    def test_each_goes_alone(self):
        for name, value in self.values.items():
            with self.subTest(name=name):
                change(GROUP, "general", self.properties, {**self.properties, name: value})

    def test_refuses_another_launch_template(self):
        other = self.template(MetadataOptions={"HttpTokens": "required"})
        with self.refused("You cannot specify a different launch template ID or name"):
            self.update(LaunchTemplate=other)


class Versions(NodeGroupTest):
    """Nodes beside a control plane that goes ahead, and back."""

    def setUp(self):
        super().setUp()
        self.properties["ReleaseVersion"] = "1.36.4-20260923"

    def control_plane(self, version: str) -> None:
        old = {
            "Name": "cluster",
            "Version": clusters.record("cluster")["version"],
            "RoleArn": "arn",
            "ResourcesVpcConfig": {"SubnetIds": self.subnets},
        }
        change("AWS::EKS::Cluster", "cluster", old, {**old, "Version": version})
        self.assertEqual(clusters.record("cluster")["version"], version)

    def test_a_group_without_a_version_keeps_its_own_and_refuses_a_release_of_another(self):
        self.group()
        self.control_plane("1.37")
        with self.refused("Requested release version 1.37.1-20261001 is not valid for kubernetes version 1.36."):
            self.update(ReleaseVersion="1.37.1-20261001")
        self.update(ReleaseVersion="1.36.5-20261001")

    def test_a_version_goes_with_a_release_of_it(self):
        self.properties["Version"] = "1.36"
        self.group()
        self.control_plane("1.37")
        with self.refused("Requested release version 1.36.4-20260923 is not valid for kubernetes version 1.37."):
            self.update(Version="1.37")
        self.update(Version="1.37", ReleaseVersion="1.37.1-20261001")

    def test_refuses_nodes_of_a_version_that_their_control_plane_does_not_have(self):
        self.properties["Version"] = "1.36"
        self.group()
        for version in ("1.37", "1.34"):
            with self.refused(
                "Nodegroup Kubernetes version should be equal to Cluster kubernetes version or NodeGroup"
            ):
                self.update(Version=version, ReleaseVersion=f"{version}.1-20261001")

    def test_a_new_group_has_the_version_of_its_cluster(self):
        with self.refused(
            "Nodegroup Kubernetes version should be equal to Cluster kubernetes version: 1.35 is not 1.36"
        ):
            self.group(Version="1.35", ReleaseVersion="1.35.1-20261001")
        with self.refused("Requested release version 1.35.4-20260923 is not valid for kubernetes version 1.36."):
            self.group(ReleaseVersion="1.35.4-20260923")
        self.assertEqual(self.held(), [])

    def test_nodes_stay_three_minor_versions_behind_at_most(self):
        self.group()
        for version in ("1.37", "1.38", "1.39"):
            self.control_plane(version)
        with self.refused(
            "Nodegroups general must be updated before updating the cluster to 1.40: their nodes run 1.36"
        ):
            self.control_plane("1.40")

    def test_a_control_plane_goes_one_minor_version_at_a_time(self):
        for version in ("1.38", "1.34"):
            with self.refused(f"Unsupported Kubernetes minor version update from 1.36 to {version}"):
                self.control_plane(version)

    def test_a_control_plane_goes_back_while_its_nodes_have_not_followed(self):
        self.properties["Version"] = "1.36"
        self.group()
        self.control_plane("1.37")
        self.control_plane("1.36")
        self.control_plane("1.37")
        self.update(Version="1.37", ReleaseVersion="1.37.1-20261001")
        with self.refused("The nodes of general run 1.37, which is newer than 1.36: roll them back before"):
            self.control_plane("1.36")
        self.update(Version="1.36", ReleaseVersion="1.36.4-20260923")
        self.control_plane("1.36")
