from ministack.core.responses import request_scope

from emulator.controllers import load_balancer_controller
from emulator.core.seams import alb, ec2
from emulator.services.eks import access, clusters
from test.services.eks.test_helm import ChartTest
from test.support.emulated import make

TRUST = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    ]
}


GATE = "target-health.elbv2.k8s.aws/web"


BALANCER = "AWS::ElasticLoadBalancingV2"


def pod(name: str, address: str, path: str = "/ready", **labels) -> dict:
    probe = {"httpGet": {"path": path, "port": "http"}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "uid": name, "labels": {"app": "web", **labels}},
        "spec": {
            "readinessGates": [{"conditionType": GATE}],
            "containers": [
                {"name": "main", "ports": [{"name": "http", "containerPort": 3000}], "readinessProbe": probe}
            ],
        },
        "status": {"podIP": address, "conditions": []},
    }


def service(target: int | str = "http") -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80, "targetPort": target}]},
    }


class ControllerTest(ChartTest):
    """A load balancer whose listener forwards to a target group, which a binding names."""

    def setUp(self):
        super().setUp()
        self.trust()
        self.install(**self.valued())
        cluster = clusters.record("cluster")["resourcesVpcConfig"]["clusterSecurityGroupId"]
        self.front = make(
            "AWS::EC2::SecurityGroup",
            GroupName="front",
            GroupDescription="x",
            VpcId=self.vpc,
            SecurityGroupEgress=[
                {"IpProtocol": "tcp", "FromPort": 3000, "ToPort": 3000, "DestinationSecurityGroupId": cluster}
            ],
        )[1]["GroupId"]
        self.rule = make(
            "AWS::EC2::SecurityGroupIngress",
            GroupId=cluster,
            IpProtocol="tcp",
            FromPort=3000,
            ToPort=3000,
            SourceSecurityGroupId=self.front,
        )[0]
        subnets = [key for key, subnet in ec2.subnets.items() if subnet["VpcId"] == self.vpc]
        self.balancer = make(
            f"{BALANCER}::LoadBalancer", Name="lb", Scheme="internal", Subnets=subnets, SecurityGroups=[self.front]
        )[0]
        self.group_arn = self.target_group()
        self.listener = make(
            f"{BALANCER}::Listener",
            LoadBalancerArn=self.balancer,
            Port=80,
            Protocol="HTTP",
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group_arn}],
        )[0]
        self.permit(self.group_arn)
        self.plane.apply(service())
        self.bind()

    def trust(self) -> None:
        role = make("AWS::IAM::Role", RoleName="trusting", AssumeRolePolicyDocument=TRUST)[1]["Arn"]
        access.create_association({**self.identity, "RoleArn": role})

    def permit(self, resource: str, *actions: str) -> None:
        looks = ["elasticloadbalancing:Describe*", "ec2:Describe*"]
        statements = [
            {"Effect": "Allow", "Action": looks, "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": list(actions) or [load_balancer_controller.REGISTER, load_balancer_controller.DEREGISTER],
                "Resource": resource,
            },
        ]
        make("AWS::IAM::Policy", PolicyName="p", Roles=["trusting"], PolicyDocument={"Statement": statements})

    def target_group(self, **properties) -> str:
        return make(
            f"{BALANCER}::TargetGroup",
            **{
                "Name": "web",
                "TargetType": "ip",
                "Port": 3000,
                "Protocol": "HTTP",
                "VpcId": self.vpc,
                "HealthCheckPath": "/ready",
                **properties,
            },
        )[0]

    def bind(self, port: int | str = 80, **metadata) -> dict:
        return self.plane.apply(
            {
                "apiVersion": "elbv2.k8s.aws/v1beta1",
                "kind": "TargetGroupBinding",
                "metadata": {"name": "web", "namespace": "shop", **metadata},
                "spec": {"serviceRef": {"name": "web", "port": port}, "targetGroupARN": self.group_arn},
            }
        )

    def step(self, *pods: dict) -> None:
        for one in pods:
            self.plane.apply(one)
        load_balancer_controller.Controller(
            self.plane, "cluster", lambda: request_scope(self.account, "eu-central-1")
        ).step()

    def targets(self) -> dict[str, int]:
        return {target["Id"]: target["Port"] for target in alb.targets[self.group_arn]}

    def told(self, name: str = "a") -> str | None:
        """The message of a pod's gate: empty if the gate is passed, None if the pod has no such condition."""
        conditions = self.plane.named("Pod", name)["status"]["conditions"]
        return next(("" if c["status"] == "True" else c["message"] for c in conditions if c["type"] == GATE), None)

    def finalizers(self) -> list[str]:
        return self.plane.named("TargetGroupBinding", "web")["metadata"].get("finalizers", [])
