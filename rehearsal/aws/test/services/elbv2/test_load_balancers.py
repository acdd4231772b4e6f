from emulator.core.seams import alb, s3
from emulator.services.elbv2.load_balancers import LOGS
from test.support.edge import BALANCER, VIRGINIA, EdgeTest, api, attributes
from test.support.emulated import change, make, remove


class Balancers(EdgeTest):
    """A load balancer."""

    def test_is_in_the_network_of_its_subnets(self):
        arn = self.balancer()
        self.assertEqual(alb.lbs[arn]["VpcId"], self.vpc)

    def test_refuses_one_zone_one_zone_twice_and_no_subnet(self):
        first, second, third = self.network("aab")
        for subnets, told in (
            ([first], "At least two subnets in two different Availability Zones"),
            ([first, second, third], "multiple subnets in the same Availability Zone"),
            (["subnet-0"], "The subnet ID 'subnet-0' is not valid"),
        ):
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
        change(
            BALANCER,
            arn,
            {**named, "LoadBalancerAttributes": protected},
            {**named, "LoadBalancerAttributes": attributes(deletion_protection__enabled="false")},
        )
        remove(BALANCER, arn)
        self.assertEqual(api("DeleteLoadBalancer", LoadBalancerArn=arn)[0], 200)


class Logs(EdgeTest):
    """The bucket of a load balancer's access logs."""

    def logging(self, bucket: str) -> str:
        return self.balancer(
            LoadBalancerAttributes=attributes(
                access_logs__s3__enabled="true", access_logs__s3__bucket=bucket, access_logs__s3__prefix="alb"
            )
        )

    def allowed(self, key: str = "alb/AWSLogs/*", service: str = LOGS, name: str = "logs", **condition) -> str:
        bucket = self.bucket(name)
        self.allow(bucket, service, key, **condition)
        return bucket

    def test_takes_one_whose_policy_lets_load_balancers_write(self):
        source = f"arn:aws:elasticloadbalancing:eu-central-1:{self.account}:loadbalancer/*"
        self.assertTrue(
            self.logging(
                self.allowed(
                    f"alb/AWSLogs/{self.account}/*",
                    ArnLike={"aws:SourceArn": source},
                    StringEquals={"aws:SourceAccount": self.account},
                )
            )
        )

    def test_refuses_one_that_does_not_exist(self):
        with self.refused("S3Bucket: none does not exist"):
            self.logging("none")

    def test_refuses_one_whose_policy_does_not_let_it(self):
        for name, given in (
            ("a", {"key": "other/AWSLogs/*"}),
            ("b", {"service": "s3.amazonaws.com"}),
            ("c", {"StringEquals": {"aws:SourceAccount": "1"}}),
        ):
            with self.refused("Please check S3bucket permission: its policy must let logdelivery.elasticloadbalancing"):
                self.logging(self.allowed(name=name, **given))

    def test_refuses_one_without_a_policy(self):
        with self.refused("Access Denied for bucket"):
            self.logging(self.bucket())

    def test_refuses_one_with_a_key_of_its_own(self):
        bucket = self.allowed()
        s3.bucket_encryption[bucket] = "<SSEAlgorithm>aws:kms</SSEAlgorithm>"
        with self.refused("A load balancer cannot write to a bucket with a KMS key."):
            self.logging(bucket)

    def test_refuses_one_of_another_region(self):
        bucket = self.allowed()
        s3.buckets[bucket]["region"] = VIRGINIA
        with self.refused("is in us-east-1, not in eu-central-1"):
            self.logging(bucket)
