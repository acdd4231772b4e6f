from emulator.core.seams import alb
from emulator.services.elbv2 import listeners
from test.support.edge import DOMAIN, VIRGINIA, EdgeTest, api, attributes
from test.support.emulated import change, make, remove

GROUP, LISTENER, RULE = (f"AWS::ElasticLoadBalancingV2::{name}" for name in ("TargetGroup", "Listener", "ListenerRule"))
FIXED = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]


class Groups(EdgeTest):
    """A target group."""

    def setUp(self):
        super().setUp()
        self.arn = self.balancer()

    def group(self, name: str = "group", **properties) -> str:
        return make(
            GROUP,
            **{"Name": name, "Port": 3000, "Protocol": "HTTP", "TargetType": "ip", "VpcId": self.vpc, **properties},
        )[0]

    def listener(self, **properties) -> str:
        return make(
            LISTENER,
            **{"LoadBalancerArn": self.arn, "Port": 80, "Protocol": "HTTP", "DefaultActions": FIXED, **properties},
        )[0]

    def rule(self, listener: str, group: str, priority: int = 1, hosts: tuple = (DOMAIN,)) -> str:
        return make(
            RULE,
            ListenerArn=listener,
            Priority=priority,
            Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": list(hosts)}}],
            Actions=[{"Type": "forward", "TargetGroupArn": group}],
        )[0]

    def test_refuses_what_it_cannot_be(self):
        self.group()
        for properties, told in (
            ({"Port": 0}, "A target group must have Port"),
            ({"Port": 70000}, "Port 70000 and protocol HTTP"),
            ({"Protocol": "TCP"}, "Port 3000 and protocol TCP"),
            ({"VpcId": "vpc-0"}, "The VPC ID 'vpc-0'"),
            ({"HealthCheckIntervalSeconds": 5}, "Health check interval must be greater than the timeout"),
            ({"name": "group"}, "A target group with the same name 'group' exists"),
            (
                {"TargetGroupAttributes": attributes(deregistration_delay__seconds="1")},
                "Target group attribute key 'deregistration_delay.seconds' is not recognized",
            ),
            (
                {"TargetGroupAttributes": attributes(deregistration_delay__timeout_seconds="3601")},
                "Deregistration delay must be between 0 and 3600 seconds",
            ),
        ):
            with self.refused(told):
                self.group(**{"name": "other", **properties})

    def test_stays_while_a_rule_leads_to_it_and_knows_its_load_balancer(self):
        group = self.group()
        rule = self.rule(self.listener(), group)
        self.assertEqual(alb.tgs[group]["LoadBalancerArns"], [self.arn])
        with self.refused(f"Target group '{group}' is currently in use by a listener or a rule"):
            remove(GROUP, group)
        self.assertEqual(api("DeleteTargetGroup", TargetGroupArn=group)[0], 400)
        remove(RULE, rule)
        self.assertEqual(alb.tgs[group]["LoadBalancerArns"], [])
        remove(GROUP, group)

    def test_stays_while_a_rule_names_it_without_weight_and_every_change_of_weights_is_kept(self):
        blue, green = self.group("blue"), self.group("green")
        listener = self.listener()

        def weighted(*weights: int) -> dict:
            groups = [
                {"TargetGroupArn": arn, "Weight": weight} for arn, weight in zip((blue, green), weights, strict=True)
            ]
            return {
                "ListenerArn": listener,
                "Priority": 1,
                "Conditions": [{"Field": "host-header", "HostHeaderConfig": {"Values": [DOMAIN]}}],
                "Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
            }

        rule = make(RULE, **weighted(100, 0))[0]
        self.assertEqual(listeners.forwarded(alb.rules[rule]["Actions"][0]), {blue: 100, green: 0})
        self.assertEqual(alb.tgs[green]["LoadBalancerArns"], [self.arn])
        with self.refused("is currently in use by a listener or a rule"):
            remove(GROUP, green)
        change(RULE, rule, weighted(100, 0), weighted(0, 100))
        self.assertEqual(listeners.forwarded(alb.rules[rule]["Actions"][0]), {blue: 0, green: 100})
        with self.refused("Weight '1000' must be between 0 and 999"):
            change(RULE, rule, weighted(0, 100), weighted(0, 1000))

    def test_stays_while_a_listener_leads_to_it(self):
        group = self.group()
        self.listener(DefaultActions=[{"Type": "forward", "TargetGroupArn": group}])
        with self.refused("is currently in use"):
            remove(GROUP, group)

    def test_refuses_actions_that_lead_nowhere(self):
        listener = self.listener()
        for make_one in (
            lambda: self.rule(listener, "none"),
            lambda: self.listener(
                Port=81,
                DefaultActions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "none"}]}}],
            ),
        ):
            with self.refused("Target groups 'none' not found"):
                make_one()

    def test_a_priority_is_of_one_rule(self):
        listener, group = self.listener(), self.group()
        self.rule(listener, group)
        with self.refused("Priority '1' is currently in use"):
            self.rule(listener, group)
        self.assertTrue(self.rule(listener, group, 2))

    def test_a_rule_has_at_most_five_values(self):
        with self.refused("A rule can have at most 5 condition values, not 6"):
            self.rule(self.listener(), self.group(), hosts=tuple(f"{i}.{DOMAIN}" for i in range(6)))

    def test_a_port_is_of_one_listener(self):
        self.listener()
        with self.refused("A listener already exists on port 80 for this load balancer"):
            self.listener()

    def test_a_listener_of_https_has_a_certificate_of_the_region(self):
        secure = {"Port": 443, "Protocol": "HTTPS"}
        with self.refused("A certificate must be specified for HTTPS listeners"):
            self.listener(**secure)
        with self.refused("isn't in eu-central-1 region"):
            self.listener(**secure, Certificates=[{"CertificateArn": self.certificate(DOMAIN, region=VIRGINIA)}])
        given = {"Certificates": [{"CertificateArn": self.certificate(DOMAIN)}]}
        with self.refused("SSL policy 'ELBSecurityPolicy-TLS14' not found"):
            self.listener(**secure, **given, SslPolicy="ELBSecurityPolicy-TLS14")
        self.assertTrue(self.listener(**secure, **given, SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06"))
