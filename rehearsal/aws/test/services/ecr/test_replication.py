import functools
import json

from emulator.core.seams import ecr
from emulator.services.ecr import replication
from emulator.services.ecr.replication import REPLICATION
from test.services.ecr.test_repositories import RepositoryTest
from test.support.emulated import change, make, remove


@functools.cache
def install() -> None:
    """Put the seams in, which must happen once."""
    replication.install()


class ReplicationTest(RepositoryTest):
    def setUp(self):
        super().setUp()
        install()

    def rule(self, prefix: str | None = None, region: str = "ap-southeast-2") -> dict:
        filters = {} if prefix is None else {"RepositoryFilters": [{"Filter": prefix, "FilterType": "PREFIX_MATCH"}]}
        return {"Destinations": [{"Region": region, "RegistryId": self.account}], **filters}

    def configure(self, *rules: dict) -> str:
        return make(REPLICATION, ReplicationConfiguration={"Rules": list(rules)})[0]


class Configurations(ReplicationTest):
    """A registry has one configuration of its replication."""

    def shown(self) -> list[dict]:
        return json.loads(ecr.describe_registry({})[2])["replicationConfiguration"]["rules"]

    def test_is_shown(self):
        registry = self.configure(self.rule("platform/"))
        self.assertEqual(registry, self.account)
        self.assertEqual(self.shown()[0]["repositoryFilters"], [{"filter": "platform/", "filterType": "PREFIX_MATCH"}])
        new = {"ReplicationConfiguration": {"Rules": [self.rule()]}}
        change(REPLICATION, registry, {}, new)
        self.assertNotIn("repositoryFilters", self.shown()[0])
        remove(REPLICATION, registry)
        self.assertEqual(self.shown(), [])

    def test_refuses_a_second_one(self):
        self.configure(self.rule())
        with self.refused("already has a replication configuration in eu-central-1"):
            self.configure(self.rule("platform/"))

    def test_refuses_what_ecr_would(self):
        kind = self.rule("a")
        kind["RepositoryFilters"][0]["FilterType"] = "REGEX"
        many = {**self.rule(), "RepositoryFilters": self.rule("a")["RepositoryFilters"] * 101}
        cases = {
            "cannot be the same as the source": [self.rule(region="eu-central-1")],
            "11 rules, of which there may be 10": [self.rule()] * 11,
            "101 repositoryFilters, of which there may be 100": [many],
            "filterType must be PREFIX_MATCH, not REGEX": [kind],
        }
        for told, rules in cases.items():
            with self.subTest(told), self.refused(told):
                self.configure(*rules)
