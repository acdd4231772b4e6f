from ministack.core.responses import request_scope

from emulator.api.rows import change as change_rows
from emulator.core.answers import parsed
from emulator.core.seams import kms, rds
from emulator.services.rds.rows import checksum, content
from test.support.data_tiers import DataTest
from test.support.emulated import REGION, change, deploy, destroy, make, remove, resource
from test.support.outages import out

INSTANCE = "AWS::RDS::DBInstance"
AWAY = "ap-southeast-2"


class RestoreTest(DataTest):
    """An encrypted instance `main`, whose backups are replicated into another region."""

    def setUp(self):
        super().setUp()
        self.keys = {region: self.key(region) for region in (REGION, AWAY)}
        self.properties = self.database(
            StorageEncrypted=True,
            KmsKeyId=self.keys[REGION],
            AutomaticBackupReplicationRegion=AWAY,
            AutomaticBackupReplicationKmsKeyId=self.keys[AWAY],
            AutomaticBackupReplicationRetentionPeriod=3,
        )
        make(INSTANCE, **self.properties)
        self.arn = rds.instances["main"]["DBInstanceArn"]

    def key(self, region: str) -> str:
        with request_scope(self.account, region):
            return make("AWS::KMS::Key", KeyPolicy={})[1]["Arn"]

    def ask(self, action: str, region: str = REGION, **parameters) -> dict:
        """The answer as an SDK has it, or the error."""
        with request_scope(self.account, region):
            status, headers, body = rds.ACTION_MAP[action]({name: [str(value)] for name, value in parameters.items()})
        return parsed("rds", action, (status, headers, body)) if status < 400 else {"error": str(body)}

    def put(self, *rows: int, instance: str = "main", region: str = REGION, **more) -> dict:
        return change_rows(
            {"region": region, "instance": instance, "database": "users", "table": "t", "rows": list(rows), **more}
        )

    def rows(self, instance: str = "main", region: str = REGION) -> list[int]:
        return self.put(instance=instance, region=region)["rows"]

    def backups(self, region: str = REGION, **wanted) -> list[dict]:
        return self.ask("DescribeDBInstanceAutomatedBackups", region, **wanted)["DBInstanceAutomatedBackups"]

    def restore(self, region: str = REGION, **parameters) -> dict:
        return self.ask("RestoreDBInstanceToPointInTime", region, TargetDBInstanceIdentifier="restored", **parameters)


class Rows(RestoreTest):
    """An instance has rows, and a replica those of its source."""

    def test_are_there_with_their_checksum(self):
        self.put(1)
        told = self.put(2)
        self.assertEqual(told, {"rows": [1, 2], "sha256": checksum([1, 2])})
        self.assertEqual(content(rds.instances["main"]), {"users": {"t": [1, 2]}})

    def test_a_replica_has_its_sources_until_it_is_promoted(self):
        make(INSTANCE, DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="main", DBInstanceClass="db.t3.micro")
        self.put(1)
        self.assertEqual(self.rows("replica"), [1])
        with self.refused("is a read replica"):
            self.put(2, instance="replica")
        self.ask("PromoteReadReplica", DBInstanceIdentifier="replica")
        self.put(2)
        self.put(3, instance="replica")
        self.assertEqual((self.rows(), self.rows("replica")), ([1, 2], [1, 3]))
        self.assertEqual(rds.instances["main"]["ReadReplicaDBInstanceIdentifiers"], [])
        self.assertIn("is not a read replica", self.ask("PromoteReadReplica", DBInstanceIdentifier="replica")["error"])

    def test_a_replica_keeps_them_when_its_source_is_deleted(self):
        make(INSTANCE, DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="main", DBInstanceClass="db.t3.micro")
        self.put(1)
        remove(INSTANCE, "main", **self.properties)
        self.assertEqual(self.rows("replica"), [1])

    def test_stay_when_the_instance_changes(self):
        self.put(1)
        change(INSTANCE, "main", self.properties, {**self.properties, "AllocatedStorage": "30"})
        self.assertEqual(self.rows(), [1])

    def test_are_of_an_instance_that_is_there(self):
        with self.refused("instance must be one of eu-central-1"):
            self.put(1, instance="absent")


