import io
import json
import zipfile
from unittest import mock

from emulator.core.seams import provisioners, s3
from emulator.services.eks import access, clusters
from test.support.emulated import change, remove, resource
from test.support.node_group import GROUP, NodeGroupTest

CHART = "Custom::AWSCDK-EKS-HelmChart"
ASSOCIATION = "AWS::EKS::PodIdentityAssociation"
NAME = "aws-load-balancer-controller"
ASSET = ("assets", "chart.zip")


class ChartTest(NodeGroupTest):
    """A cluster with nodes, and the values that the chart needs."""

    def setUp(self):
        super().setUp()
        access = mock.patch("emulator.services.eks.helm.refuse_without_access")
        access.start()
        self.addCleanup(access.stop)
        self.group()
        self.identity = {
            "ClusterName": "cluster",
            "Namespace": "kube-system",
            "ServiceAccount": NAME,
            "RoleArn": self.role("controller"),
        }
        self.vpc = clusters.record("cluster")["resourcesVpcConfig"]["vpcId"]
        self.values = {"clusterName": "cluster", "region": "eu-central-1", "vpcId": self.vpc}

    def chart(self, **properties) -> dict:
        return {
            "ClusterName": "cluster",
            "Chart": NAME,
            "Release": NAME,
            "Namespace": "kube-system",
            "Wait": "true",
            "Version": "3.2.2",
            "Repository": "https://charts.example.com",
            "Values": json.dumps(self.values),
            **properties,
        }

    def install(self, **properties) -> str:
        return provisioners.provision_resource(CHART, "Chart", self.chart(**properties), "stack")[0]

    def valued(self, **values) -> dict:
        return {"Values": json.dumps({**self.values, **values})}


