import json
import sys

from ministack.core.responses import request_scope

from emulator.api import inventory
from emulator.core.seams import ecr
from emulator.services.ecr.replication import REPLICATION
from emulator.services.ecr.repositories import REPOSITORY, pushed
from test.services.ecr.test_repositories import RepositoryTest
from test.support.emulated import change, make, remove
from test.support.outages import out


class ReplicationTest(RepositoryTest):
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


class Images(ReplicationTest):
    """A pushed image is replicated where its repository's name fits a rule."""

    DIGESTS = ["sha256:" + digit * 64 for digit in "ab"]

    def held(self, name: str = "platform/api") -> dict[str, list[str]]:
        """Digests and tags of the images in the other region."""
        with request_scope(self.account, "ap-southeast-2"):
            return {image["imageDigest"]: image["imageTags"] for image in ecr.images.get(name, [])}

    def away(self, **properties) -> None:
        with request_scope(self.account, "ap-southeast-2"):
            self.make(**properties)

    def tell(self, digest: str, tag: str, region: str = "eu-central-1") -> None:
        pushed({"region": region, "repository": "platform/api", "tag": tag, "digest": digest})

    def test_is_there_with_its_tag(self):
        self.configure(self.rule("platform/"))
        self.make()
        digest = self.push("1")["image"]["imageId"]["imageDigest"]
        self.assertEqual(self.held(), {digest: ["1"]})
        self.tell(self.DIGESTS[0], "2")
        self.assertEqual(self.held(), {digest: ["1"], self.DIGESTS[0]: ["2"]})
        status, headers, _ = ecr.v2_put_manifest("platform/api", "3", {}, b'{"schemaVersion": 2}')
        self.assertEqual((status, self.held()[headers["Docker-Content-Digest"]]), (201, ["3"]))
        with request_scope(self.account, "ap-southeast-2"):
            self.assertIn(headers["Docker-Content-Digest"], ecr.manifest_blobs["platform/api"])

    def test_leaves_nothing_behind_when_its_repositories_go(self):
        self.configure(self.rule())
        self.make(EmptyOnDelete=True)
        self.tell(self.DIGESTS[0], "1")
        for region in ("eu-central-1", "ap-southeast-2"):
            with request_scope(self.account, region):
                remove(REPOSITORY, "platform/api", EmptyOnDelete=True)
        held = [each for each in inventory.held(dict(sys.modules)) if each["account"] == self.account]
        self.assertEqual([each["store"] for each in held if each["service"] == "ecr"], ["_replication_configurations"])

    def test_only_after_the_rule_and_only_of_its_repositories(self):
        self.make()
        self.make("other/api")
        self.push("1")
        self.configure(self.rule("platform/"))
        self.push("1", name="other/api")
        self.assertEqual((self.held(), self.held("other/api")), ({}, {}))

    def test_what_comes_by_replication_goes_no_further(self):
        with request_scope(self.account, "ap-southeast-2"):
            self.configure(self.rule(region="eu-west-1"))
        self.configure(self.rule())
        self.make()
        self.push("1")
        self.assertEqual(len(self.held()), 1)
        with request_scope(self.account, "eu-west-1"):
            self.assertNotIn("platform/api", ecr.repositories)

    def test_a_repository_that_is_there_keeps_its_settings_and_its_immutable_tags(self):
        self.configure(self.rule())
        self.away(ImageTagMutability="IMMUTABLE")
        self.tell(self.DIGESTS[0], "1", region="ap-southeast-2")
        self.make()
        self.tell(self.DIGESTS[1], "1")
        self.assertEqual(self.held(), {self.DIGESTS[0]: ["1"], self.DIGESTS[1]: []})
        with request_scope(self.account, "ap-southeast-2"):
            self.assertEqual(ecr.repositories["platform/api"]["imageTagMutability"], "IMMUTABLE")

    def test_a_mutable_tag_moves(self):
        self.configure(self.rule())
        self.away()
        self.tell(self.DIGESTS[0], "1", region="ap-southeast-2")
        self.make()
        self.tell(self.DIGESTS[1], "1")
        self.assertEqual(self.held(), {self.DIGESTS[0]: [], self.DIGESTS[1]: ["1"]})

    def test_waits_for_a_region_that_is_out(self):
        self.configure(self.rule())
        self.make()
        with out("ap-southeast-2"):
            self.tell(self.DIGESTS[0], "1")
            self.assertEqual(self.held(), {})
        self.assertEqual(self.held(), {self.DIGESTS[0]: ["1"]})
