import asyncio
import json

from ministack.core.responses import request_scope

from emulator.api.rows import change as change_rows
from emulator.core.answers import parsed
from emulator.core.seams import backup, rds, s3
from emulator.services.backup import restore_testing, runs
from emulator.services.backup.vaults import AIR_GAPPED
from test.support.backups import BackupTest
from test.support.emulated import REGION, make, remove

INSTANCE, BUCKET = "AWS::RDS::DBInstance", "AWS::S3::Bucket"
AWAY = "ap-southeast-2"


class JobTest(BackupTest):
    """An encrypted database with a row, a bucket, and vaults with keys in two regions."""

    def setUp(self):
        super().setUp()
        self.keys = {}
        for region, name in ((REGION, "vault"), (AWAY, "copies")):
            with request_scope(self.account, region):
                self.keys[region] = make("AWS::KMS::Key", KeyPolicy={})[1]["Arn"]
                self.vault(name, EncryptionKeyArn=self.keys[region])
        make(INSTANCE, **self.database(StorageEncrypted=True, KmsKeyId=self.keys[REGION]))
        self.arn = rds.instances["main"]["DBInstanceArn"]
        self.copies = f"arn:aws:backup:{AWAY}:{self.account}:backup-vault:copies"
        self.put("first")

    def put(self, *rows: str, instance: str = "main", region: str = REGION) -> list:
        return change_rows(
            {"region": region, "instance": instance, "database": "users", "table": "t", "rows": list(rows)}
        )["rows"]

    def ask(
        self, operation: str, method: str, path: str, region: str = REGION, query: dict | None = None, **body
    ) -> dict:
        given = json.dumps(body).encode() if body else b""
        with request_scope(self.account, region):
            status, headers, answer = asyncio.run(backup.handle_request(method, path, {}, given, query or {}))
        return parsed("backup", operation, (status, headers, answer)) if status < 400 else {"error": json.loads(answer)}

    def back_up(self, arn: str | None = None, **more) -> dict:
        given = {"BackupVaultName": "vault", "ResourceArn": arn or self.arn, "IamRoleArn": self.backup_role, **more}
        started = self.ask("StartBackupJob", "PUT", "/backup-jobs", **given)
        if "error" in started:
            return started
        return self.ask("DescribeBackupJob", "GET", f"/backup-jobs/{started['BackupJobId']}")

    def copy(self, arn: str, destination: str | None = None, **more) -> dict:
        given = {
            "SourceBackupVaultName": "vault",
            "RecoveryPointArn": arn,
            "DestinationBackupVaultArn": destination or self.copies,
            "IamRoleArn": self.backup_role,
            **more,
        }
        started = self.ask("StartCopyJob", "PUT", "/copy-jobs", **given)
        return self.ask("DescribeCopyJob", "GET", f"/copy-jobs/{started['CopyJobId']}")["CopyJob"]

    def restore(self, arn: str, region: str = REGION, **metadata) -> dict:
        given = {"RecoveryPointArn": arn, "IamRoleArn": self.backup_role, "Metadata": metadata}
        started = self.ask("StartRestoreJob", "PUT", "/restore-jobs", region, **given)
        if "error" in started:
            return started
        return self.ask("DescribeRestoreJob", "GET", f"/restore-jobs/{started['RestoreJobId']}", region)

    def points(self, vault: str = "vault", region: str = REGION, **query) -> list[dict]:
        path = f"/backup-vaults/{vault}/recovery-points/"
        return self.ask("ListRecoveryPointsByBackupVault", "GET", path, region, query)["RecoveryPoints"]

    def bucket(self, **versions) -> str:
        """A bucket with two versions of `a`, and `b` deleted."""
        name = make(BUCKET, BucketName=f"uploads-{self.account}", **versions)[0]
        for key, body in (("a", b"1"), ("a", b"2"), ("b", b"3")):
            s3.put_object(name, key, body, {"x-amz-meta-of": "x", "content-type": "text/plain"})
        s3.delete_object(name, "b", {}, {})
        return name


