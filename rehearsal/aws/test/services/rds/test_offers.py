from emulator.core import account
from emulator.core.answers import parsed
from emulator.services.rds import offers as rds_offers
from test.support.offers import OffersTest


class Offers(OffersTest):
    """Offers and quotas of RDS to an account."""

    def test_rds_counts_what_there_is(self):
        quotas = parsed("rds", "DescribeAccountAttributes", rds_offers.database_quotas({}))["AccountQuotas"]
        self.assertEqual(
            [(one["AccountQuotaName"], one["Used"], one["Max"]) for one in quotas],
            [("DBInstances", 0, 40), ("AllocatedStorage", 0, 100000)],
        )

    def test_rds_replicates_backups_from_a_region_unless_the_account_says_otherwise(self):
        def supports() -> list[bool]:
            answer = parsed("rds", "DescribeSourceRegions", rds_offers.source_regions({"RegionName": ["eu-west-1"]}))
            return [one["SupportsDBInstanceAutomatedBackupsReplication"] for one in answer["SourceRegions"]]

        self.assertEqual(supports(), [True])
        account.provide({"unreplicated": ["eu-west-1"]})
        self.assertEqual(supports(), [False])
