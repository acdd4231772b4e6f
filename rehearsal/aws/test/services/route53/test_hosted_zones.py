import sys

from emulator.api import inventory
from emulator.services.cloudfront import aliases
from emulator.services.route53 import hosted_zones
from test.support.edge import DOMAIN, VIRGINIA, ZONE, EdgeTest, distribution
from test.support.emulated import make, remove

RECORD = "AWS::Route53::RecordSet"


class Zones(EdgeTest):
    """A hosted zone of Route 53."""

    def records(self) -> list[str]:
        return [
            entry["key"]
            for entry in inventory.held(dict(sys.modules))
            if entry["account"] == self.account and entry["store"] == "_records"
        ]

    def test_one_that_is_there_before_has_its_id(self):
        given = {"id": "Z0123456789ABCDEFGHIJ", "name": DOMAIN}
        self.assertEqual(hosted_zones.provide(given), given)
        self.assertEqual(hosted_zones.find(given["id"])["name"], f"{DOMAIN}.")
        with self.refused(f"The hosted zone {given['id']} exists already: {DOMAIN}."):
            hosted_zones.provide(given)

    def test_refuses_what_is_no_id_or_name(self):
        for given in ({}, {"id": "zone", "name": DOMAIN}, {"id": "Z1"}, {"id": "Z1", "name": ""}):
            with self.refused("id must be that of a hosted zone (Z…) and name its name"):
                hosted_zones.provide(given)

    def test_one_with_records_stays(self):
        zone = make(ZONE, Name=DOMAIN)[0]
        record = {
            "HostedZoneId": zone,
            "Name": f"www.{DOMAIN}",
            "Type": "A",
            "TTL": "60",
            "ResourceRecords": ["1.2.3.4"],
        }
        self.assertEqual(self.records(), [])
        name = make(RECORD, **record)[0]
        self.assertEqual(self.records(), [f"{zone} www.{DOMAIN}. A"])
        with self.refused("The hosted zone contains resource record sets other than the default SOA and NS records."):
            remove(ZONE, zone)
        remove(RECORD, name, **record)
        remove(ZONE, zone)
        remove(ZONE, zone)
        self.assertEqual([entry for entry in inventory.held(dict(sys.modules)) if entry["account"] == self.account], [])


class Records(EdgeTest):
    """Records lead to where they should."""

    def setUp(self):
        super().setUp()
        self.zone = make(ZONE, Name=DOMAIN)[0]

    def alias(self, domain: str, name: str = f"www.{DOMAIN}", zone: str = aliases.ZONE) -> str:
        return make(
            RECORD, HostedZoneId=self.zone, Name=name, Type="A", AliasTarget={"DNSName": domain, "HostedZoneId": zone}
        )[0]

    def distribution(self) -> str:
        covering = self.certificate(f"www.{DOMAIN}", region=VIRGINIA, zone=self.zone)
        _, attributes = distribution(Aliases=[f"www.{DOMAIN}"], ViewerCertificate={"AcmCertificateArn": covering})
        return attributes["DomainName"]

    def test_an_alias_of_a_distribution_is_one_of_its_names(self):
        domain = self.distribution()
        self.assertTrue(self.alias(domain))
        with self.refused(f"doesn't have {DOMAIN} among its aliases, and would answer 403"):
            self.alias(domain, DOMAIN)

    def test_refuses_an_alias_of_no_distribution(self):
        with self.refused("is no distribution of this account"):
            self.alias("d0.cloudfront.net")

    def test_refuses_the_own_zone_for_an_alias(self):
        with self.refused(f"needs the target's HostedZoneId {aliases.ZONE}"):
            self.alias(self.distribution(), zone=self.zone)

    def test_refuses_a_record_outside_of_the_zone(self):
        for name in ("www.example.org", f"not-{DOMAIN}."):
            with self.refused(f"RRSet with DNS name {name} is not permitted in zone {DOMAIN}."):
                self.alias("d0.cloudfront.net", name)

    def test_refuses_a_zone_that_does_not_exist(self):
        self.zone = "Z0"
        with self.refused("No hosted zone found with ID: Z0"):
            self.alias("d0.cloudfront.net")
