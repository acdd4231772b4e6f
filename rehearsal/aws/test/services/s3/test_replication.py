from ministack.core.responses import request_scope

from emulator.core.seams import s3
from test.support.data_tiers import DataTest
from test.support.emulated import change, make

BUCKET = "AWS::S3::Bucket"
VERSIONED = {"VersioningConfiguration": {"Status": "Enabled"}}
AWAY = "ap-southeast-2"


class ReplicationTest(DataTest):
    def bucket(self, suffix: str, region: str = "eu-central-1", **properties) -> str:
        with request_scope(self.account, region):
            return make(BUCKET, BucketName=f"{suffix}-{self.account}", **properties)[0]

    def replicated(self, **rule) -> dict:
        """Versions, and a rule that replicates into the bucket `copy`."""
        whole = {
            "Id": "recovery",
            "Status": "Enabled",
            "Priority": 0,
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Enabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::copy-{self.account}"},
        }
        return {**VERSIONED, "ReplicationConfiguration": {"Role": self.role(), "Rules": [{**whole, **rule}]}}


class Settings(ReplicationTest):
    """A bucket is replicated as its template says, where S3 would take that."""

    def test_has_its_rule(self):
        self.bucket("copy", AWAY, **VERSIONED)
        name = self.bucket("source", **self.replicated(Filter={"Prefix": "a/"}))
        rule = s3.bucket_replication[name]["Rules"][0]
        self.assertEqual((rule["ID"], rule["Filter"]["Prefix"]), ("recovery", "a/"))
        self.assertEqual(rule["DeleteMarkerReplication"], {"Status": "Enabled"})
        change(BUCKET, name, self.replicated(), VERSIONED)
        self.assertNotIn(name, s3.bucket_replication)

    def test_refuses_a_destination_that_is_missing_or_not_versioned(self):
        told = f"Destination bucket must exist: order the bucket source-{self.account} after copy-{self.account}"
        with self.refused(told):
            self.bucket("source", **self.replicated())
        self.bucket("copy", AWAY)
        with self.refused("Destination bucket must have versioning enabled"):
            self.bucket("source", **self.replicated())

    def test_refuses_a_source_that_is_not_versioned(self):
        self.bucket("copy", AWAY, **VERSIONED)
        properties = self.replicated()
        del properties["VersioningConfiguration"]
        with self.refused("Versioning must be 'Enabled' on the bucket"):
            self.bucket("source", **properties)
