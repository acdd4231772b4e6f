import json

from emulator.core.seams import s3
from test.support.data_tiers import DataTest
from test.support.emulated import change, deploy, destroy, make, reasons, remove, resource

BUCKET = "AWS::S3::Bucket"


def encryption(**default) -> dict:
    """The encryption of a bucket."""
    return {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [{"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": default}]
        }
    }


class Buckets(DataTest):
    """A bucket has the settings of its template."""

    def shown(self, setting: str, name: str = "") -> str:
        body = getattr(s3, f"_get_{setting}")(name or self.name())[2]
        return body.decode() if isinstance(body, bytes) else body

    def name(self, suffix: str = "bucket") -> str:
        """Names of buckets are everyone's."""
        return f"{suffix}-{self.account}"

    def make(self, suffix: str = "bucket", **properties) -> str:
        return make(BUCKET, BucketName=self.name(suffix), **properties)[0]

    def test_is_encrypted_as_it_says(self):
        self.make(**encryption(SSEAlgorithm="aws:kms", KMSMasterKeyID="key"))
        self.assertIn(
            "<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>key</KMSMasterKeyID>", self.shown("bucket_encryption")
        )
        self.assertIn("<BucketKeyEnabled>true<", self.shown("bucket_encryption"))
        with self.refused("The XML you provided was not well-formed"):
            self.make("other", **encryption(SSEAlgorithm="aws:kmx"))

    def test_is_encrypted_with_the_accounts_key_where_it_names_none(self):
        self.make(**encryption(SSEAlgorithm="aws:kms"))
        self.assertIn("<KMSMasterKeyID>alias/aws/s3<", self.shown("bucket_encryption"))

    def test_has_its_tags(self):
        self.make(Tags=[{"Key": "Owner", "Value": "a & b"}])
        self.assertIn("<Key>Owner</Key><Value>a &amp; b</Value>", self.shown("bucket_tagging"))

    def test_expires_what_it_says(self):
        self.make(
            LifecycleConfiguration={
                "Rules": [
                    {
                        "Id": "old",
                        "Status": "Enabled",
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                        "Prefix": "a/",
                        "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER_IR", "TransitionInDays": 10}],
                    },
                    {
                        "Id": "all",
                        "Status": "Enabled",
                        "ExpirationInDays": 365,
                        "Transitions": [{"StorageClass": "STANDARD_IA", "TransitionInDays": 30}],
                    },
                ]
            }
        )
        shown = self.shown("bucket_lifecycle")
        for part in (
            "<ID>old<",
            "<Prefix>a/<",
            "<NoncurrentDays>30<",
            "<DaysAfterInitiation>7<",
            "<Days>365<",
            "<StorageClass>STANDARD_IA<",
            "<StorageClass>GLACIER_IR<",
        ):
            self.assertIn(part, shown)

    def test_refuses_a_rule_that_does_nothing(self):
        with self.refused("At least one action needs to be specified in the lifecycle rule idle."):
            self.make(LifecycleConfiguration={"Rules": [{"Id": "idle", "Status": "Enabled"}]})
        self.assertIn("NoSuchBucket", self.shown("bucket_lifecycle"))

    def test_logs_access_to_a_bucket_that_is_there(self):
        log = {"LoggingConfiguration": {"DestinationBucketName": self.name("logs"), "LogFilePrefix": "a/"}}
        told = f"The target bucket for logging does not exist: {self.name('logs')}"
        with self.refused(told):
            self.make(**log)
        self.make()
        with self.refused(told):
            change(BUCKET, self.name(), {}, log)
        self.make("logs")
        change(BUCKET, self.name(), {}, log)
        self.assertIn(
            f"<TargetBucket>{self.name('logs')}</TargetBucket><TargetPrefix>a/<", self.shown("bucket_logging")
        )
        change(BUCKET, self.name(), log, {})
        self.assertNotIn("TargetBucket", self.shown("bucket_logging"))

    def test_keeps_access_and_versions_as_it_says(self):
        blocked = dict.fromkeys(
            ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
        )
        self.make(
            PublicAccessBlockConfiguration=blocked,
            VersioningConfiguration={"Status": "Enabled"},
            OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        )
        self.assertEqual(self.shown("public_access_block").count(">true<"), 4)
        self.assertIn("<Status>Enabled<", self.shown("bucket_versioning"))
        self.assertIn("<ObjectOwnership>BucketOwnerEnforced<", self.shown("bucket_ownership_controls"))

    def test_a_policy_comes_and_goes(self):
        policy = {"Bucket": self.make(), "PolicyDocument": {"Statement": [{"Effect": "Deny"}]}}
        physical_id, _ = make("AWS::S3::BucketPolicy", **policy)
        self.assertEqual(json.loads(self.shown("bucket_policy"))["Statement"], [{"Effect": "Deny"}])
        remove("AWS::S3::BucketPolicy", physical_id, **policy)
        self.assertIn("NoSuchBucketPolicy", self.shown("bucket_policy"))

    def test_a_bucket_that_is_not_empty_stays(self):
        deploy("stack", {"Resources": {"Bucket": resource(BUCKET, BucketName=self.name())}})
        s3.buckets[self.name()]["objects"]["key"] = {}
        stack = destroy("stack")
        self.assertEqual(stack["StackStatus"], "DELETE_FAILED")
        self.assertIn("The bucket you tried to delete is not empty", reasons(stack))
        s3.buckets[self.name()]["objects"].clear()
        s3.object_versions[(self.name(), "key")] = [{}]
        self.assertEqual(destroy("stack")["StackStatus"], "DELETE_FAILED")
        s3.object_versions.pop((self.name(), "key"))
        self.assertEqual(destroy("stack")["StackStatus"], "DELETE_COMPLETE")
        remove(BUCKET, self.name())