class Charts(ChartTest):
    """A chart is recorded, and its objects are in the cluster."""

    def setUp(self):
        super().setUp()
        access.create_association(self.identity)

    def container(self) -> dict:
        return self.plane.named("Deployment", NAME)["spec"]["template"]["spec"]["containers"][0]

    def test_its_values_configure_its_objects(self):
        self.install(**self.valued(replicaCount=3, image={"repository": "registry/controller", "tag": "v1"}))
        self.assertEqual(self.plane.named("Deployment", NAME)["spec"]["replicas"], 3)
        self.assertEqual(self.container()["image"], "registry/controller:v1")
        self.assertEqual(
            self.container()["args"],
            ["--ingress-class=alb", "--cluster-name=cluster", "--aws-region=eu-central-1", f"--aws-vpc-id={self.vpc}"],
        )

    def test_a_disruption_budget_comes_with_its_value(self):
        kinds = lambda: {obj["kind"] for obj in self.plane.objects.values()}
        physical_id = self.install()
        self.assertNotIn("PodDisruptionBudget", kinds())
        new = self.chart(**self.valued(podDisruptionBudget={"maxUnavailable": 1}))
        change(CHART, physical_id, self.chart(), new)
        self.assertEqual(self.plane.named("PodDisruptionBudget", NAME)["spec"]["maxUnavailable"], 1)
        change(CHART, physical_id, new, self.chart())
        self.assertNotIn("PodDisruptionBudget", kinds())

    def test_the_name_of_its_service_account_is_everywhere(self):
        access.create_association({**self.identity, "ServiceAccount": "lbc"})
        self.install(**self.valued(serviceAccount={"name": "lbc"}))
        self.assertTrue(self.plane.named("ServiceAccount", "lbc"))
        for kind, name in (
            ("ClusterRoleBinding", f"{NAME}-rolebinding"),
            ("RoleBinding", f"{NAME}-leader-election-rolebinding"),
        ):
            self.assertEqual(self.plane.named(kind, name)["subjects"][0]["name"], "lbc")

    def test_definitions_outlive_it(self):
        physical_id = self.install()
        remove(CHART, physical_id, **self.chart())
        self.assertTrue(self.plane.named("CustomResourceDefinition", "targetgroupbindings.elbv2.k8s.aws"))
        self.assertNotIn("Deployment", {obj["kind"] for obj in self.plane.objects.values()})

    def test_refuses_what_the_chart_does_not_know(self):
        with self.refused(
            "Chart aws-load-balancer-controller does not take these values: $: Additional properties are "
            "not allowed ('replicas' was unexpected)"
        ):
            self.install(**self.valued(replicas=3))
        with self.refused("$.podDisruptionBudget"):
            self.install(**self.valued(podDisruptionBudget={"minimum": 1}))
        with self.refused("'vpcId' is a required property"):
            self.install(Values=json.dumps({"clusterName": "cluster", "region": "eu-central-1"}))
        with self.refused("$.image: 'tag' is a required property"):
            self.install(**self.valued(image={"repository": "registry/controller"}))

    def test_refuses_another_chart_release_or_source(self):
        for told, properties in {
            "Chart nginx is not known to the rehearsal": {"Chart": "nginx"},
            "needs a version like 1.2.3, not None": {"Version": None},
            "needs a version like 1.2.3, not 3": {"Version": "3"},
            "needs the address of its repository, not None": {"Repository": None},
            "not {'name': 'lbc', 'namespace': 'kube-system'}": {"Release": "lbc"},
        }.items():
            with self.refused(told):
                self.install(**properties)

    def asset(self, **files) -> dict:
        """The properties of a chart that is an asset with these files."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as target:
            for name, text in files.items():
                target.writestr(f"{name}.yaml", text)
        read = mock.patch.object(s3.module, "_get_object_data", lambda *path: {ASSET: archive.getvalue()}.get(path))
        read.start()
        self.addCleanup(read.stop)
        url = f"s3://{'/'.join(ASSET)}"
        return {"Chart": None, "Version": None, "Repository": None, "ChartAssetURL": url}

    def test_an_asset_says_which_chart_it_is(self):
        self.install(**self.asset(Chart=f"name: {NAME}\nversion: 1.2.3\n"))
        self.assertTrue(self.plane.named("Deployment", NAME))

    def test_refuses_an_asset_that_is_no_chart_or_another_one(self):
        asset = self.asset(values="")
        with self.refused("Chart.yaml file is missing in the asset s3://assets/chart.zip"):
            self.install(**asset)
        with self.refused("The asset of the chart is not there: s3://assets/other.zip"):
            self.install(**{**asset, "ChartAssetURL": "s3://assets/other.zip"})
        with self.refused("Chart nginx is not known to the rehearsal"):
            self.install(**self.asset(Chart="name: nginx\nversion: 1.2.3\n"))

    def test_waits_for_its_pods_only_if_it_is_to(self):
        self.plane.healthy = False
        with self.refused("Chart aws-load-balancer-controller is degraded"):
            self.install()
        self.assertNotIn("Deployment", {obj["kind"] for obj in self.plane.objects.values()})
        self.install(Wait=None)
        self.assertTrue(self.plane.named("Deployment", NAME))


class Order(ChartTest):
    """A chart comes after the nodes and the role of its pods."""

    def resources(self, *needs: str, **properties) -> dict:
        second = {**self.properties, "NodegroupName": "second"}
        return {
            "Group": resource(GROUP, **second),
            "Identity": resource(ASSOCIATION, **self.identity),
            "Chart": {**resource(CHART, **self.chart(**properties)), "DependsOn": list(needs)},
        }

    def test_both_come_first(self):
        self.assert_deployed_in_every_order(self.resources("Group", "Identity"))

    def test_not_before_a_node_group(self):
        told = "Chart aws-load-balancer-controller has pods that wait for nodes: order it after the node group Group"
        self.assert_refused_in_every_order(self.resources("Identity"), told)

    def test_not_before_its_role(self):
        told = "has pods that would start without a role: order it after the Pod Identity association Identity"
        self.assert_refused_in_every_order(self.resources("Group"), told)

    def test_not_without_a_role(self):
        resources = self.resources("Group")
        del resources["Identity"]
        self.assert_refused_in_every_order(
            resources,
            "there is no Pod Identity association of the service account kube-system/aws-load-balancer-controller",
        )
