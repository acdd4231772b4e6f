import json
from unittest import mock

from emulator.core.seams import ec2, eks, stacks
from emulator.kubernetes import watchers
from emulator.services.eks import clusters
from test.support.emulated import EmulatorTest, change, make, remove, resource

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


class Manifests(EmulatorTest):
    """The CDK's function applies a manifest when it has access and the namespace is there."""

    KIND = "Custom::AWSCDK-EKS-KubernetesResource"

    def setUp(self):
        super().setUp()
        self.cluster()
        invoked = mock.patch(
            "ministack.services.cloudformation.custom_resource.invoke_custom_resource",
            lambda *args, **kwargs: ("manifest", {}),
        )
        invoked.start()
        self.addCleanup(invoked.stop)

    def manifest(self, *objects: dict, order=(), kind: str = KIND) -> dict:
        given = resource(
            kind, ServiceToken={"Fn::GetAtt": ["Framework", "Arn"]}, ClusterName="cluster", Manifest=json.dumps(objects)
        )
        return {**given, "DependsOn": list(order)}

    def function(self, role: str, **variables) -> dict:
        return resource(
            "AWS::Lambda::Function",
            Role=role,
            Runtime="python3.13",
            Handler="index.handler",
            Code={"ZipFile": "pass"},
            Environment={"Variables": variables},
        )

    def resources(self, **manifests) -> dict:
        return {
            "Role": resource("AWS::IAM::Role", AssumeRolePolicyDocument={"Statement": []}),
            "Handler": self.function({"Fn::GetAtt": ["Role", "Arn"]}),
            "Framework": self.function(
                self.role("framework"), USER_ON_EVENT_FUNCTION_ARN={"Fn::GetAtt": ["Handler", "Arn"]}
            ),
            "Entry": resource(ENTRY, ClusterName="cluster", PrincipalArn={"Fn::GetAtt": ["Role", "Arn"]}),
            "Other": resource(ENTRY, ClusterName="cluster", PrincipalArn=self.role("operator")),
            **manifests,
        }

    def test_it_comes_after_the_access_entry_of_the_function_behind_the_framework(self):
        told = "the function that applies manifests has no access yet: order Chart after the access entry Entry"
        for kind in (self.KIND, "Custom::AWSCDK-EKS-KubernetesPatch"):
            self.assert_refused_in_every_order(self.resources(Chart=self.manifest(order=["Other"], kind=kind)), told)
            self.assert_deployed_in_every_order(self.resources(Chart=self.manifest(order=["Entry"], kind=kind)))

    def test_an_access_entry_of_another_stack_is_enough(self):
        resources = self.resources(Manifest=self.manifest())
        self.assert_deployed_in_every_order({key: value for key, value in resources.items() if key != "Entry"})

    def test_it_comes_after_its_namespace(self):
        namespace = {"kind": "Namespace", "metadata": {"name": "app"}}
        inside = {"kind": "Service", "metadata": {"name": "web", "namespace": "app"}}
        first = self.manifest(namespace, order=["Entry"])
        told = 'namespaces "app" not found: order Inside after Space, which creates it'
        self.assert_refused_in_every_order(
            self.resources(Space=first, Inside=self.manifest(inside, order=["Entry"])), told
        )
        self.assert_deployed_in_every_order(
            self.resources(Space=first, Inside=self.manifest(inside, order=["Entry", "Space"]))
        )

    def test_a_manifest_may_bring_its_own_namespace_or_need_none(self):
        namespace = {"kind": "Namespace", "metadata": {"name": "app"}}
        inside = {"kind": "Service", "metadata": {"name": "web", "namespace": "app"}}
        cluster_wide = {"kind": "StorageClass", "metadata": {"name": "ssd"}}
        self.assert_deployed_in_every_order(
            self.resources(
                Both=self.manifest(namespace, inside, order=["Entry"]),
                Too=self.manifest(namespace, inside, order=["Entry"]),
                Wide=self.manifest(cluster_wide, order=["Entry"]),
            )
        )

    def test_who_waits_for_a_job_gives_it_a_moment_first(self):
        def value(kind: str) -> dict:
            given = self.manifest(kind="Custom::AWSCDK-EKS-KubernetesObjectValue", order=["Entry"])
            given["Properties"].update(ObjectType=kind, ObjectName="schema", ObjectNamespace="app")
            return given

        with mock.patch("emulator.services.eks.awaited.settle") as settle:
            self.assert_deployed_in_every_order(self.resources(Value=value("deployment")))
            settle.assert_not_called()
            self.assert_deployed_in_every_order(self.resources(Value=value("job")))
        look = settle.call_args.args[1]
        for kind, ended in (("Complete", True), ("Failed", True), ("Suspended", False)):
            status = {"conditions": [{"type": kind, "status": "True"}]}
            clusters.control_plane("cluster").apply(
                {
                    "kind": "Job",
                    "apiVersion": "batch/v1",
                    "status": status,
                    "metadata": {"name": "schema", "namespace": "app"},
                }
            )
            self.assertEqual((look()[0], look()[1][0]), (ended, status))

    def test_a_job_that_only_watches_what_will_not_come_is_refused_with_what_it_waits_for(self):
        given = self.manifest(kind="Custom::AWSCDK-EKS-KubernetesObjectValue", order=["Entry"])
        given["Properties"].update(ObjectType="job", ObjectName="switch", ObjectNamespace="app")
        plane = clusters.control_plane("cluster")
        labels = {"batch.kubernetes.io/job-name": "switch"}
        gate = {"type": "target-health/web", "status": "False", "message": "no container listens on port 1"}
        for name, named, conditions in (("waiting", labels, []), ("web", {"app": "web"}, [gate])):
            plane.apply(
                {
                    "kind": "Pod",
                    "apiVersion": "v1",
                    "metadata": {"name": name, "namespace": "app", "uid": name, "labels": named},
                    "status": {"conditions": conditions},
                }
            )
        plane.apply({"kind": "Job", "apiVersion": "batch/v1", "metadata": {"name": "switch", "namespace": "app"}})
        resources = self.resources(Value=given)
        with mock.patch("emulator.services.eks.awaited.settle", return_value=None):
            self.assert_deployed_in_every_order(resources)  # a kubectl that works, or none: the function waits on
            with mock.patch.object(watchers, "PODS", {"waiting"}):
                self.assert_refused_in_every_order(
                    resources, "A pod of web waits for target-health/web: no container listens on port 1."
                )

    def test_who_waits_for_a_release_fails_without_an_available_pod(self):
        def resources(release: str) -> dict:
            given = self.manifest(kind="Custom::AWSCDK-EKS-KubernetesObjectValue", order=["Entry"])
            given["Properties"].update(
                ObjectType="replicasets", ObjectName=f"--selector=app=web,release={release}", ObjectNamespace="app"
            )
            return self.resources(Value=given)

        def replica_set(release: str, available: int) -> None:
            clusters.control_plane("cluster").apply(
                {
                    "kind": "ReplicaSet",
                    "apiVersion": "apps/v1",
                    "status": {"availableReplicas": available} if available else {},
                    "metadata": {
                        "name": f"web-{release}",
                        "namespace": "app",
                        "labels": {"app": "web", "release": release},
                    },
                }
            )

        replica_set("good", 2)
        replica_set("bad", 0)
        with mock.patch("emulator.services.eks.awaited.settle") as settle:
            settle.side_effect = lambda _, look: look()[0] or None
            self.assert_deployed_in_every_order(resources("good"))
            self.assert_refused_in_every_order(
                resources("bad"),
                "Timeout waiting for output from kubectl command: "
                "['get', '-n', 'app', 'replicasets', '--selector=app=web,release=bad', …]",
            )


class WorkerThreads(EmulatorTest):
    """EKS waits for Kubernetes, which asks the emulator in turn."""

    def test_eks_is_provisioned_outside_of_the_event_loop(self):
        kinds = ("AWS::EKS::Cluster", "AWS::EKS::Addon", "Custom::Resource", "AWS::EC2::VPC")
        self.assertEqual([stacks.runs_on_worker_thread(kind) for kind in kinds], [True, True, True, False])
