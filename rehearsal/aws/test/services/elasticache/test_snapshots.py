import asyncio
from urllib.parse import urlencode

from ministack.core.responses import request_scope

from emulator.api.rows import change_keys, snapshot_cache
from emulator.core.answers import parsed
from emulator.core.seams import elasticache, s3
from emulator.services.elasticache.snapshots import checksum, shards_of
from test.services.elasticache.test_replication_groups import GROUP, CacheTest
from test.support.emulated import REGION, change, deploy, destroy, make, resource

BUCKET, POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
ACTIONS = [
    *("s3:PutObject", "s3:GetObject", "s3:ListBucket", "s3:GetBucketAcl"),
    *("s3:ListMultipartUploadParts", "s3:ListBucketMultipartUploads"),
]
KEYS = {f"key-{i}": str(i) for i in range(20)}


class SnapshotTest(CacheTest):
    """A cache with keys in two shards, and a bucket that lets ElastiCache in."""

    def setUp(self):
        super().setUp()
        make(GROUP, **self.cache())
        self.keys(KEYS)
        self.bucket = self.let_in("snapshots", ACTIONS)

    def keys(self, given: dict | None = None, cache: str = "cache") -> dict:
        return change_keys({"region": REGION, "cache": cache, "keys": given})["keys"]

    def let_in(self, name: str, actions: list[str], region: str = REGION) -> str:
        with request_scope(self.account, region):
            bucket = make(BUCKET, BucketName=f"{name}-{self.account}")[0]
            if actions:
                arn, principal = f"arn:aws:s3:::{bucket}", f"{region}.elasticache-snapshot.amazonaws.com"
                statement = {"Effect": "Allow", "Action": actions, "Resource": [arn, f"{arn}/*"]}
                make(
                    POLICY,
                    Bucket=bucket,
                    PolicyDocument={"Statement": [{**statement, "Principal": {"Service": principal}}]},
                )
        return bucket

    def ask(self, action: str, **parameters: str) -> dict:
        body = urlencode({"Action": action, **parameters}).encode()
        response = asyncio.run(elasticache.handle_request("POST", "/", {}, body, {}))
        return parsed("elasticache", action, response) if response[0] < 400 else {"error": str(response[2])}

    def snapshot(self) -> str:
        return snapshot_cache({"region": REGION, "cache": "cache"})["snapshot"]

    def export(self, bucket: str | None = None, **more: str) -> dict:
        names = {
            "SourceSnapshotName": self.snapshot(),
            "TargetSnapshotName": "export",
            "TargetBucket": bucket or self.bucket,
        }
        return self.ask("CopySnapshot", **{**names, **more})

    def restored(self, **properties) -> dict:
        make(GROUP, **self.cache(**{"ReplicationGroupId": "restored", **properties}))
        return self.keys(cache="restored")


class Keys(SnapshotTest):
    """A cache has keys."""

    def test_are_there_with_their_checksum(self):
        told = change_keys({"region": REGION, "cache": "cache", "keys": {"key-0": "other"}})
        self.assertEqual(told, {"keys": {**KEYS, "key-0": "other"}, "sha256": checksum({**KEYS, "key-0": "other"})})

    def test_are_in_the_shards_of_their_slots(self):
        """Slots that `CLUSTER KEYSLOT` of Redis 7.2 says: foo 12182, bar 5061."""
        self.assertEqual(shards_of({"foo": "1", "bar": "2"}, 2), [{"bar": "2"}, {"foo": "1"}])

    def test_stay_when_the_cache_changes(self):
        change(GROUP, "cache", self.cache(), self.cache(SnapshotRetentionLimit=8))
        self.assertEqual(self.keys(), KEYS)