class Backups(RestoreTest):
    """Automated backups are there, and in the other region."""

    def test_are_described_in_both_regions(self):
        self.put(1)
        home, away = self.backups()[0], self.backups(AWAY, DBInstanceIdentifier="main")[0]
        self.assertEqual((home["Status"], away["Status"]), ("active", "replicating"))
        self.assertEqual(
            (away["Region"], away["KmsKeyId"], away["BackupRetentionPeriod"]), (REGION, self.keys[AWAY], 3)
        )
        self.assertEqual(
            home["DBInstanceAutomatedBackupsReplications"][0]["DBInstanceAutomatedBackupsArn"],
            away["DBInstanceAutomatedBackupsArn"],
        )
        self.assertLess(away["RestoreWindow"]["EarliestTime"], away["RestoreWindow"]["LatestTime"])
        self.assertEqual(self.backups(AWAY, DBInstanceIdentifier="other"), [])

    def test_what_has_not_arrived_is_not_in_the_copy(self):
        self.put(1)
        latest = self.backups(AWAY)[0]["RestoreWindow"]["LatestTime"]
        self.put(2, replicated=False)
        self.assertEqual(self.backups(AWAY)[0]["RestoreWindow"]["LatestTime"], latest)
        self.put(3)
        self.assertGreater(self.backups(AWAY)[0]["RestoreWindow"]["LatestTime"], latest)

    def test_logs_wait_for_a_region_that_is_out(self):
        self.put(1)
        latest = self.backups(AWAY)[0]["RestoreWindow"]["LatestTime"]
        with out(AWAY):
            self.put(2)
            self.assertEqual(self.backups(AWAY)[0]["RestoreWindow"]["LatestTime"], latest)
        self.assertGreater(self.backups(AWAY)[0]["RestoreWindow"]["LatestTime"], latest)

    def test_copies_outlive_their_instance(self):
        self.put(1)
        remove(INSTANCE, "main", **self.properties)
        self.assertEqual(self.backups(), [])
        held = self.backups(AWAY)[0]
        self.assertEqual(held["Status"], "retained")
        arn = held["DBInstanceAutomatedBackupsArn"]
        self.restore(AWAY, SourceDBInstanceAutomatedBackupsArn=arn, UseLatestRestorableTime="true")
        self.assertEqual(self.rows("restored", AWAY), [1])
        self.ask("DeleteDBInstanceAutomatedBackup", AWAY, DBInstanceAutomatedBackupsArn=arn)
        self.assertEqual(self.backups(AWAY, DBInstanceIdentifier="main"), [])

    def test_replication_stops_and_starts(self):
        change(INSTANCE, "main", self.properties, self.database(StorageEncrypted=True, KmsKeyId=self.keys[REGION]))
        self.assertEqual(self.backups(AWAY)[0]["Status"], "retained")
        told = self.ask("StopDBInstanceAutomatedBackupsReplication", AWAY, SourceDBInstanceArn=self.arn)
        self.assertIn("are not replicated", told["error"])
        start = lambda **more: self.ask(
            "StartDBInstanceAutomatedBackupsReplication", AWAY, SourceDBInstanceArn=self.arn, **more
        )
        self.assertIn("is not accessible in ap-southeast-2", start()["error"])
        self.assertIn("is not accessible in ap-southeast-2", start(KmsKeyId=self.keys[REGION])["error"])
        self.assertEqual(start(KmsKeyId=self.keys[AWAY])["DBInstanceAutomatedBackup"]["Status"], "replicating")
        self.ask("StopDBInstanceAutomatedBackupsReplication", AWAY, SourceDBInstanceArn=self.arn)
        self.put(1)
        self.assertEqual(self.backups(AWAY)[0]["Status"], "retained")


