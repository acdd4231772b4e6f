from unittest import mock

from emulator.core.seams import ec2, eks, stacks
from emulator.services.eks import clusters
from test.support.emulated import EmulatorTest, change, make, remove

CLUSTER = "AWS::EKS::Cluster"
ENTRY = "AWS::EKS::AccessEntry"
ASSOCIATION = "AWS::EKS::PodIdentityAssociation"


class Clusters(EmulatorTest):
    """A cluster has a control plane and a security group as long as it exists."""

    def test_refuses_subnets_in_one_zone_only(self):
        with self.refused("Subnets specified must be in at least two different AZs"):
            self.cluster(ResourcesVpcConfig={"SubnetIds": self.network("aa")})

    def test_refuses_a_subnet_that_does_not_exist(self):
        with self.refused("The subnet ID 'subnet-1' does not exist"):
            self.cluster(ResourcesVpcConfig={"SubnetIds": ["subnet-1"]})

    def test_refuses_a_subnet_of_another_zone_later(self):
        first, second, third = self.network("abc")
        self.cluster(ResourcesVpcConfig={"SubnetIds": [first, second]})
        old, new = (
            {"Name": "cluster", "Version": "1.36", "ResourcesVpcConfig": {"SubnetIds": subnets}}
            for subnets in ([first, second], [first, second, third])
        )
        with self.refused("must be in the same set of AZs as originally provided"):
            change(CLUSTER, "cluster", old, new)
        self.assertEqual(eks.clusters["cluster"]["resourcesVpcConfig"]["subnetIds"], [first, second])
        self.assertEqual(change(CLUSTER, "cluster", old, old)[0], "cluster")

    def test_has_the_add_ons_of_eks_unless_it_is_told_not_to(self):
        plane = self.cluster(BootstrapSelfManagedAddons=True)
        self.assertEqual(clusters.self_managed("cluster"), ("vpc-cni", "kube-proxy", "coredns"))
        for kind, name in (("DaemonSet", "aws-node"), ("DaemonSet", "kube-proxy"), ("Deployment", "coredns")):
            self.assertTrue(plane.named(kind, name))
        remove(CLUSTER, "cluster")
        self.assertEqual(self.cluster().objects, {})
        self.assertEqual(clusters.self_managed("cluster"), ())

    def test_services_have_addresses_that_the_vpc_does_not_have(self):
        self.cluster(KubernetesNetworkConfig={"IpFamily": "ipv4"})
        self.assertEqual(eks.clusters["cluster"]["kubernetesNetworkConfig"]["serviceIpv4Cidr"], "172.20.0.0/16")

    def test_refuses_a_role_that_does_not_exist(self):
        with self.refused("role/missing does not exist"):
            self.cluster(RoleArn=f"arn:aws:iam::{self.account}:role/missing")

    def test_its_security_group_comes_and_goes_with_it(self):
        plane = self.cluster()
        group = eks.clusters["cluster"]["resourcesVpcConfig"]["clusterSecurityGroupId"]
        self.assertEqual(ec2.security_groups[group]["VpcId"], self.vpc)
        remove(CLUSTER, "cluster")
        self.assertNotIn(group, ec2.security_groups)
        self.assertEqual((list(eks.clusters), plane.running), ([], False))

    def assert_nothing_is_left(self, failing: str, failure: Exception) -> None:
        with mock.patch(failing, side_effect=failure), self.assertRaisesRegex(type(failure), str(failure)):
            self.cluster()
        names = {group["GroupName"] for group in ec2.security_groups.values()}
        self.assertEqual((list(eks.clusters), "eks-cluster-sg-cluster" in names), ([], False))

    def test_nothing_is_left_of_a_cluster_that_does_not_start(self):
        self.assert_nothing_is_left("test.support.fakes.FakePlane.start", RuntimeError("did not start"))

    def test_nothing_is_left_of_a_cluster_without_kwokctl(self):
        self.assert_nothing_is_left("test.support.fakes.FakePlane.start", FileNotFoundError("kwokctl"))

    def test_nothing_is_left_of_a_cluster_without_an_api_server(self):
        self.assert_nothing_is_left("emulator.services.eks.clusters._note_version", FileNotFoundError("kube-apiserver"))

    def test_refuses_to_delete_a_protected_cluster(self):
        plane = self.cluster(DeletionProtection=True)
        with self.refused("Cluster cluster has deletion protection enabled: deploy with it disabled first."):
            remove(CLUSTER, "cluster")
        self.assertTrue(plane.running)

    def test_refuses_to_delete_a_cluster_with_node_groups(self):
        self.cluster()
        eks.create_nodegroup("cluster", {"nodegroupName": "general"})
        with self.refused("Cluster has nodegroups attached: cluster/general"):
            remove(CLUSTER, "cluster")


