from ministack.core.responses import request_scope

from emulator.core.seams import s3
from test.support.data_tiers import DataTest
from test.support.emulated import change, make, resource
from test.support.outages import out

BUCKET = "AWS::S3::Bucket"
VERSIONED = {"VersioningConfiguration": {"Status": "Enabled"}}
AWAY = "ap-southeast-2"


class ReplicationTest(DataTest):
    def bucket(self, suffix: str, region: str = "eu-central-1", **properties) -> str:
        with request_scope(self.account, region):
            return make(BUCKET, BucketName=f"{suffix}-{self.account}", **properties)[0]

    def replicating(self) -> str:
        """The ARN of a role that S3 may assume."""
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "s3.amazonaws.com"}}
        trust = {"Statement": [statement]}
        return make("AWS::IAM::Role", RoleName="replication", AssumeRolePolicyDocument=trust)[1]["Arn"]

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
        return {**VERSIONED, "ReplicationConfiguration": {"Role": self.replicating(), "Rules": [{**whole, **rule}]}}


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

    def test_its_destination_comes_before(self):
        copy = resource(BUCKET, BucketName=f"copy-{self.account}", **VERSIONED)
        source = resource(BUCKET, BucketName=f"source-{self.account}", **self.replicated())
        told = f"order the bucket source-{self.account} after copy-{self.account}"
        self.assert_refused_in_every_order({"Source": source, "Copy": copy}, told)
        self.assert_deployed_in_every_order({"Source": {**source, "DependsOn": "Copy"}, "Copy": copy})

    def test_refuses_a_source_that_is_not_versioned(self):
        self.bucket("copy", AWAY, **VERSIONED)
        properties = self.replicated()
        del properties["VersioningConfiguration"]
        with self.refused("Versioning must be 'Enabled' on the bucket"):
            self.bucket("source", **properties)