class BackupJobs(JobTest):
    """A backup has what its resource had."""

    def test_of_a_database_is_in_the_vault(self):
        job = self.back_up()
        self.assertEqual((job["State"], job["ResourceType"], job["IsEncrypted"]), ("COMPLETED", "RDS", True))
        self.assertGreater(job["BackupSizeInBytes"], 0)
        held = self.points(resourceType="RDS")
        self.assertEqual([point["RecoveryPointArn"] for point in held], [job["RecoveryPointArn"]])
        self.assertEqual(held[0]["EncryptionKeyArn"], self.keys[REGION])
        self.assertEqual(self.points(resourceType="S3"), [])
        self.assertEqual(len(self.points(resourceArn=self.arn)), 1)
        vault = self.ask("DescribeBackupVault", "GET", "/backup-vaults/vault")
        self.assertEqual((vault["NumberOfRecoveryPoints"], vault["Locked"]), (1, False))
        path = f"/backup-vaults/vault/recovery-points/{job['RecoveryPointArn']}"
        self.assertEqual(self.ask("DescribeRecoveryPoint", "GET", path)["Status"], "COMPLETED")
        metadata = self.ask("GetRecoveryPointRestoreMetadata", "GET", path + "/restore-metadata")["RestoreMetadata"]
        self.assertEqual(metadata["Engine"], "mysql")

    def test_refuses_what_aws_would(self):
        cases = {
            "Backup vault absent does not exist": {"BackupVaultName": "absent"},
            "cannot be assumed by AWS Backup": {"IamRoleArn": self.role()},
            "Unsupported resource type": {"arn": "arn:aws:sns:eu-central-1:1:topic"},
        }
        for told, given in cases.items():
            with self.subTest(told):
                self.assertIn(told, self.back_up(**given)["error"]["Message"])

    def test_fails_without_its_resource(self):
        job = self.back_up(self.arn + "x")
        self.assertEqual((job["State"], self.points()), ("FAILED", []))
        self.assertIn("not found", job["StatusMessage"])

    def test_fails_for_a_bucket_without_versions(self):
        name = self.bucket()
        self.assertIn("has no versioning", self.back_up(f"arn:aws:s3:::{name}")["StatusMessage"])

    def test_fails_for_a_retention_that_the_lock_of_the_vault_refuses(self):
        self.vault("locked", LockConfiguration={"MinRetentionDays": 7, "MaxRetentionDays": 35})
        for days, state in ((6, "FAILED"), (7, "COMPLETED"), (35, "COMPLETED"), (36, "FAILED"), (None, "FAILED")):
            with self.subTest(days=days):
                lifecycle = {"DeleteAfterDays": days} if days else {}
                job = self.back_up(BackupVaultName="locked", Lifecycle=lifecycle)
                self.assertEqual(job["State"], state, job)


class CopyJobs(JobTest):
    """A copy has the content of its source, in the vault of another region."""

    def test_is_in_the_other_vault_under_its_key(self):
        job = self.copy(self.back_up()["RecoveryPointArn"])
        self.assertEqual(job["State"], "COMPLETED", job)
        held = self.points("copies", AWAY)
        self.assertEqual([point["RecoveryPointArn"] for point in held], [job["DestinationRecoveryPointArn"]])
        self.assertEqual((held[0]["EncryptionKeyArn"], held[0]["ResourceArn"]), (self.keys[AWAY], self.arn))
        checksums = [
            runs.recovery_points({"region": region, "vault": vault})["recoveryPoints"][0]["sha256"]
            for region, vault in ((REGION, "vault"), (AWAY, "copies"))
        ]
        self.assertEqual(checksums[0], checksums[1])

    def test_fails_with_a_reason(self):
        arn = self.back_up()["RecoveryPointArn"]
        with request_scope(self.account, AWAY):
            make(AIR_GAPPED, BackupVaultName="gapped", MinRetentionDays=7, MaxRetentionDays=35)
            self.vault("bare")
        cases = {
            "does not exist": ("absent", {}),
            "The retention of 6 days does not fit the lock": ("gapped", {"DeleteAfterDays": 6}),
            "The retention of no end does not fit the lock": ("gapped", {}),
            "The key of the vault bare is not accessible": ("bare", {}),
        }
        for told, (vault, lifecycle) in cases.items():
            with self.subTest(told):
                job = self.copy(arn, self.copies.replace("copies", vault), Lifecycle=lifecycle)
                self.assertEqual(job["State"], "FAILED")
                self.assertIn(told, job["StatusMessage"])
        job = self.copy(arn, self.copies.replace("copies", "gapped"), Lifecycle={"DeleteAfterDays": 35})
        self.assertEqual(job["State"], "COMPLETED", job)


