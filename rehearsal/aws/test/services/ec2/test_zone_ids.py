import botocore.session

from emulator.core import account
from emulator.core.seams import ec2
from emulator.services.ec2 import zone_ids
from test.services.rds.test_proxies import PROXY, ProxyTest
from test.support.data_tiers import described
from test.support.edge import EdgeTest
from test.support.emulated import REGION, EmulatorTest, make

MISSING = {zone for zones in zone_ids.LACKING.values() for zone in zones}


def subnet_in(zone: str, vpc: str, **properties) -> str:
    return make("AWS::EC2::Subnet", VpcId=vpc, CidrBlock="10.0.9.0/24", AvailabilityZone=zone, **properties)[0]


class ZoneIds(EmulatorTest):
    """An account has zones of its own."""

    def setUp(self):
        super().setUp()
        self.addCleanup(account.GIVEN.clear)

    def test_an_owner_of_an_account_has_zones_with_every_service_in_every_region(self):
        for region in botocore.session.get_session().get_available_regions("ec2"):
            with self.subTest(region):
                account.provide({"subnetZones": [f"{region}d"]})
                held = zone_ids.of_account(region)
                self.assertEqual(list(held), [f"{region}{letter}" for letter in "abcd"])
                self.assertEqual(len(set(held.values())), 4)
                self.assertFalse(MISSING & set(held.values()))

    def test_names_lead_to_the_zones_that_the_account_says_and_the_others_to_others(self):
        account.provide({"zones": {"us-east-1b": "use1-az1", "us-east-1f": "use1-az2", "eu-west-1a": "euw1-az3"}})
        self.assertEqual(
            zone_ids.of_account("us-east-1"),
            {"us-east-1a": "use1-az4", "us-east-1b": "use1-az1", "us-east-1c": "use1-az5", "us-east-1f": "use1-az2"},
        )

    def test_a_subnet_has_the_id_of_its_zone_and_can_be_made_by_it(self):
        account.provide({"zones": {f"{REGION}a": "euc1-az3"}})
        subnet = self.network("a")[0]
        self.assertEqual(ec2.subnets[subnet]["AvailabilityZoneId"], "euc1-az3")
        other = make("AWS::EC2::Subnet", VpcId=self.vpc, CidrBlock="10.0.9.0/24", AvailabilityZoneId="euc1-az3")[0]
        self.assertEqual(ec2.subnets[other]["AvailabilityZone"], f"{REGION}a")

    def test_a_subnet_in_a_zone_that_the_account_has_not_is_refused(self):
        self.network("a")
        with self.refused(
            f"Value ({REGION}f) for parameter availabilityZone is invalid. Subnets can currently only be created "
            f"in the following availability zones: {REGION}a, {REGION}b, {REGION}c."
        ):
            subnet_in(f"{REGION}f", self.vpc)
        with self.refused("Value (use1-az1) for parameter availabilityZoneId is invalid."):
            make("AWS::EC2::Subnet", VpcId=self.vpc, CidrBlock="10.0.9.0/24", AvailabilityZoneId="use1-az1")

    def test_eks_makes_no_cluster_in_a_zone_without_it(self):
        account.provide({"zones": {f"{REGION}b": zone_ids.LACKING["EKS"][0]}})
        with self.refused(
            f"Cannot create cluster 'cluster' because EKS does not support creating control plane instances in "
            f"{REGION}b, the targeted availability zone. Retry cluster creation using control plane subnets "
            f"that span at least two of these availability zones: {REGION}a, {REGION}c."
        ):
            self.cluster(ResourcesVpcConfig={"SubnetIds": self.network("abc")})


class WithoutVpcOrigins(EdgeTest):
    def test_cloudfront_reaches_no_load_balancer_in_a_zone_without_them(self):
        self.addCleanup(account.GIVEN.clear)
        account.provide({"zones": {f"{REGION}b": "apne1-az3"}})
        balancer = self.balancer()
        for region in (REGION, "us-east-1"):
            with (
                self.region(region),
                self.refused(
                    f"The load balancer {balancer} is in {REGION}b (apne1-az3), where CloudFront has no VPC origins."
                ),
            ):
                self.vpc_origin(balancer)


class WithoutProxies(ProxyTest):
    def test_a_proxy_leaves_out_the_zones_without_it_until_there_is_one(self):
        self.addCleanup(account.GIVEN.clear)
        account.provide({"zones": {f"{REGION}c": "use1-az3"}})
        away = subnet_in(f"{REGION}c", self.vpc)
        make(PROXY, **{**self.proxy, "VpcSubnetIds": [*self.subnets, away]})
        shown = described("rds", "_describe_db_proxies")
        self.assertEqual([subnet in shown for subnet in (*self.subnets, away)], [True, True, False])
        with self.refused("The proxy doesn't meet Availability Zone (AZ) coverage requirement."):
            make(PROXY, **{**self.proxy, "DBProxyName": "other", "VpcSubnetIds": [self.subnets[0], away]})
