import json

from test.support.emulated import REGION, make, resource
from test.support.node_group import GROUP, NodeGroupTest


class Refusals(NodeGroupTest):
    """Requests that EKS refuses leave neither a group nor nodes."""

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

    def test_refuses_security_groups_without_that_of_the_cluster(self):
        own = make("AWS::EC2::SecurityGroup", GroupDescription="nodes", VpcId=self.vpc)[0]
        for given in ({"SecurityGroupIds": [own]}, {"NetworkInterfaces": [{"DeviceIndex": 0, "Groups": [own]}]}):
            with self.refused("The launch template names security groups, but not the cluster's (sg-"):
                self.group(LaunchTemplate=self.template(**given))

    def test_refuses_sizes_that_are_not_in_order(self):
        for least, desired, most in ((2, 1, 3), (1, 4, 3), (-1, 1, 3), (0, 0, 0)):
            with self.refused(f"minSize {least}, desiredSize {desired}, maxSize {most}"):
                self.group(ScalingConfig={"MinSize": least, "DesiredSize": desired, "MaxSize": most})

    def test_refuses_some_sizes_without_the_others(self):
        sizes = {"MinSize": 1, "DesiredSize": 2, "MaxSize": 3}
        for missing in sizes:
            with self.refused(f"give a new node group all of its sizes or none: {missing} is missing"):
                self.group(ScalingConfig={name: size for name, size in sizes.items() if name != missing})

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
        with self.refused("rehearsal/aws/emulator/kubernetes/nodes.py"):
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

    def resources(self, *order: str, **vpc_cni) -> dict:
        """A stack with the group, ordered after these of its add-ons."""
        given = {
            "Cni": {"AddonName": "vpc-cni", **vpc_cni},
            "Proxy": {"AddonName": "kube-proxy"},
            "Agent": {"AddonName": "eks-pod-identity-agent"},
        }
        return {
            **{name: resource("AWS::EKS::Addon", ClusterName="cluster", **addon) for name, addon in given.items()},
            "Group": {**resource(GROUP, **self.properties), "DependsOn": list(order)},
        }

    def told(self, addons: str) -> str:
        return f"Order the node group after the add-on {addons}."

    def test_an_addon_of_the_same_stack_must_be_ordered_before(self):
        for order, addons in (((), "vpc-cni and kube-proxy"), (("Cni",), "kube-proxy"), (("Proxy",), "vpc-cni")):
            self.assert_refused_in_every_order(self.resources(*order), self.told(addons))
        self.assert_deployed_in_every_order(self.resources("Cni", "Proxy"))

    def test_so_must_be_the_agent_if_vpc_cni_gets_its_role_from_it(self):
        given = [{"ServiceAccount": "aws-node", "RoleArn": self.role("cni")}]
        self.assert_refused_in_every_order(
            self.resources("Cni", "Proxy", PodIdentityAssociations=given),
            self.told("eks-pod-identity-agent, from which vpc-cni gets its credentials"),
        )
        self.assert_deployed_in_every_order(self.resources("Cni", "Proxy", "Agent", PodIdentityAssociations=given))

    def test_addons_of_another_stack_are_enough(self):
        for name in ("vpc-cni", "kube-proxy"):
            self.addon(name)
        self.assert_deployed_in_every_order({"Group": resource(GROUP, **self.properties)})


class CustomNetworking(NodeGroupTest):
    """Pods in subnets of their own need one in every zone that has nodes."""

    ADDONS = ("kube-proxy",)

    def configure(self, subnets: dict | None, custom: str = "true") -> None:
        values = {"env": {"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": custom}}
        if subnets is not None:
            given = {zone: {"id": subnet} for zone, subnet in subnets.items()}
            values["eniConfig"] = {"create": True, "region": REGION, "subnets": given}
        self.addon("vpc-cni", ConfigurationValues=json.dumps(values))

    def of_pods(self) -> dict:
        return {
            REGION + zone: make(
                "AWS::EC2::Subnet", VpcId=self.vpc, CidrBlock=f"10.0.{100 + i}.0/24", AvailabilityZone=REGION + zone
            )[0]
            for i, zone in enumerate("abc")
        }

    def test_a_subnet_in_every_zone_is_enough(self):
        self.configure(self.of_pods())
        self.assertEqual(self.group(), "general")

    def test_refuses_a_zone_without_one(self):
        subnets = self.of_pods()
        del subnets[f"{REGION}b"]
        self.configure(subnets)
        with self.refused(f"nodes in {REGION}b would not get ready: the eniConfig of vpc-cni has no subnet there"):
            self.group()

    def test_refuses_a_subnet_that_does_not_exist_or_is_elsewhere(self):
        subnets = self.of_pods()
        self.configure({**subnets, f"{REGION}a": "subnet-1", f"{REGION}c": subnets[f"{REGION}b"]})
        for i, told in ((0, "subnet-1, which is no subnet there"), (2, f"{subnets[REGION + 'b']}, which is no subnet")):
            with self.refused(f"the eniConfig of vpc-cni has {told}"):
                self.group(Subnets=[self.subnets[i]])

    def test_refuses_to_go_without_any(self):
        self.configure(None)
        with self.refused("the eniConfig of vpc-cni has no subnet there"):
            self.group()

    def test_without_custom_networking_none_is_needed(self):
        self.configure(None, custom="false")
        self.assertEqual(self.group(), "general")
