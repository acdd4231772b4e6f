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
