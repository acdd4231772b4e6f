from emulator.core.seams import cloudfront
from emulator.services.cloudfront.metrics import MEASURED
from test.support.alarms import MonitoringTest
from test.support.emulated import make, remove


class Metrics(MonitoringTest):
    """Additional metrics of CloudFront."""

    def test_cloudfront_measures_a_distribution_that_exists(self):
        measured = {"RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": "Enabled"}}
        with self.refused("NoSuchDistribution"):
            make(MEASURED, DistributionId="E1", MonitoringSubscription=measured)
        cloudfront.distributions["E1"] = {}
        self.addCleanup(cloudfront.distributions.pop, "E1")
        name = make(MEASURED, DistributionId="E1", MonitoringSubscription=measured)[0]
        self.assertEqual(
            cloudfront.distributions["E1"], {"MonitoringSubscription": {"RealtimeMetricsSubscriptionStatus": "Enabled"}}
        )
        remove(MEASURED, name)
        self.assertEqual(cloudfront.distributions["E1"], {})
