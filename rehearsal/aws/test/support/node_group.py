"""A cluster that is ready for node groups."""

from emulator.core.seams import eks
from test.support.emulated import EmulatorTest, change, make

GROUP = "AWS::EKS::Nodegroup"


class NodeGroupTest(EmulatorTest):
    ADDONS = ("vpc-cni", "kube-proxy")

    def setUp(self):
        super().setUp()
        self.subnets = self.network("abc")
        self.plane = self.cluster(ResourcesVpcConfig={"SubnetIds": self.subnets})
        for name in self.ADDONS:
            self.addon(name)
        self.properties = {
            "ClusterName": "cluster",
            "NodegroupName": "general",
            "NodeRole": self.role("node"),
            "Subnets": self.subnets,
            "InstanceTypes": ["m5.large"],
            "ScalingConfig": self.size(3),
        }

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

    def record(self) -> dict:
        return eks.nodegroups["cluster/general"]

    def nodes(self) -> list[dict]:
        return self.plane.items("/api/v1/nodes")

    def run_pods(self, **metadata) -> None:
        """Run a pod on each node."""
        for node in self.nodes():
            name = node["metadata"]["name"]
            self.plane.apply(
                {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "spec": {"nodeName": name},
                    "metadata": {"name": f"on-{name}", "namespace": "app", **metadata},
                }
            )

    def zones(self) -> list[str]:
        return sorted(node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in self.nodes())

    def held(self) -> list[str]:
        return list(eks.nodegroups)
