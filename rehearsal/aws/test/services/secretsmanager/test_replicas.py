import asyncio
import functools
import json

from ministack.core.responses import request_scope

from emulator.core.seams import secretsmanager
from emulator.services.secretsmanager import replicas
from test.support.data_tiers import DataTest
from test.support.emulated import change, make, remove
from test.support.outages import out

SECRET = "AWS::SecretsManager::Secret"
AWAY = "ap-southeast-2"


@functools.cache
def install() -> None:
    """Put the seams in, which must happen once."""
    replicas.install()


class Replicas(DataTest):
    """A replica has what its primary has, in another region."""

    def setUp(self):
        super().setUp()
        install()
        self.arn = self.make()

    def make(self, **properties) -> str:
        given = {"Name": "platform/key", "SecretString": "first", "ReplicaRegions": [{"Region": AWAY}], **properties}
        return make(SECRET, **given)[0]

    def ask(self, action: str, region: str = "eu-central-1", **parameters) -> dict:
        headers = {"x-amz-target": f"secretsmanager.{action}"}
        body = json.dumps({"SecretId": "platform/key", **parameters}).encode()
        with request_scope(self.account, region):
            return json.loads(asyncio.run(secretsmanager.handle_request("POST", "/", headers, body, {}))[2])

    def value(self, region: str = AWAY) -> str | None:
        return self.ask("GetSecretValue", region).get("SecretString")

    def test_has_each_value_under_the_same_name_and_suffix(self):
        self.assertEqual(self.value(), "first")
        self.ask("PutSecretValue", SecretString="second")
        self.assertEqual(self.value(), "second")
        told = self.ask("DescribeSecret", AWAY)
        self.assertEqual((told["ARN"], told["PrimaryRegion"]), (self.arn.replace("eu-central-1", AWAY), "eu-central-1"))

    def test_has_a_value_late_whose_region_is_out(self):
        with out(AWAY):
            self.ask("PutSecretValue", SecretString="second")
            self.assertEqual(self.value(), "first")
        self.assertEqual(self.value(), "second")

    def test_of_a_secret_without_a_value_has_none(self):
        make(SECRET, Name="platform/dsn", ReplicaRegions=[{"Region": AWAY}])
        with request_scope(self.account, AWAY):
            self.assertEqual(secretsmanager.secrets["platform/dsn"]["Versions"], {})
        self.ask("PutSecretValue", SecretId="platform/dsn", SecretString="later")
        self.assertEqual(self.ask("GetSecretValue", AWAY, SecretId="platform/dsn")["SecretString"], "later")

    def test_takes_no_value_of_its_own(self):
        told = self.ask("PutSecretValue", AWAY, SecretString="other")
        self.assertIn("You can't perform this operation on a replica secret", str(told))
        self.assertEqual(self.value(), "first")

    def test_a_promoted_one_is_a_secret_of_its_own(self):
        self.ask("StopReplicationToReplica", AWAY)
        self.ask("PutSecretValue", SecretString="second")
        self.assertEqual(self.value(), "first")
        self.ask("PutSecretValue", AWAY, SecretString="other")
        self.assertEqual((self.value(), self.value("eu-central-1")), ("other", "second"))
        self.assertNotIn("ReplicationStatus", self.ask("DescribeSecret"))
        self.assertIn("isn't a replica", str(self.ask("StopReplicationToReplica", AWAY)))

    def test_goes_when_its_region_is_removed_and_comes_back(self):
        self.assertIn("must first remove the replicas", str(self.ask("DeleteSecret")))
        self.assertIn(
            "isn't replicated to eu-west-1",
            str(self.ask("RemoveRegionsFromReplication", RemoveReplicaRegions=["eu-west-1"])),
        )
        told = self.ask("RemoveRegionsFromReplication", RemoveReplicaRegions=[AWAY])
        self.assertEqual((told["ReplicationStatus"], self.value()), ([], None))
        self.ask("ReplicateSecretToRegions", AddReplicaRegions=[{"Region": AWAY}])
        self.assertEqual(self.value(), "first")

    def test_goes_with_its_property_and_with_its_secret(self):
        given = {"Name": "platform/key", "SecretString": "first"}
        old = {**given, "ReplicaRegions": [{"Region": AWAY}]}
        change(SECRET, self.arn, old, given)
        self.assertIsNone(self.value())
        change(SECRET, self.arn, given, old)
        self.assertEqual(self.value(), "first")
        remove(SECRET, self.arn, **old)
        self.assertIsNone(self.value())
