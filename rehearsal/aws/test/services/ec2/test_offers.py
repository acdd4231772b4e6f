from emulator.core import account
from emulator.core.answers import parsed
from emulator.services.ec2 import offers
from test.support.emulated import REGION
from test.support.offers import OffersTest


class Offers(OffersTest):
    """Offers to an account, as an SDK reads them."""

    def test_zones_have_other_ids_in_another_account(self):
        account.provide({"zones": {f"{REGION}b": "apse1-az9", f"{REGION}c": None}})
        zones = parsed("ec2", "DescribeAvailabilityZones", offers.describe_zones({}))["AvailabilityZones"]
        self.assertEqual([(zone["ZoneName"], zone["ZoneId"]) for zone in zones][1:], [(f"{REGION}b", "apse1-az9")])

    def test_a_zone_in_which_a_template_has_a_subnet_is_there(self):
        account.provide({"subnetZones": [f"{REGION}d", "eu-west-1d"]})
        zones = parsed("ec2", "DescribeAvailabilityZones", offers.describe_zones({}))["AvailabilityZones"]
        self.assertEqual([zone["ZoneName"] for zone in zones], [f"{REGION}{letter}" for letter in "abcd"])

    def test_an_instance_type_is_sold_where_nobody_says_otherwise(self):
        account.provide({"unsold": {"m5.large": [f"{REGION}a"], "r5.large": []}})
        query = {
            "LocationType": ["availability-zone"],
            "Filter.1.Name": ["instance-type"],
            "Filter.1.Value.1": ["m5.large"],
            "Filter.1.Value.2": ["r5.large"],
            "Filter.1.Value.3": ["x9.large"],
        }
        offered = parsed("ec2", "DescribeInstanceTypeOfferings", offers.describe_offerings(query))
        self.assertEqual(
            [(one["InstanceType"], one["Location"]) for one in offered["InstanceTypeOfferings"]],
            [("m5.large", f"{REGION}b"), ("m5.large", f"{REGION}c")],
        )

    def test_an_instance_type_has_the_vcpus_that_its_nodes_have(self):
        types = parsed("ec2", "DescribeInstanceTypes", offers.describe_types({"InstanceType.1": ["m5.2xlarge"]}))
        self.assertEqual(types["InstanceTypes"][0]["VCpuInfo"]["DefaultVCpus"], 8)

    def test_the_key_of_volumes_is_that_of_aws_unless_somebody_chose_another(self):
        usual = parsed("ec2", "GetEbsDefaultKmsKeyId", offers.default_key({}))["KmsKeyId"]
        self.assertEqual(usual, f"arn:aws:kms:{REGION}:{self.account}:alias/aws/ebs")
        account.provide({"volumeKey": "arn:key"})
        self.assertEqual(parsed("ec2", "GetEbsDefaultKmsKeyId", offers.default_key({}))["KmsKeyId"], "arn:key")