class Objects(ReplicationTest):
    """Objects that come into a bucket are replicated by its rules."""

    def setUp(self):
        super().setUp()
        self.copy = self.bucket("copy", AWAY, **VERSIONED)

    def source(self, **rule) -> str:
        return self.bucket("source", **self.replicated(**rule))

    def put(self, name: str, key: str, body: bytes = b"content", **headers) -> str:
        named = {f"x-amz-{header.replace('_', '-')}": value for header, value in headers.items()}
        return s3.put_object(name, key, body, named)[1]["x-amz-version-id"]

    def versions(self, name: str, key: str) -> list[dict]:
        return s3.object_versions.get((name, key), [])

    def ids(self, name: str, key: str) -> list[tuple[str, bool]]:
        return [(held["version_id"], held.get("is_delete_marker", False)) for held in self.versions(name, key)]

    def status(self, name: str, key: str, **query) -> str | None:
        return s3.head_object(name, key, {}, query)[1].get("x-amz-replication-status")

    def test_every_version_has_its_id_content_and_metadata(self):
        name = self.source()
        first = self.put(name, "a", b"1", meta_of="one")
        second = self.put(name, "a", b"2")
        self.assertEqual(self.ids(name, "a"), [(first, False), (second, False)])
        self.assertEqual(self.ids(self.copy, "a"), self.ids(name, "a"))
        copied = s3.get_object(self.copy, "a", {}, {"versionId": [first]})
        self.assertEqual((copied[2], copied[1]["x-amz-meta-of"]), (b"1", "one"))
        self.assertEqual((self.status(name, "a"), self.status(self.copy, "a")), ("COMPLETED", "REPLICA"))
        self.assertEqual(s3.get_object(name, "a", {}, {"versionId": [first]})[2], b"1")

    def test_a_delete_marker_is_replicated_where_the_rule_says_so_and_the_deletion_of_a_version_never(self):
        name = self.source()
        version = self.put(name, "a")
        marker = s3.delete_object(name, "a", {}, {})[1]["x-amz-version-id"]
        self.assertEqual(self.ids(self.copy, "a"), [(version, False), (marker, True)])
        s3.delete_object(name, "a", {}, {"versionId": [version]})
        self.assertEqual(self.ids(name, "a"), [(marker, True)])
        self.assertEqual(self.ids(self.copy, "a"), [(version, False), (marker, True)])
        self.put(name, "c")
        s3.delete_objects(name, b"<Delete><Object><Key>c</Key></Object></Delete>")
        self.assertEqual([marker for _, marker in self.ids(self.copy, "c")], [False, True])
        self.assertEqual(self.ids(self.copy, "c"), self.ids(name, "c"))
        change(BUCKET, name, {}, self.replicated(DeleteMarkerReplication={"Status": "Disabled"}))
        version = self.put(name, "b")
        s3.delete_object(name, "b", {}, {})
        self.assertEqual(self.ids(self.copy, "b"), [(version, False)])

    def test_a_rule_takes_its_prefix_and_only_new_objects(self):
        name = self.bucket("source", **VERSIONED)
        self.put(name, "a/old")
        change(BUCKET, name, VERSIONED, self.replicated(Filter={"Prefix": "a/"}))
        for key in ("a/new", "b/new"):
            self.put(name, key)
        copied = [key for key in ("a/old", "a/new", "b/new") if self.versions(self.copy, key)]
        self.assertEqual(copied, ["a/new"])
        self.assertIsNone(self.status(name, "b/new"))

    def test_what_is_encrypted_with_kms_is_replicated_only_by_a_rule_that_says_so(self):
        name = self.source()
        encrypted = {"server_side_encryption": "aws:kms", "server_side_encryption_aws_kms_key_id": "arn:home"}
        self.put(name, "a", **encrypted)
        self.assertEqual((self.versions(self.copy, "a"), self.status(name, "a")), ([], None))
        with request_scope(self.account, AWAY):
            key = make("AWS::KMS::Key", KeyPolicy={})[1]["Arn"]

        def taking(key: str) -> dict:
            return self.replicated(
                SourceSelectionCriteria={"SseKmsEncryptedObjects": {"Status": "Enabled"}},
                Destination={
                    "Bucket": f"arn:aws:s3:::{self.copy}",
                    "EncryptionConfiguration": {"ReplicaKmsKeyID": key},
                },
            )

        change(BUCKET, name, {}, taking(key))
        self.put(name, "a", **encrypted)
        headers = s3.head_object(self.copy, "a", {}, {})[1]
        self.assertEqual(headers["x-amz-server-side-encryption-aws-kms-key-id"], key)
        self.assertEqual(
            s3.head_object(name, "a", {}, {})[1]["x-amz-server-side-encryption-aws-kms-key-id"], "arn:home"
        )
        change(BUCKET, name, {}, taking(f"arn:aws:kms:{AWAY}:{self.account}:key/absent"))
        self.put(name, "b", **encrypted)
        self.assertEqual((self.versions(self.copy, "b"), self.status(name, "b")), ([], "FAILED"))

    def test_fails_without_a_role_that_s3_may_assume(self):
        properties = self.replicated()
        properties["ReplicationConfiguration"]["Role"] = self.role("other")
        name = self.bucket("source", **properties)
        self.put(name, "a")
        self.assertEqual((self.versions(self.copy, "a"), self.status(name, "a")), ([], "FAILED"))

    def test_waits_for_a_region_that_is_out(self):
        name = self.source()
        with out(AWAY):
            version = self.put(name, "a", b"1", tagging="k=v")
            marker = s3.delete_object(name, "a", {}, {})[1]["x-amz-version-id"]
            self.assertEqual(self.versions(self.copy, "a"), [])
            self.assertEqual(self.status(name, "a", versionId=[version]), "PENDING")
        self.assertEqual(self.ids(self.copy, "a"), [(version, False), (marker, True)])
        self.assertEqual(self.ids(name, "a"), self.ids(self.copy, "a"))
        self.assertEqual(self.status(name, "a", versionId=[version]), "COMPLETED")
        self.assertEqual(s3.object_tags[(self.copy, "a", version)], {"k": "v"})