class RestoreJobs(JobTest):
    """A restored resource has what was backed up."""

    def test_a_database_in_the_other_region(self):
        arn = self.copy(self.back_up()["RecoveryPointArn"])["DestinationRecoveryPointArn"]
        self.put("second")
        job = self.restore(arn, AWAY, DBInstanceIdentifier="restored", DBInstanceClass="db.t3.micro")
        self.assertEqual(job["Status"], "COMPLETED", job)
        self.assertEqual(job["CreatedResourceArn"], f"arn:aws:rds:{AWAY}:{self.account}:db:restored")
        self.assertEqual((self.put(instance="restored", region=AWAY), self.put()), (["first"], ["first", "second"]))
        with request_scope(self.account, AWAY):
            self.assertEqual(rds.instances["restored"]["KmsKeyId"], self.keys[AWAY])

    def test_refuses_and_fails_with_a_reason(self):
        arn = self.back_up()["RecoveryPointArn"]
        self.assertIn("Missing required: DBInstanceIdentifier", self.restore(arn)["error"]["Message"])
        self.assertIn("Cannot find recovery point", self.restore(arn, AWAY)["error"]["Message"])
        cases = {
            "already exists: main": {"DBInstanceIdentifier": "main"},
            "Invalid security group: sg-1": {"DBInstanceIdentifier": "restored", "vpcSecurityGroupIds": '["sg-1"]'},
            "DBSubnetGroup not found: absent": {"DBInstanceIdentifier": "restored", "dbSubnetGroupName": "absent"},
        }
        for told, metadata in cases.items():
            with self.subTest(told):
                job = self.restore(arn, **metadata)
                self.assertEqual(job["Status"], "FAILED")
                self.assertIn(told, job["StatusMessage"])

    def test_a_bucket_with_its_versions(self):
        name = self.bucket(VersioningConfiguration={"Status": "Enabled"})
        job = self.back_up(f"arn:aws:s3:::{name}")
        self.assertEqual((job["State"], job["BackupSizeInBytes"]), ("COMPLETED", 3))
        copied = self.copy(job["RecoveryPointArn"])["DestinationRecoveryPointArn"]
        new = f"restored-{self.account}"
        self.assertIn("does not exist", self.restore(copied, AWAY, DestinationBucketName=new)["StatusMessage"])
        job = self.restore(copied, AWAY, DestinationBucketName=new, NewBucket="true")
        self.assertEqual(job["Status"], "COMPLETED", job)
        self.assertEqual(s3.buckets[new]["region"], AWAY)
        bodies = [held["data"] for held in s3.object_versions[(new, "a")]]
        self.assertEqual((bodies, "b" in s3.buckets[new]["objects"]), ([b"1", b"2"], False))
        headers = s3.head_object(new, "a", {}, {})[1]
        self.assertEqual((headers["x-amz-meta-of"], headers["Content-Type"]), ("x", "text/plain"))


