from load_balancers import LOGS
from test.edge import BALANCER, DOMAIN, VIRGINIA, EdgeTest
from test.emulator import change, make, remove

GROUP, LISTENER, RULE = (f"AWS::ElasticLoadBalancingV2::{name}" for name in ("TargetGroup", "Listener", "ListenerRule"))
FIXED = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]


def attributes(**given: str) -> list[dict]:
    """Attributes, with __ in place of the dots."""
    return [{"Key": key.replace("__", "."), "Value": value} for key, value in given.items()]


def api(action: str, **parameters: str) -> tuple[int, str]:
    """The status and the body of the API's answer."""
    from ministack.services import alb

    status, _, body = alb._ACTION_MAP[action]({name: [value] for name, value in parameters.items()})
    return status, body.decode() if isinstance(body, bytes) else body


class Balancers(EdgeTest):
    """A load balancer."""

    def test_is_in_the_network_of_its_subnets(self):
        from ministack.services import alb

        arn = self.balancer()
        self.assertEqual(alb._lbs[arn]["VpcId"], self.vpc)

    def test_refuses_one_zone_one_zone_twice_and_no_subnet(self):
        first, second, third = self.network("aab")
        for subnets, told in (([first], "At least two subnets in two different Availability Zones"),
                              ([first, second, third], "multiple subnets in the same Availability Zone"),
                              (["subnet-0"], "The subnet ID 'subnet-0' is not valid")):
            with self.refused(told):
                make(BALANCER, Subnets=subnets)

    def test_refuses_a_security_group_that_does_not_exist(self):
        with self.refused("The security group 'sg-0' does not exist"):
            self.balancer(SecurityGroups=["sg-0"])

    def test_refuses_an_attribute_that_it_does_not_have(self):
        with self.refused("Load balancer attribute key 'idle_timeout.seconds' is not recognized"):
            self.balancer(LoadBalancerAttributes=attributes(idle_timeout__seconds="60"))

    def test_a_protected_one_stays_until_it_is_not(self):
        protected = attributes(deletion_protection__enabled="true")
        arn = self.balancer(LoadBalancerAttributes=protected)
        told = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        with self.refused(told):
            remove(BALANCER, arn)
        status, body = api("DeleteLoadBalancer", LoadBalancerArn=arn)
        self.assertEqual(status, 400)
        self.assertIn("deletion protection is enabled", body)
        named = {"Name": "balancer", "Scheme": "internal", "Subnets": self.network()}
        change(BALANCER, arn, {**named, "LoadBalancerAttributes": protected},
               {**named, "LoadBalancerAttributes": attributes(deletion_protection__enabled="false")})
        remove(BALANCER, arn)
        self.assertEqual(api("DeleteLoadBalancer", LoadBalancerArn=arn)[0], 200)


class Logs(EdgeTest):
    """The bucket of a load balancer's access logs."""

    def logging(self, bucket: str) -> str:
        return self.balancer(LoadBalancerAttributes=attributes(
            access_logs__s3__enabled="true", access_logs__s3__bucket=bucket, access_logs__s3__prefix="alb"))

    def allowed(self, key: str = "alb/AWSLogs/*", service: str = LOGS, name: str = "logs", **condition) -> str:
        bucket = self.bucket(name)
        self.allow(bucket, service, key, **condition)
        return bucket

    def test_takes_one_whose_policy_lets_load_balancers_write(self):
        source = f"arn:aws:elasticloadbalancing:eu-central-1:{self.account}:loadbalancer/*"
        self.assertTrue(self.logging(self.allowed(
            f"alb/AWSLogs/{self.account}/*", ArnLike={"aws:SourceArn": source},
            StringEquals={"aws:SourceAccount": self.account})))

    def test_refuses_one_that_does_not_exist(self):
        with self.refused("S3Bucket: none does not exist"):
            self.logging("none")

    def test_refuses_one_whose_policy_does_not_let_it(self):
        for name, given in (("a", {"key": "other/AWSLogs/*"}), ("b", {"service": "s3.amazonaws.com"}),
                            ("c", {"StringEquals": {"aws:SourceAccount": "1"}})):
            with self.refused("Please check S3bucket permission: its policy must let logdelivery.elasticloadbalancing"):
                self.logging(self.allowed(name=name, **given))

    def test_refuses_one_without_a_policy(self):
        with self.refused("Access Denied for bucket"):
            self.logging(self.bucket())

    def test_refuses_one_with_a_key_of_its_own(self):
        from ministack.services import s3

        bucket = self.allowed()
        s3._bucket_encryption[bucket] = "<SSEAlgorithm>aws:kms</SSEAlgorithm>"
        with self.refused("A load balancer writes to no bucket with a key of KMS."):
            self.logging(bucket)

    def test_refuses_one_of_another_region(self):
        from ministack.services import s3

        bucket = self.allowed()
        s3._buckets[bucket]["region"] = VIRGINIA
        with self.refused("is in us-east-1, not in eu-central-1"):
            self.logging(bucket)


