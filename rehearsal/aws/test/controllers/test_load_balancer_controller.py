import functools
import json
from unittest import mock

from ministack.core.responses import request_scope

from emulator.controllers import load_balancer_controller
from emulator.core.seams import alb, ec2
from emulator.services.eks import access, clusters
from emulator.services.eks.manifests import MANIFEST
from emulator.services.elbv2 import target_health
from test.emulated import make, remove, resource
from test.services.eks.test_helm import NAME, ChartTest

TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"},
                        "Action": ["sts:AssumeRole", "sts:TagSession"]}]}
GATE = "target-health.elbv2.k8s.aws/web"
BALANCER = "AWS::ElasticLoadBalancingV2"


def pod(name: str, address: str, path: str = "/ready", **labels) -> dict:
    probe = {"httpGet": {"path": path, "port": "http"}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "shop", "uid": name,
                                                            "labels": {"app": "web", **labels}},
            "spec": {"readinessGates": [{"conditionType": GATE}],
                     "containers": [{"name": "main", "ports": [{"name": "http", "containerPort": 3000}],
                                     "readinessProbe": probe}]},
            "status": {"podIP": address, "conditions": []}}


def service(target: int | str = "http") -> dict:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80, "targetPort": target}]}}


class ControllerTest(ChartTest):
    """A load balancer whose listener forwards to a target group, which a binding names."""

    def setUp(self):
        super().setUp()
        self.trust()
        self.install(**self.valued())
        cluster = clusters.record("cluster")["resourcesVpcConfig"]["clusterSecurityGroupId"]
        self.front = make("AWS::EC2::SecurityGroup", GroupName="front", GroupDescription="x", VpcId=self.vpc,
                          SecurityGroupEgress=[{"IpProtocol": "tcp", "FromPort": 3000, "ToPort": 3000,
                                                "DestinationSecurityGroupId": cluster}])[1]["GroupId"]
        self.rule = make("AWS::EC2::SecurityGroupIngress", GroupId=cluster, IpProtocol="tcp", FromPort=3000, ToPort=3000,
                         SourceSecurityGroupId=self.front)[0]
        subnets = [key for key, subnet in ec2.subnets.items() if subnet["VpcId"] == self.vpc]
        self.balancer = make(f"{BALANCER}::LoadBalancer", Name="lb", Scheme="internal", Subnets=subnets,
                             SecurityGroups=[self.front])[0]
        self.group_arn = self.target_group()
        self.listener = make(f"{BALANCER}::Listener", LoadBalancerArn=self.balancer, Port=80, Protocol="HTTP",
                             DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group_arn}])[0]
        self.permit(self.group_arn)
        self.plane.apply(service())
        self.bind()

    def trust(self) -> None:
        role = make("AWS::IAM::Role", RoleName="trusting", AssumeRolePolicyDocument=TRUST)[1]["Arn"]
        access.create_association({**self.identity, "RoleArn": role})

    def permit(self, resource: str, *actions: str) -> None:
        looks = ["elasticloadbalancing:Describe*", "ec2:Describe*"]
        statements = [{"Effect": "Allow", "Action": looks, "Resource": "*"},
                      {"Effect": "Allow", "Action": list(actions) or [load_balancer_controller.REGISTER, load_balancer_controller.DEREGISTER],
                       "Resource": resource}]
        make("AWS::IAM::Policy", PolicyName="p", Roles=["trusting"], PolicyDocument={"Statement": statements})

    def target_group(self, **properties) -> str:
        return make(f"{BALANCER}::TargetGroup", **{"Name": "web", "TargetType": "ip", "Port": 3000, "Protocol": "HTTP",
                                                   "VpcId": self.vpc, "HealthCheckPath": "/ready", **properties})[0]

    def bind(self, port: int | str = 80, **metadata) -> dict:
        return self.plane.apply({
            "apiVersion": "elbv2.k8s.aws/v1beta1", "kind": "TargetGroupBinding",
            "metadata": {"name": "web", "namespace": "shop", **metadata},
            "spec": {"serviceRef": {"name": "web", "port": port}, "targetGroupARN": self.group_arn}})

    def step(self, *pods: dict) -> None:
        for one in pods:
            self.plane.apply(one)
        load_balancer_controller.Controller(self.plane, "cluster", lambda: request_scope(self.account, "eu-central-1")).step()

    def targets(self) -> dict[str, int]:
        return {target["Id"]: target["Port"] for target in alb.targets[self.group_arn]}

    def told(self, name: str = "a") -> str | None:
        """What the gate of a pod says: nothing if it is passed, None if it says nothing."""
        conditions = self.plane.named("Pod", name)["status"]["conditions"]
        return next(("" if c["status"] == "True" else c["message"] for c in conditions if c["type"] == GATE), None)

    def finalizers(self) -> list[str]:
        return self.plane.named("TargetGroupBinding", "web")["metadata"].get("finalizers", [])


