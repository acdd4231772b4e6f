from test.emulator import REGION, make
from test.node_group import NodeGroupTest


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
        for key, given in (("Id", "lt-1"), ("Name", "missing")):
            with self.refused(f"Launch template {given} does not exist"):
                self.group(LaunchTemplate={key: given, "Version": "1"})

    def test_refuses_a_version_that_the_launch_template_lacks(self):
        template = self.template(MetadataOptions={"HttpTokens": "required"})
        with self.refused(f"Launch template {template['Id']} has no version 7"):
            self.group(LaunchTemplate={**template, "Version": "7"})

    def test_refuses_a_subnet_that_does_not_exist(self):
        with self.refused("The subnet ID 'subnet-1' does not exist"):
            self.group(Subnets=["subnet-1"])

    def test_refuses_more_nodes_than_the_subnets_have_addresses(self):
        subnet = make("AWS::EC2::Subnet", VpcId=self.vpc, CidrBlock="10.0.99.0/28", AvailabilityZone=f"{REGION}a")[0]
        with self.refused("InsufficientFreeAddressesInSubnet: no address for a node of general in its subnets"):
            self.group(Subnets=[subnet], ScalingConfig={"MinSize": 1, "DesiredSize": 12, "MaxSize": 20})

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
