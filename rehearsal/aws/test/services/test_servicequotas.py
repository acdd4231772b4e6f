import asyncio
import json

from emulator.core import account
from emulator.core.answers import parsed
from emulator.core.seams import iam
from emulator.services import servicequotas
from emulator.services.rds import offers as rds_offers
from test.support.offers import OffersTest


class Quotas(OffersTest):
    """A quota is what was granted, or what every account has."""

    def quota(self, operation: str, service: str, code: str) -> tuple:
        body = json.dumps({"ServiceCode": service, "QuotaCode": code}).encode()
        headers = {"x-amz-target": f"ServiceQuotasV20190624.{operation}"}
        return asyncio.run(servicequotas.handle_request("POST", "/", headers, body, {}))

    def test_a_quota_is_what_was_granted_or_what_every_account_has(self):
        default = parsed(
            "service-quotas", "GetAWSDefaultServiceQuota", self.quota("GetAWSDefaultServiceQuota", "vpc", "L-F678F1CE")
        )["Quota"]
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
        self.assertEqual(
            {one["AccountQuotaName"]: one["Max"] for one in told}, {"DBInstances": 40, "AllocatedStorage": 100_000}
        )

    def test_a_quota_that_nobody_knows_is_refused(self):
        status, _, body = self.quota("GetAWSDefaultServiceQuota", "vpc", "L-00000000")
        self.assertEqual((status, json.loads(body)["__type"]), (400, "NoSuchResourceException"))