class Targets(ControllerTest):
    """The pods of the Service are targets, at the port that it leads to."""

    def test_the_pods_of_the_service_and_no_others(self):
        self.step(pod("a", "10.0.0.1"), pod("b", "10.0.0.2"), pod("other", "10.0.0.3", app="job"))
        self.assertEqual(self.targets(), {"10.0.0.1": 3000, "10.0.0.2": 3000})
        self.assertEqual([self.told("a"), self.told("b"), self.told("other")], ["", "", None])
        self.assertEqual(self.finalizers(), [load_balancer_controller.FINALIZER])

    def test_one_that_is_gone_is_deregistered(self):
        self.step(pod("a", "10.0.0.1"), pod("b", "10.0.0.2"))
        self.plane.delete(pod("a", ""))
        self.step()
        self.assertEqual(self.targets(), {"10.0.0.2": 3000})

    def test_another_port_replaces_the_first(self):
        self.step(pod("a", "10.0.0.1"))
        self.plane.apply(service(target=8080))
        self.step()
        self.assertEqual(self.targets(), {"10.0.0.1": 8080})
        self.assertEqual(self.told(), "no container listens on port 8080")

    def test_a_pod_without_a_gate_is_a_target_too(self):
        plain = pod("a", "10.0.0.1")
        del plain["spec"]["readinessGates"]
        self.step(plain)
        self.assertEqual((self.targets(), self.told()), ({"10.0.0.1": 3000}, None))

    def test_a_binding_that_goes_takes_them_along(self):
        self.step(pod("a", "10.0.0.1"))
        self.bind(deletionTimestamp="now", finalizers=[load_balancer_controller.FINALIZER])
        self.step()
        self.assertEqual((self.targets(), self.finalizers()), ({}, []))


class Health(ControllerTest):
    """A gate is passed only when the load balancer would find the pod healthy; else it says why."""

    def test_the_health_check_is_a_probe(self):
        self.step(pod("a", "10.0.0.1", path="/healthz"))
        self.assertEqual(self.told(), "the health check of web asks for /ready, which no probe of the pod does on "
                                      "port 3000: they ask for /healthz")
        self.assertEqual(self.targets(), {"10.0.0.1": 3000})

    def test_the_load_balancer_may_reach_the_pods(self):
        cluster = clusters.record("cluster")["resourcesVpcConfig"]["clusterSecurityGroupId"]
        remove("AWS::EC2::SecurityGroupIngress", self.rule, GroupId=cluster)
        self.step(pod("a", "10.0.0.1"))
        self.assertEqual(self.told(), f"the security group {cluster} lets nothing in from {self.front} on port 3000")

    def test_another_port_is_not_enough(self):
        ec2.security_groups[self.front]["IpPermissionsEgress"][0].update(FromPort=80, ToPort=80)
        self.step(pod("a", "10.0.0.1"))
        self.assertIn(f"the security group {self.front} lets nothing out to", self.told())

    def test_it_changes(self):
        self.step(pod("a", "10.0.0.1", path="/healthz"))
        self.step(pod("a", "10.0.0.1"))
        self.assertEqual(self.told(), "")
        self.step(pod("a", "10.0.0.1", path="/healthz"))
        self.assertIn("asks for /ready", self.told())

    def test_the_load_balancer_tells_it_too(self):
        target_health.install()
        self.step(pod("a", "10.0.0.1"), pod("b", "10.0.0.2", path="/healthz"))
        _, _, body = alb.ACTION_MAP["DescribeTargetHealth"]({"TargetGroupArn": [self.group_arn]})
        self.assertEqual((body.count(b"<State>healthy"), body.count(b"<State>unhealthy")), (1, 1))