class Access(EmulatorTest):
    def setUp(self):
        super().setUp()
        self.cluster()
        self.principal = self.role("operator")

    def entry(self, **properties) -> dict:
        return {"ClusterName": "cluster", "PrincipalArn": self.principal, **properties}

    def policy(self, name: str) -> dict:
        return {"PolicyArn": f"arn:aws:eks::aws:cluster-access-policy/{name}", "AccessScope": {"Type": "cluster"}}

    def granted(self) -> list[str]:
        answer = eks.list_associated_access_policies("cluster", self.principal, {})[2]
        return [name for name in ("AmazonEKSViewPolicy", "AmazonEKSAdminPolicy") if name.encode() in answer]

    def test_an_entry_grants_its_policies(self):
        old = self.entry(AccessPolicies=[self.policy("AmazonEKSViewPolicy")])
        physical_id, attributes = make(ENTRY, **old)
        self.assertIn(":access-entry/cluster/", attributes["AccessEntryArn"])
        self.assertEqual(self.granted(), ["AmazonEKSViewPolicy"])
        change(ENTRY, physical_id, old, self.entry(AccessPolicies=[self.policy("AmazonEKSAdminPolicy")]))
        self.assertEqual(self.granted(), ["AmazonEKSAdminPolicy"])

    def test_refuses_an_entry_before_its_role_or_cluster(self):
        with self.refused("role/missing does not exist"):
            make(ENTRY, **self.entry(PrincipalArn=f"arn:aws:iam::{self.account}:role/missing"))
        with self.refused("No cluster found for name: missing."):
            make(ENTRY, **self.entry(ClusterName="missing"))

    def test_a_user_can_have_an_entry(self):
        user = f"arn:aws:iam::{self.account}:user/alice"
        self.assertEqual(make(ENTRY, **self.entry(PrincipalArn=user))[0], f"{user}|cluster")

    def association(self, **properties) -> dict:
        given = {"ClusterName": "cluster", "Namespace": "app", "ServiceAccount": "app", "RoleArn": self.principal}
        return {**given, **properties}

    def test_an_association_comes_and_goes(self):
        physical_id, attributes = make(ASSOCIATION, **self.association())
        self.assertEqual(attributes["AssociationId"], physical_id)
        remove(ASSOCIATION, physical_id, **self.association())
        self.assertEqual(list(eks.pod_identity_associations), [])

    def test_refuses_to_change_an_association_to_a_role_that_does_not_exist(self):
        physical_id, _ = make(ASSOCIATION, **self.association())
        missing = self.association(RoleArn=f"arn:aws:iam::{self.account}:role/missing")
        with self.refused("role/missing does not exist"):
            change(ASSOCIATION, physical_id, self.association(), missing)
        (association,) = eks.pod_identity_associations.values()
        self.assertEqual(association["roleArn"], self.principal)


class WorkerThreads(EmulatorTest):
    """EKS waits for Kubernetes, which asks the emulator in turn."""

    def test_eks_is_provisioned_outside_of_the_event_loop(self):
        kinds = ("AWS::EKS::Cluster", "AWS::EKS::Addon", "Custom::Resource", "AWS::EC2::VPC")
        self.assertEqual([stacks.runs_on_worker_thread(kind) for kind in kinds], [True, True, True, False])
