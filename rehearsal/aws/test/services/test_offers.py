import asyncio
import json

from emulator.core import account
from emulator.core.answers import parsed
from emulator.core.seams import iam
from emulator.services import chatbot, servicequotas
from emulator.services.ec2 import offers
from emulator.services.eks import offers as eks_offers
from emulator.services.rds import offers as rds_offers
from test.emulated import REGION, EmulatorTest


class Offers(EmulatorTest):
    """What an account finds, as an SDK reads it."""

    def setUp(self):
        super().setUp()
        self.addCleanup(account.GIVEN.clear)

    def quota(self, operation: str, service: str, code: str) -> tuple:
        body = json.dumps({"ServiceCode": service, "QuotaCode": code}).encode()
        headers = {"x-amz-target": f"ServiceQuotasV20190624.{operation}"}
        return asyncio.run(servicequotas.handle_request("POST", "/", headers, body, {}))

    def test_a_quota_is_what_was_granted_or_what_every_account_has(self):
        default = parsed("service-quotas", "GetAWSDefaultServiceQuota",
                         self.quota("GetAWSDefaultServiceQuota", "vpc", "L-F678F1CE"))["Quota"]
        self.assertEqual((default["QuotaName"], default["Value"]), ("VPCs per Region", 5))
        self.assertEqual(self.quota("GetServiceQuota", "vpc", "L-F678F1CE")[0], 400)
        account.provide({"quotas": {"vpc/L-F678F1CE": 7}})
        granted = parsed("service-quotas", "GetServiceQuota", self.quota("GetServiceQuota", "vpc", "L-F678F1CE"))
        self.assertEqual(granted["Quota"]["Value"], 7)

    def test_iam_and_rds_tell_the_same_defaults_themselves(self):
        query = {"Action": ["GetAccountSummary"]}
        summary = iam.IAM_HANDLERS["GetAccountSummary"](query)[2].decode()
        for name, key in (("RolesQuota", "iam/L-FE177D64"), ("PoliciesQuota", "iam/L-E95E4862")):
            self.assertIn(f"<key>{name}</key><value>{servicequotas.QUOTAS[key]['default']}<", summary)
        told = parsed("rds", "DescribeAccountAttributes", rds_offers.database_quotas({}))["AccountQuotas"]
        self.assertEqual({one["AccountQuotaName"]: one["Max"] for one in told},
                         {"DBInstances": 40, "AllocatedStorage": 100_000})

    def test_a_quota_that_nobody_knows_is_refused(self):
        status, _, body = self.quota("GetAWSDefaultServiceQuota", "vpc", "L-00000000")
        self.assertEqual((status, json.loads(body)["__type"]), (400, "NoSuchResourceException"))

    def test_workspaces_of_slack_are_those_that_somebody_authorized(self):
        account.provide({"slack": ["T1"]})
        response = asyncio.run(chatbot.handle_request("POST", "/describe-slack-workspaces", {}, b"{}", {}))
        self.assertEqual(parsed("chatbot", "DescribeSlackWorkspaces", response),
                         {"SlackWorkspaces": [{"SlackTeamId": "T1", "SlackTeamName": "T1"}]})

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
        query = {"LocationType": ["availability-zone"], "Filter.1.Name": ["instance-type"],
                 "Filter.1.Value.1": ["m5.large"], "Filter.1.Value.2": ["r5.large"], "Filter.1.Value.3": ["x9.large"]}
        offered = parsed("ec2", "DescribeInstanceTypeOfferings", offers.describe_offerings(query))
        self.assertEqual([(one["InstanceType"], one["Location"]) for one in offered["InstanceTypeOfferings"]],
                         [("m5.large", f"{REGION}b"), ("m5.large", f"{REGION}c")])

    def test_an_instance_type_has_the_vcpus_that_its_nodes_have(self):
        types = parsed("ec2", "DescribeInstanceTypes", offers.describe_types({"InstanceType.1": ["m5.2xlarge"]}))
        self.assertEqual(types["InstanceTypes"][0]["VCpuInfo"]["DefaultVCpus"], 8)

    def test_the_key_of_volumes_is_that_of_aws_unless_somebody_chose_another(self):
        usual = parsed("ec2", "GetEbsDefaultKmsKeyId", offers.default_key({}))["KmsKeyId"]
        self.assertEqual(usual, f"arn:aws:kms:{REGION}:{self.account}:alias/aws/ebs")
        account.provide({"volumeKey": "arn:key"})
        self.assertEqual(parsed("ec2", "GetEbsDefaultKmsKeyId", offers.default_key({}))["KmsKeyId"], "arn:key")

    def test_rds_counts_what_there_is(self):
        quotas = parsed("rds", "DescribeAccountAttributes", rds_offers.database_quotas({}))["AccountQuotas"]
        self.assertEqual([(one["AccountQuotaName"], one["Used"], one["Max"]) for one in quotas],
                         [("DBInstances", 0, 40), ("AllocatedStorage", 0, 100000)])

    def test_eks_has_the_versions_that_it_was_given(self):
        account.provide({"addons": {"coredns": ["v1"]}, "kubernetes": ["1.36"]})
        addons = parsed("eks", "DescribeAddonVersions", eks_offers.addon_versions({"addonName": ["coredns"]}))["addons"]
        self.assertEqual(addons, [{"addonName": "coredns", "addonVersions": [{"addonVersion": "v1"}]}])
        versions = parsed("eks", "DescribeClusterVersions", eks_offers.cluster_versions())["clusterVersions"]
        self.assertEqual([one["clusterVersion"] for one in versions], ["1.36"])

    def test_an_account_has_no_other_fields(self):
        with self.refused("An account has no quota: it has quotas,"):
            account.provide({"quota": {}})