class Faults(ControllerTest):
    """What a binding lacks is told by the gates; nothing is registered."""

    def refused_as(self, told: str) -> None:
        self.step(pod("a", "10.0.0.1"))
        self.assertEqual((self.told(), self.targets()), (told, {}))

    def test_a_port_of_the_service(self):
        self.bind(port=8080)
        self.refused_as("TargetGroupBinding web names the port 8080 of the Service web, which does not exist")

    def test_a_service(self):
        self.plane.delete(service())
        self.refused_as("TargetGroupBinding web names the port 80 of the Service web, which does not exist")

    def test_addresses(self):
        self.group_arn = self.target_group(Name="nodes", TargetType="instance")
        self.permit(self.group_arn)
        self.bind()
        self.refused_as("the target group nodes takes instance targets, not addresses")

    def test_a_listener(self):
        self.group_arn = self.target_group(Name="unused")
        self.permit(self.group_arn)
        self.bind()
        self.refused_as("no listener forwards to the target group unused")

    def test_a_right(self):
        self.permit(self.group_arn, load_balancer_controller.DEREGISTER)
        self.refused_as(f"the AWS Load Balancer Controller lacks {load_balancer_controller.REGISTER} of {self.group_arn}")

    def test_the_right_to_another_target_group_is_none(self):
        self.permit(self.target_group(Name="other"))
        self.refused_as("the AWS Load Balancer Controller lacks " + ", ".join(
            f"{action} of {self.group_arn}" for action in (load_balancer_controller.REGISTER, load_balancer_controller.DEREGISTER)))

    def test_a_flag(self):
        self.plane.named("Deployment", NAME)["spec"]["template"]["spec"]["containers"][0]["args"].pop()
        self.refused_as(f"the AWS Load Balancer Controller lacks --aws-vpc-id={self.vpc}")

    def test_a_controller(self):
        self.plane.named("Deployment", NAME)["status"]["availableReplicas"] = 0
        self.step(pod("a", "10.0.0.1"))
        self.assertEqual((self.told(), self.targets(), self.finalizers()), (None, {}, []))


@functools.cache
def check_manifests() -> None:
    """Put the seams in, which must happen once."""
    load_balancer_controller.check_manifests()


class Manifests(ControllerTest):
    """A manifest with a binding, as a stack makes and deletes it."""

    def setUp(self):
        super().setUp()
        check_manifests()
        for seam in (mock.patch("emulator.services.eks.manifests.refuse_without_access"), mock.patch(
                "ministack.services.cloudformation.custom_resource.invoke_custom_resource",
                lambda *args, **kwargs: ("manifest", {}))):
            seam.start()
            self.addCleanup(seam.stop)
        self.properties = {"ClusterName": "cluster", "Manifest": json.dumps([self.bind()])}

    def resources(self, action: str, *needs: str) -> dict:
        statement = {"Effect": "Allow", "Action": [action], "Resource": self.group_arn}
        policy = resource("AWS::IAM::Policy", PolicyName="late", Roles=["trusting"],
                          PolicyDocument={"Statement": [statement]})
        return {"Policy": policy, "Binding": {**resource(MANIFEST, **self.properties), "DependsOn": list(needs)}}

    def test_comes_after_the_right_to_deregister(self):
        told = "order Binding after Policy: a binding is never gone when its controller may not deregister its targets"
        self.assert_refused_in_every_order(self.resources(load_balancer_controller.DEREGISTER), told)
        self.assert_deployed_in_every_order(self.resources(load_balancer_controller.DEREGISTER, "Policy"))
        self.assert_deployed_in_every_order(self.resources("s3:GetObject"))

    def test_goes_before_its_controller(self):
        self.step()
        remove(MANIFEST, "manifest", **self.properties)
        self.plane.named("Deployment", NAME)["status"]["availableReplicas"] = 0
        with self.refused("TargetGroupBinding shop/web is never gone"):
            remove(MANIFEST, "manifest", **self.properties)


class Deletion(ControllerTest):
    """The end of a binding that nobody can finish is refused, where kubectl would wait."""

    def setUp(self):
        super().setUp()
        self.step()

    def hangs(self, told: str):
        return self.refused("TargetGroupBinding shop/web is never gone: nobody removes its finalizer "
                            f"{load_balancer_controller.FINALIZER}, for the AWS Load Balancer Controller {told}. Delete bindings "
                            "first.")

    def delete(self) -> None:
        load_balancer_controller.refuse_hanging("cluster", self.plane.named("TargetGroupBinding", "web"))

    def test_with_its_controller(self):
        self.delete()

    def test_after_its_controller(self):
        self.plane.named("Deployment", NAME)["status"]["availableReplicas"] = 0
        with self.hangs("is not available"):
            self.delete()

    def test_after_the_right_to_deregister(self):
        self.permit("arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/other/1")
        with self.hangs(f"lacks {load_balancer_controller.DEREGISTER} of {self.group_arn}"):
            self.delete()

    def test_one_that_no_controller_has_seen(self):
        self.plane.named("Deployment", NAME)["status"]["availableReplicas"] = 0
        self.bind()
        self.delete()
