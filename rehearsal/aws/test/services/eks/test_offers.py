from emulator.core import account
from emulator.core.answers import parsed
from emulator.services.eks import offers as eks_offers
from test.support.offers import OffersTest


class Offers(OffersTest):
    """Offers of EKS."""

    def test_eks_has_the_versions_that_it_was_given(self):
        account.provide({"addons": {"coredns": ["v1"]}, "kubernetes": ["1.36"]})
        addons = parsed("eks", "DescribeAddonVersions", eks_offers.addon_versions({"addonName": ["coredns"]}))["addons"]
        self.assertEqual(addons, [{"addonName": "coredns", "addonVersions": [{"addonVersion": "v1"}]}])
        versions = parsed("eks", "DescribeClusterVersions", eks_offers.cluster_versions())["clusterVersions"]
        self.assertEqual([one["clusterVersion"] for one in versions], ["1.36"])