class PointInTime(RestoreTest):
    """An instance is restored to a moment within the window of its backups."""

    def setUp(self):
        super().setUp()
        self.put(1)
        self.copy = self.backups(AWAY)[0]
        self.first = self.copy["RestoreWindow"]["LatestTime"].isoformat()
        self.put(2)
        self.source = {"SourceDBInstanceAutomatedBackupsArn": self.copy["DBInstanceAutomatedBackupsArn"]}

    def test_has_the_rows_of_that_time(self):
        told = self.restore(SourceDBInstanceIdentifier="main", RestoreTime=self.first)["DBInstance"]
        self.assertEqual((self.rows("restored"), self.rows()), ([1], [1, 2]))
        self.assertEqual(
            (told["MasterUsername"], told["EngineVersion"], told["KmsKeyId"]), ("admin", "8.4.9", self.keys[REGION])
        )

    def test_has_the_latest_rows_in_the_other_region_with_the_key_of_the_copy(self):
        self.put(3, replicated=False)
        told = self.restore(AWAY, **self.source, UseLatestRestorableTime="true")["DBInstance"]
        self.assertEqual(self.rows("restored", AWAY), [1, 2])
        self.assertEqual((told["KmsKeyId"], told["StorageEncrypted"]), (self.keys[AWAY], True))

    def test_refuses_what_rds_would(self):
        latest = {"UseLatestRestorableTime": "true"}
        cases = {
            "Exactly one of RestoreTime and UseLatestRestorableTime": {"SourceDBInstanceIdentifier": "main"},
            "must be given, not none": latest,
            "DBInstance absent not found": {"SourceDBInstanceIdentifier": "absent", **latest},
            "cannot be restored to 2020-01-01": {
                "SourceDBInstanceIdentifier": "main",
                "RestoreTime": "2020-01-01T00:00:00Z",
            },
            "cannot be restored to 2090-01-01": {
                "SourceDBInstanceIdentifier": "main",
                "RestoreTime": "2090-01-01T00:00:00Z",
            },
            "was not found in eu-central-1": {"SourceDBInstanceAutomatedBackupsArn": "arn:absent", **latest},
            "DBSubnetGroup not found": {"SourceDBInstanceIdentifier": "main", "DBSubnetGroupName": "absent", **latest},
        }
        for told, given in cases.items():
            with self.subTest(told):
                self.assertIn(told, self.restore(**given)["error"])
        self.assertNotIn("restored", rds.instances)
        self.restore(SourceDBInstanceIdentifier="main", **latest)
        self.assertIn("already exists", self.restore(SourceDBInstanceIdentifier="main", **latest)["error"])

    def test_refuses_beyond_what_arrived_and_without_the_key(self):
        self.put(3, replicated=False)
        later = self.backups()[0]["RestoreWindow"]["LatestTime"].isoformat()
        self.assertIn("cannot be restored to", self.restore(AWAY, **self.source, RestoreTime=later)["error"])
        with request_scope(self.account, AWAY):
            kms.resolve_key(self.keys[AWAY])["KeyState"] = "PendingDeletion"
        told = self.restore(AWAY, **self.source, UseLatestRestorableTime="true")["error"]
        self.assertIn(f"The KMS key {self.keys[AWAY]} is not accessible", told)

    def test_refuses_an_instance_without_backups(self):
        make(INSTANCE, **self.database("bare", BackupRetentionPeriod=0))
        told = self.restore(SourceDBInstanceIdentifier="bare", UseLatestRestorableTime="true")["error"]
        self.assertIn("Automated backups are not enabled for bare", told)

    def test_a_stack_restores_in_the_other_region(self):
        template = {
            "Resources": {
                "Database": resource(
                    INSTANCE,
                    DBInstanceIdentifier="recovered",
                    DBInstanceClass="db.t3.micro",
                    **self.source,
                    UseLatestRestorableTime=True,
                )
            }
        }
        with request_scope(self.account, AWAY):
            self.assertEqual(deploy("recovered", template)["StackStatus"], "CREATE_COMPLETE")
            template["Resources"]["Database"]["Properties"]["AllocatedStorage"] = "30"
            self.assertEqual(deploy("recovered", template)["StackStatus"], "UPDATE_COMPLETE")
        self.assertEqual(self.rows("recovered", AWAY), [1, 2])
        with request_scope(self.account, AWAY):
            self.assertEqual(rds.instances["recovered"]["AllocatedStorage"], 30)
            self.assertEqual(destroy("recovered")["StackStatus"], "DELETE_COMPLETE")


class Snapshots(RestoreTest):
    """A snapshot has the rows of its instance, here and in the other region."""

    def setUp(self):
        super().setUp()
        self.put(1)
        told = self.ask("CreateDBSnapshot", DBSnapshotIdentifier="snapshot", DBInstanceIdentifier="main")
        self.snapshot = told["DBSnapshot"]["DBSnapshotArn"]
        self.put(2)

    def copy(self, **more) -> dict:
        names = {"SourceDBSnapshotIdentifier": self.snapshot, "TargetDBSnapshotIdentifier": "copy"}
        return self.ask("CopyDBSnapshot", AWAY, **{**names, **more})

    def restore_snapshot(self, name: str, region: str) -> dict:
        return self.ask(
            "RestoreDBInstanceFromDBSnapshot", region, DBSnapshotIdentifier=name, DBInstanceIdentifier="restored"
        )

    def test_is_restored(self):
        self.restore_snapshot("snapshot", REGION)
        self.assertEqual(self.rows("restored"), [1])
        self.assertIn("already exists", self.restore_snapshot("snapshot", REGION)["error"])
        remove(INSTANCE, "restored")
        self.assertIn("DBSnapshot absent not found", self.restore_snapshot("absent", REGION)["error"])

    def test_is_copied_with_a_key_of_the_other_region(self):
        self.assertIn("The KMS key None is not accessible in ap-southeast-2", self.copy()["error"])
        told = self.copy(KmsKeyId=self.keys[AWAY])["DBSnapshot"]
        self.assertEqual((told["KmsKeyId"], told["DBSnapshotIdentifier"]), (self.keys[AWAY], "copy"))
        self.assertIn("already exists", self.copy(KmsKeyId=self.keys[AWAY])["error"])
        self.assertIn("not found", self.copy(SourceDBSnapshotIdentifier=self.snapshot + "x")["error"])
        remove(INSTANCE, "main", **self.properties)
        self.restore_snapshot("copy", AWAY)
        self.assertEqual(self.rows("restored", AWAY), [1])

    def test_a_stack_restores_one(self):
        make(INSTANCE, DBInstanceIdentifier="recovered", DBSnapshotIdentifier="snapshot", DBInstanceClass="db.t3.micro")
        self.assertEqual(self.rows("recovered"), [1])
        with self.refused("DBSnapshot absent not found"):
            make(INSTANCE, DBInstanceIdentifier="other", DBSnapshotIdentifier="absent", DBInstanceClass="db.t3.micro")