class Snapshots(SnapshotTest):
    """A snapshot has the keys of its time."""

    def test_automatic_one_is_listed(self):
        name = self.snapshot()
        self.assertRegex(name, r"^automatic\.cache-\d{4}(-\d\d){4}$")
        self.assertNotEqual(self.snapshot(), name)
        found = self.ask("DescribeSnapshots", ReplicationGroupId="cache")["Snapshots"]
        self.assertEqual([held["SnapshotSource"] for held in found], ["automated"] * 2)
        self.assertEqual(len(found[0]["NodeSnapshots"]), 2)

    def test_automatic_one_is_made_where_the_cache_keeps_some(self):
        make(GROUP, **self.cache(ReplicationGroupId="bare", SnapshotRetentionLimit=0))
        with self.refused("its SnapshotRetentionLimit is 0"):
            snapshot_cache({"region": REGION, "cache": "bare"})

    def test_a_cache_begins_with_one(self):
        name = self.snapshot()
        self.keys({"key-0": "later"})
        self.assertEqual(self.restored(SnapshotName=name), KEYS)
        with self.refused("Snapshot absent not found"):
            self.restored(ReplicationGroupId="other", SnapshotName="absent")

    def test_a_final_one_has_the_keys(self):
        template = {
            "Cache": {**resource(GROUP, **self.cache(ReplicationGroupId="final")), "DeletionPolicy": "Snapshot"}
        }
        deploy("final", {"Resources": template})
        self.keys(KEYS, "final")
        destroy("final")
        name = next(name for name in elasticache.snapshots if name.startswith("final-snapshot-"))
        self.assertEqual(self.restored(SnapshotName=name), KEYS)

    def test_is_copied_in_its_region(self):
        self.export(TargetBucket="")
        self.assertEqual(self.restored(SnapshotName="export"), KEYS)


class Exports(SnapshotTest):
    """A snapshot is exported into a bucket, from whose files a cache begins."""

    def test_has_a_file_for_each_shard(self):
        self.assertNotIn("error", self.export())
        self.assertEqual(sorted(s3.buckets[self.bucket]["objects"]), ["export-0001.rdb", "export-0002.rdb"])

    def test_a_cache_begins_with_the_files_whatever_its_shards(self):
        self.export()
        arns = [f"arn:aws:s3:::{self.bucket}/export-{shard}.rdb" for shard in ("0001", "0002")]
        self.assertEqual(self.restored(SnapshotArns=arns, NumNodeGroups=3), KEYS)
        self.restored(ReplicationGroupId="half", SnapshotArns=arns[:1])
        self.assertEqual(self.keys(cache="half"), shards_of(KEYS, 2)[0])

    def test_refuses_what_elasticache_would(self):
        cases = {
            "Snapshot absent not found": {"SourceSnapshotName": "absent"},
            "TargetSnapshotName must begin": {"TargetSnapshotName": "automatic.export"},
            "does not exist": {"TargetBucket": "absent"},
            "is outside of the region": {"TargetBucket": self.let_in("away", ACTIONS, "ap-southeast-2")},
            "granted READ permissions": {"TargetBucket": self.let_in("closed", [])},
            "granted WRITE permissions": {"TargetBucket": self.let_in("read", ACTIONS[1:])},
            "granted READ_ACP permissions": {
                "TargetBucket": self.let_in("acl", [a for a in ACTIONS if "Acl" not in a])
            },
        }
        for told, given in cases.items():
            with self.subTest(told):
                self.assertIn(told, self.export(**given)["error"])
        self.assertEqual(s3.buckets[self.bucket]["objects"], {})
        self.export()
        self.assertIn("The S3 object export-0001.rdb already exists", self.export()["error"])

    def test_refuses_files_that_are_missing_or_none(self):
        s3.put_object(self.bucket, "other.rdb", b"{}", {})
        closed = self.let_in("closed", [])
        cases = {
            "The S3 object export-0001.rdb does not exist in the bucket": f"{self.bucket}/export-0001.rdb",
            "is no valid RDB file": f"{self.bucket}/other.rdb",
            "The S3 bucket absent does not exist": "absent/export-0001.rdb",
            "granted READ permissions": f"{closed}/export-0001.rdb",
        }
        for told, place in cases.items():
            with self.subTest(told), self.refused(told):
                self.restored(SnapshotArns=[f"arn:aws:s3:::{place}"])
        self.assertNotIn("restored", elasticache.replication_groups)