class Deletion(JobTest):
    """A recovery point is deleted where neither a policy nor a lock keeps it."""

    def delete(self, vault: str, **properties) -> dict:
        self.vault(vault, **properties)
        arn = self.back_up(BackupVaultName=vault, Lifecycle={"DeleteAfterDays": 7})["RecoveryPointArn"]
        return self.ask("DeleteRecoveryPoint", "DELETE", f"/backup-vaults/{vault}/recovery-points/{arn}")

    def test_goes(self):
        self.assertNotIn("error", self.delete("open"))
        self.assertEqual(self.points("open"), [])

    def test_stays(self):
        statement = {
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "backup:DeleteRecoveryPoint",
            "Resource": "*",
        }
        denied = self.delete("denied", AccessPolicy={"Version": "2012-10-17", "Statement": [statement]})
        self.assertEqual(denied["error"]["__type"], "AccessDeniedException")
        locked = self.delete("locked", LockConfiguration={"MinRetentionDays": 7})
        self.assertIn("Backup vault configured with Lock", locked["error"]["Message"])
        self.assertEqual((len(self.points("denied")), len(self.points("locked"))), (1, 1))


class Plans(JobTest):
    """The rules of plans run when a rehearsal asks."""

    def test_back_up_and_copy(self):
        plan = self.plan(
            Lifecycle={"DeleteAfterDays": 35},
            CopyActions=[{"DestinationBackupVaultArn": arn} for arn in (self.copies, self.copies + "x")],
        )
        self.select(plan, self.arn, self.arn + "x", "arn:aws:s3:::uploads-*")
        name = self.bucket(VersioningConfiguration={"Status": "Enabled"})
        made = runs.run_plans({"region": REGION})
        states = [(job["ResourceArn"], job["State"]) for job in made["backupJobs"]]
        self.assertEqual(
            states, [(self.arn, "COMPLETED"), (self.arn + "x", "FAILED"), (f"arn:aws:s3:::{name}", "COMPLETED")]
        )
        self.assertEqual([job["State"] for job in made["copyJobs"]], ["COMPLETED", "FAILED"] * 2)
        self.assertEqual(made["backupJobs"][0]["CreatedBy"]["BackupRuleName"], "daily")
        self.assertEqual(len(self.points("copies", AWAY)), 2)
        with self.refused("cannot be deleted because it contains recovery points"):
            remove("AWS::Backup::BackupVault", "vault")

    def test_needs_a_region(self):
        with self.refused("region must be given"):
            runs.run_plans({})


class Trials(JobTest):
    """Backups are restored on trial when a rehearsal asks."""

    def select_trial(self, kind: str, *arns: str, **overrides: str) -> None:
        chosen = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*:vault"], "RecoveryPointTypes": ["SNAPSHOT"]}
        if "plan" not in backup.restore_testing_plans:
            make(restore_testing.PLAN, RestoreTestingPlanName="plan", RecoveryPointSelection=chosen)
        make(
            restore_testing.SELECTION,
            RestoreTestingPlanName="plan",
            RestoreTestingSelectionName=kind.lower(),
            IamRoleArn=self.backup_role,
            ProtectedResourceType=kind,
            ProtectedResourceArns=list(arns) or ["*"],
            RestoreMetadataOverrides=overrides,
        )

    def run_trials(self) -> list[dict]:
        return runs.run_trials({"region": REGION})["restoreJobs"]

    def test_come_back_as_they_were_and_go_again(self):
        name = self.bucket(VersioningConfiguration={"Status": "Enabled"})
        before = (set(rds.instances), set(s3.buckets))
        self.select_trial("RDS", self.arn)
        self.select_trial("S3")
        for arn in (self.arn, f"arn:aws:s3:::{name}"):
            self.back_up(arn)
        for job in self.run_trials():
            self.assertEqual((job["Status"], job["sha256"]), ("COMPLETED", job["expectedSha256"]), job)
        self.assertEqual((set(rds.instances), set(s3.buckets)), before)

    def test_fail_with_a_reason(self):
        self.select_trial("RDS", self.arn, dbSubnetGroupName="absent")
        self.assertIn("No recovery point is eligible", self.run_trials()[0]["StatusMessage"])
        self.back_up()
        self.assertIn("DBSubnetGroup not found: absent", self.run_trials()[0]["StatusMessage"])
