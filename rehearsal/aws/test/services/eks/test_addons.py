import json
from unittest import mock

from emulator.core.seams import eks
from emulator.kubernetes.objects import ApiError
from test.support.emulated import EmulatorTest, change, remove, resource
from test.support.node_group import GROUP, NodeGroupTest

ADDON = "AWS::EKS::Addon"
SECRETS = "aws-secrets-store-csi-driver-provider"
COREDNS = {"ClusterName": "cluster", "AddonName": "coredns"}


class Addons(EmulatorTest):
    """An add-on of a cluster, whose objects are in it as long as the add-on exists."""

    def setUp(self):
        super().setUp()
        self.plane = self.cluster()

    def test_an_addon_brings_its_objects_and_takes_them_away(self):
        physical_id, attributes = self.addon("coredns")
        self.assertEqual(self.plane.named("Deployment", "coredns")["spec"]["replicas"], 2)
        self.assertIn(":addon/cluster/coredns/", attributes["Arn"])
        remove(ADDON, physical_id, **COREDNS)
        self.assertEqual((self.plane.objects, list(eks.addons)), ({}, []))

    def test_its_objects_can_be_preserved(self):
        physical_id, _ = self.addon("coredns")
        remove(ADDON, physical_id, **COREDNS, PreserveOnDelete="true")
        self.assertTrue(self.plane.named("Deployment", "coredns"))

    def test_a_change_of_configuration_changes_its_objects(self):
        physical_id, _ = self.addon("coredns")
        new = {**COREDNS, "ConfigurationValues": "replicaCount: 3"}
        self.assertEqual(change(ADDON, physical_id, COREDNS, new)[0], physical_id)
        self.assertEqual(self.plane.named("Deployment", "coredns")["spec"]["replicas"], 3)

    def test_a_change_of_configuration_brings_and_takes_what_depends_on_it(self):
        def configured(enabled: bool) -> dict:
            configuration = json.dumps({"secrets-store-csi-driver": {"syncSecret": {"enabled": enabled}}})
            return {"ClusterName": "cluster", "AddonName": SECRETS, "ConfigurationValues": configuration}

        def roles() -> list[str]:
            return [obj["metadata"]["name"] for obj in self.plane.objects.values() if obj["kind"] == "ClusterRole"]

        physical_id, _ = self.addon(SECRETS)
        self.assertNotIn("secretprovidersyncing-role", roles())
        change(ADDON, physical_id, configured(False), configured(True))
        self.assertIn("secretprovidersyncing-role", roles())
        change(ADDON, physical_id, configured(True), configured(False))
        self.assertNotIn("secretprovidersyncing-role", roles())
        remove(ADDON, physical_id, **configured(False))
        self.assertEqual(self.plane.objects, {})

    def test_refused_configuration_leaves_nothing(self):
        with self.refused("add-on coredns"):
            self.addon("coredns", ConfigurationValues='{"replicas": 3}')
        self.assertEqual((self.plane.objects, list(eks.addons)), ({}, []))

    def test_refuses_a_version_that_no_addon_can_have(self):
        for version in ("1.14.3-eksbuild.23", "v1.14.3", "v1.14-eksbuild.1", "latest"):
            with self.refused(f"Addon version specified is not supported: coredns {version} does not look like"):
                self.addon("coredns", AddonVersion=version)
        self.assertEqual((self.plane.objects, list(eks.addons)), ({}, []))
        physical_id, _ = self.addon("coredns", AddonVersion="v1.14.3-eksbuild.23")
        with self.refused("Addon version specified is not supported"):
            change(ADDON, physical_id, COREDNS, {**COREDNS, "AddonVersion": "v1"})

    def test_an_addon_that_gets_no_pods_leaves_nothing(self):
        self.plane.healthy = False
        with self.refused("Add-on coredns is degraded (InsufficientNumberOfReplicas)"):
            self.addon("coredns")
        self.assertEqual((self.plane.objects, list(eks.addons)), ({}, []))

    def test_an_object_that_the_api_server_refuses_is_named(self):
        told = "Add-on coredns: ServiceAccount coredns: denied by policy"
        denied = ApiError(403, "denied by policy")
        with mock.patch.object(self.plane, "apply", side_effect=denied), self.refused(told):
            self.addon("coredns")

    def test_refuses_a_role_for_a_service_account_that_the_addon_lacks(self):
        with self.refused("Add-on vpc-cni has no service account cni: it has aws-node."):
            self.addon("vpc-cni", PodIdentityAssociations=[{"ServiceAccount": "cni", "RoleArn": self.role("cni")}])

    def held(self) -> tuple[list[str], list[str]]:
        """The keys of add-ons and of associations."""
        return list(eks.addons), list(eks.pod_identity_associations)

    def test_no_role_is_left_of_an_addon_that_is_refused_because_of_another_one(self):
        role = self.role("csi")
        given = [{"ServiceAccount": name, "RoleArn": role} for name in ("ebs-csi-controller-sa", "missing")]
        with self.refused("Add-on aws-ebs-csi-driver has no service account missing"):
            self.addon("aws-ebs-csi-driver", PodIdentityAssociations=given)
        self.assertEqual(self.held(), ([], []))

    def test_no_role_is_left_of_an_addon_that_is_there_already(self):
        self.addon("coredns")
        given = [{"ServiceAccount": "coredns", "RoleArn": self.role("dns")}]
        with self.refused("already exists"):
            self.addon("coredns", PodIdentityAssociations=given)
        self.assertEqual(self.held(), (["cluster/coredns"], []))

    def test_a_role_for_its_service_account_goes_with_the_addon(self):
        given = [{"ServiceAccount": "aws-node", "RoleArn": self.role("cni")}]
        physical_id, _ = self.addon("vpc-cni", PodIdentityAssociations=given)
        (association,) = eks.pod_identity_associations.values()
        self.assertEqual((association["namespace"], association["serviceAccount"]), ("kube-system", "aws-node"))
        remove(ADDON, physical_id, ClusterName="cluster", AddonName="vpc-cni")
        self.assertEqual(list(eks.pod_identity_associations), [])


class Order(NodeGroupTest):
    """Pods of an add-on wait for nodes, so that it is ordered after every node group of its stack."""

    def resources(self, addon: str, **order) -> dict:
        return {
            "First": resource(GROUP, **self.properties),
            "Second": resource(GROUP, **{**self.properties, "NodegroupName": "second"}),
            "Addon": {**resource(ADDON, ClusterName="cluster", AddonName=addon), **order},
        }

    def test_an_addon_with_a_deployment_comes_after_all_of_them(self):
        told = "Add-on coredns has pods that wait for nodes: order it after the node group"
        self.assert_refused_in_every_order(self.resources("coredns"), f"{told}s First, Second")
        self.assert_refused_in_every_order(self.resources("coredns", DependsOn="First"), f"{told} Second")
        self.assert_deployed_in_every_order(self.resources("coredns", DependsOn=["First", "Second"]))

    def test_an_addon_without_a_deployment_may_come_before_them(self):
        self.assert_deployed_in_every_order(self.resources("eks-pod-identity-agent"))

    def test_node_groups_of_another_cluster_do_not_count(self):
        resources = self.resources("coredns", DependsOn=["First", "Second"])
        properties = {**self.properties, "ClusterName": "other"}
        resources["Other"] = {**resource(GROUP, **properties), "DependsOn": "Addon"}
        self.assert_refused_in_every_order(resources, "No cluster found for name: other.")
