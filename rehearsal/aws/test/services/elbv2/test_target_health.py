from emulator.core.seams import alb, ec2
from emulator.services.eks import clusters
from emulator.services.elbv2 import target_health
from test.support.emulated import remove
from test.support.target_groups import ControllerTest, pod


class Health(ControllerTest):
    """A gate is passed only when the load balancer would find the pod healthy; else it says why."""

    def test_the_health_check_is_a_probe(self):
        self.step(pod("a", "10.0.0.1", path="/healthz"))
        self.assertEqual(
            self.told(),
            "the health check of web requests /ready, but the probes of the pod on port 3000 request /healthz",
        )
        self.assertEqual(self.targets(), {"10.0.0.1": 3000})

    def test_the_load_balancer_may_reach_the_pods(self):
        cluster = clusters.record("cluster")["resourcesVpcConfig"]["clusterSecurityGroupId"]
        remove("AWS::EC2::SecurityGroupIngress", self.rule, GroupId=cluster)
        self.step(pod("a", "10.0.0.1"))
        self.assertEqual(self.told(), f"the security group {cluster} allows no traffic from {self.front} on port 3000")

    def test_another_port_is_not_enough(self):
        ec2.security_groups[self.front]["IpPermissionsEgress"][0].update(FromPort=80, ToPort=80)
        self.step(pod("a", "10.0.0.1"))
        self.assertIn(f"the security group {self.front} allows no traffic to", self.told())

    def test_it_changes(self):
        self.step(pod("a", "10.0.0.1", path="/healthz"))
        self.step(pod("a", "10.0.0.1"))
        self.assertEqual(self.told(), "")
        self.step(pod("a", "10.0.0.1", path="/healthz"))
        self.assertIn("requests /ready", self.told())

    def test_the_load_balancer_tells_it_too(self):
        target_health.install()
        self.step(pod("a", "10.0.0.1"), pod("b", "10.0.0.2", path="/healthz"))
        _, _, body = alb.ACTION_MAP["DescribeTargetHealth"]({"TargetGroupArn": [self.group_arn]})
        self.assertEqual((body.count(b"<State>healthy"), body.count(b"<State>unhealthy")), (1, 1))