class Groups(EdgeTest):
    """A target group."""

    def setUp(self):
        super().setUp()
        self.arn = self.balancer()

    def group(self, name: str = "group", **properties) -> str:
        return make(GROUP, **{"Name": name, "Port": 3000, "Protocol": "HTTP", "TargetType": "ip", "VpcId": self.vpc,
                              **properties})[0]

    def listener(self, **properties) -> str:
        return make(LISTENER, **{"LoadBalancerArn": self.arn, "Port": 80, "Protocol": "HTTP", "DefaultActions": FIXED,
                                 **properties})[0]

    def rule(self, listener: str, group: str, priority: int = 1, hosts: tuple = (DOMAIN,)) -> str:
        return make(RULE, ListenerArn=listener, Priority=priority,
                    Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": list(hosts)}}],
                    Actions=[{"Type": "forward", "TargetGroupArn": group}])[0]

    def test_refuses_what_it_cannot_be(self):
        self.group()
        for properties, told in (
                ({"Port": 0}, "A target group must have Port"), ({"Port": 70000}, "Port 70000 and protocol HTTP"),
                ({"Protocol": "TCP"}, "Port 3000 and protocol TCP"), ({"VpcId": "vpc-0"}, "The VPC ID 'vpc-0'"),
                ({"HealthCheckIntervalSeconds": 5}, "Health check interval must be greater than the timeout"),
                ({"name": "group"}, "A target group with the same name 'group' exists"),
                ({"TargetGroupAttributes": attributes(deregistration_delay__seconds="1")},
                 "Target group attribute key 'deregistration_delay.seconds' is not recognized"),
                ({"TargetGroupAttributes": attributes(deregistration_delay__timeout_seconds="3601")},
                 "Deregistration delay must be between 0 and 3600 seconds")):
            with self.refused(told):
                self.group(**{"name": "other", **properties})

    def test_stays_while_a_rule_leads_to_it_and_knows_its_load_balancer(self):
        from ministack.services import alb

        group = self.group()
        rule = self.rule(self.listener(), group)
        self.assertEqual(alb._tgs[group]["LoadBalancerArns"], [self.arn])
        with self.refused(f"Target group '{group}' is currently in use by a listener or a rule"):
            remove(GROUP, group)
        self.assertEqual(api("DeleteTargetGroup", TargetGroupArn=group)[0], 400)
        remove(RULE, rule)
        self.assertEqual(alb._tgs[group]["LoadBalancerArns"], [])
        remove(GROUP, group)

    def test_stays_while_a_listener_leads_to_it(self):
        group = self.group()
        self.listener(DefaultActions=[{"Type": "forward", "TargetGroupArn": group}])
        with self.refused("is currently in use"):
            remove(GROUP, group)

    def test_refuses_actions_that_lead_nowhere(self):
        listener = self.listener()
        for make_one in (lambda: self.rule(listener, "none"), lambda: self.listener(Port=81, DefaultActions=[
                {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "none"}]}}])):
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
