from emulator.core.seams import eks
from test.support.emulated import REGION, change, make, remove
from test.support.node_group import GROUP, NodeGroupTest

TEMPLATE = "AWS::EC2::LaunchTemplate"
TAINT = {"Key": "dedicated", "Value": "db", "Effect": "NO_SCHEDULE"}


class Nodes(NodeGroupTest):
    """A node group has nodes in the cluster as long as it exists."""

    def test_nodes_are_spread_over_the_zones_of_the_subnets(self):
        self.group()
        self.assertEqual(self.zones(), [f"{REGION}{zone}" for zone in "abc"])

    def test_without_sizes_there_is_one(self):
        self.properties.pop("ScalingConfig")
        self.group()
        self.assertEqual(len(self.nodes()), 1)

    def test_labels_and_taints_are_on_every_node(self):
        self.group(Labels={"role": "db"}, Taints=[TAINT])
        for node in self.nodes():
            self.assertEqual(node["metadata"]["labels"]["role"], "db")
            self.assertEqual(node["spec"]["taints"], [{"key": "dedicated", "value": "db", "effect": "NoSchedule"}])

    def test_two_groups_have_nodes_of_their_own(self):
        self.group()
        self.group(NodegroupName="other")
        self.assertEqual(len(self.nodes()), 6)
        remove(GROUP, "other", **self.properties)
        self.assertEqual({n["metadata"]["labels"]["eks.amazonaws.com/nodegroup"] for n in self.nodes()}, {"general"})

    def test_nodes_go_with_their_group(self):
        remove(GROUP, self.group(), **self.properties)
        self.assertEqual((self.nodes(), self.held()), ([], []))


class LaunchTemplates(NodeGroupTest):
    """A launch template decides about the machines."""

    def setUp(self):
        super().setUp()
        del self.properties["InstanceTypes"]

    def kinds(self) -> set[str]:
        return {node["metadata"]["labels"]["node.kubernetes.io/instance-type"] for node in self.nodes()}

    def test_the_disk_is_that_of_the_template(self):
        mapping = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 80}}
        self.group(LaunchTemplate=self.template(BlockDeviceMappings=[mapping]))
        self.assertEqual({node["status"]["capacity"]["ephemeral-storage"] for node in self.nodes()}, {"80Gi"})

    def test_the_instance_type_is_that_of_the_template(self):
        self.group(LaunchTemplate=self.template(InstanceType="r5.large"))
        self.assertEqual(self.kinds(), {"r5.large"})

    def test_the_version_is_a_number_or_the_default_or_the_latest(self):
        old, new = ({"LaunchTemplateData": {"InstanceType": kind}} for kind in ("m5.large", "r5.large"))
        template, _ = make(TEMPLATE, **old)
        change(TEMPLATE, template, old, new)
        for version, kind in (
            ("1", "m5.large"),
            ("2", "r5.large"),
            ("$Default", "m5.large"),
            ("$Latest", "r5.large"),
            (None, "m5.large"),
        ):
            self.group(LaunchTemplate={"Id": template, **({"Version": version} if version else {})})
            self.assertEqual(self.kinds(), {kind}, version)
            remove(GROUP, "general", **self.properties)

    def test_it_may_name_security_groups_among_them_that_of_the_cluster(self):
        of_cluster = eks.clusters["cluster"]["resourcesVpcConfig"]["clusterSecurityGroupId"]
        self.assertEqual(self.group(LaunchTemplate=self.template(SecurityGroupIds=["sg-1", of_cluster])), "general")

    def test_the_template_can_be_given_by_name(self):
        make(TEMPLATE, LaunchTemplateName="memory", LaunchTemplateData={"InstanceType": "r5.large"})
        make(TEMPLATE, LaunchTemplateName="other", LaunchTemplateData={"InstanceType": "c5.large"})
        self.group(LaunchTemplate={"Name": "memory", "Version": "1"})
        self.assertEqual(self.kinds(), {"r5.large"})


class Updates(NodeGroupTest):
    def test_labels_and_taints_change_on_the_nodes_that_are_there(self):
        self.group(Labels={"old": "1"})
        self.properties = {**self.properties, "Labels": {"old": "1"}}
        before = [node["metadata"]["name"] for node in self.nodes()]
        self.update(Labels={"new": "2"}, Taints=[TAINT])
        self.assertEqual([node["metadata"]["name"] for node in self.nodes()], before)
        for node in self.nodes():
            self.assertEqual(node["metadata"]["labels"].get("old"), None)
            self.assertEqual((node["metadata"]["labels"]["new"], len(node["spec"]["taints"])), ("2", 1))

    def test_a_larger_size_adds_nodes_in_the_zones(self):
        self.group()
        self.update(ScalingConfig=self.size(6))
        self.assertEqual(self.zones(), sorted([f"{REGION}{zone}" for zone in "abc"] * 2))

    def test_added_nodes_are_machines_of_their_own(self):
        self.group()
        self.update(ScalingConfig=self.size(6))
        machines = {node["spec"]["providerID"].rpartition("/")[2] for node in self.nodes()}
        self.assertEqual(len(machines), 6)
