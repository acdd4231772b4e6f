from test.emulator import REGION, EmulatorTest, change, make, remove

GROUP = "AWS::EKS::Nodegroup"
TAINT = {"Key": "dedicated", "Value": "db", "Effect": "NO_SCHEDULE"}


class NodeGroupTest(EmulatorTest):
    ADDONS = ("vpc-cni", "kube-proxy")

    def setUp(self):
        super().setUp()
        self.subnets = self.network("abc")
        self.plane = self.cluster(ResourcesVpcConfig={"SubnetIds": self.subnets})
        for name in self.ADDONS:
            self.addon(name)
        self.properties = {"ClusterName": "cluster", "NodegroupName": "general", "NodeRole": self.role("node"),
                           "Subnets": self.subnets, "InstanceTypes": ["m5.large"], "ScalingConfig": self.size(3)}

    def size(self, desired: int) -> dict:
        return {"MinSize": 1, "DesiredSize": desired, "MaxSize": 9}

    def group(self, **properties) -> str:
        return make(GROUP, **{**self.properties, **properties})[0]

    def update(self, **properties) -> None:
        new = {**self.properties, **properties}
        self.assertEqual(change(GROUP, "general", self.properties, new)[0], "general")
        self.properties = new

    def template(self, **data) -> dict:
        template, attributes = make("AWS::EC2::LaunchTemplate", LaunchTemplateData=data)
        return {"Id": template, "Version": attributes["LatestVersionNumber"]}

    def nodes(self) -> list[dict]:
        return self.plane.items("/api/v1/nodes")

    def zones(self) -> list[str]:
        return sorted(node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in self.nodes())

    def held(self) -> list[str]:
        from ministack.services import eks

        return list(eks._nodegroups)


class Nodes(NodeGroupTest):
    """A node group has nodes in the cluster as long as it exists."""

    def test_nodes_are_spread_over_the_zones_of_the_subnets(self):
        self.group()
        self.assertEqual(self.zones(), [f"{REGION}{zone}" for zone in "abc"])

    def test_without_a_desired_size_there_is_the_minimum(self):
        self.group(ScalingConfig={"MinSize": 2, "MaxSize": 4})
        self.assertEqual(len(self.nodes()), 2)

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

    def test_the_disk_is_that_of_the_launch_template(self):
        mapping = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 80}}
        self.group(LaunchTemplate=self.template(BlockDeviceMappings=[mapping]))
        self.assertEqual({node["status"]["capacity"]["ephemeral-storage"] for node in self.nodes()}, {"80Gi"})


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

    def test_a_smaller_size_leaves_the_nodes_to_the_autoscaler(self):
        self.group()
        self.update(ScalingConfig=self.size(1))
        self.assertEqual(len(self.nodes()), 3)


class Refusals(NodeGroupTest):
    """What EKS refuses leaves neither a group nor nodes."""

    def tearDown(self):
        self.assertEqual((self.nodes(), self.held()), ([], []))

    def test_refuses_a_disk_size_or_remote_access_with_a_launch_template(self):
        template = self.template(MetadataOptions={"HttpTokens": "required"})
        for name, value in (("DiskSize", 50), ("RemoteAccess", {"Ec2SshKey": "key"})):
            with self.refused(f"You cannot specify {name} when a launch template is used that decides it."):
                self.group(LaunchTemplate=template, **{name: value})

    def test_refuses_instance_types_that_the_launch_template_decides(self):
        with self.refused("You cannot specify InstanceTypes when a launch template is used that decides it."):
            self.group(LaunchTemplate=self.template(InstanceType="m5.large"))

    def test_refuses_an_instance_profile_in_the_launch_template(self):
        with self.refused("Launch template details shouldn't contain IamInstanceProfile."):
            self.group(LaunchTemplate=self.template(IamInstanceProfile={"Name": "profile"}))

    def test_refuses_a_launch_template_that_does_not_exist(self):
        with self.refused("Launch template lt-1 does not exist"):
            self.group(LaunchTemplate={"Id": "lt-1", "Version": "1"})

    def test_refuses_a_role_that_does_not_exist(self):
        with self.refused("role/missing does not exist"):
            self.group(NodeRole=f"arn:aws:iam::{self.account}:role/missing")

    def test_refuses_a_cluster_that_does_not_exist(self):
        with self.refused("No cluster found for name: missing."):
            self.group(ClusterName="missing")

    def test_an_unknown_instance_type_is_refused_with_the_place_of_the_fix(self):
        with self.refused("rehearsal/aws/nodes.py"):
            self.group(InstanceTypes=["m5.huge"])

    def test_nodes_that_do_not_get_ready_are_refused(self):
        self.plane.healthy = False
        with self.refused("NodeCreationFailure: the nodes of general are not ready"):
            self.group()


class MissingAddons(NodeGroupTest):
    """On AWS the nodes would not get ready without their network."""

    ADDONS = ()

    def missing(self, addons: str):
        return self.refused(f"Order the node group after the add-on {addons}.")

    def test_refuses_without_any(self):
        with self.missing("vpc-cni and kube-proxy"):
            self.group()

    def test_refuses_without_vpc_cni(self):
        self.addon("kube-proxy")
        with self.missing("vpc-cni"):
            self.group()

    def test_refuses_without_kube_proxy(self):
        self.addon("vpc-cni")
        with self.missing("kube-proxy"):
            self.group()

    def test_refuses_without_the_agent_from_which_vpc_cni_gets_its_role(self):
        self.addon("kube-proxy")
        role = self.role("cni")
        self.addon("vpc-cni", PodIdentityAssociations=[{"ServiceAccount": "aws-node", "RoleArn": role}])
        with self.missing("eks-pod-identity-agent, from which vpc-cni gets its credentials"):
            self.group()
        self.addon("eks-pod-identity-agent")
        self.assertEqual(self.group(), "general")
