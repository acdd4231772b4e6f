from emulator.core.seams import rds
from emulator.services.rds.instances import family
from test.support.data_tiers import DataTest, described
from test.support.emulated import change, deploy, destroy, make, outputs, reasons, remove, resource

INSTANCE, SUBNETS, PARAMETERS = "AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup", "AWS::RDS::DBParameterGroup"


def held(name: str) -> dict:
    return rds.instances[name]


class Instances(DataTest):
    """A database instance, which RDS takes or refuses."""

    def make(self, *name: str, **properties) -> str:
        return make(INSTANCE, **self.database(*name, **properties))[0]

    def change(self, old: dict, new: dict):
        return change(INSTANCE, "main", self.database(**old), self.database(**new))

    def test_shows_what_is_asked_for(self):
        make(SUBNETS, DBSubnetGroupName="group", DBSubnetGroupDescription="d", SubnetIds=self.subnets)
        role = self.role()
        self.make(
            AllocatedStorage="400",
            MaxAllocatedStorage=500,
            Iops=12000,
            StorageThroughput=500,
            StorageEncrypted=True,
            KmsKeyId="key",
            MultiAZ=True,
            EnableCloudwatchLogsExports=["error", "slowquery"],
            MonitoringInterval=60,
            MonitoringRoleArn=role,
            DBSubnetGroupName="group",
            EnablePerformanceInsights=True,
            PerformanceInsightsKMSKeyId="insights",
            PerformanceInsightsRetentionPeriod=31,
            DeletionProtection=True,
        )
        shown = described("rds", "_describe_db_instances", DBInstanceIdentifier="main")
        for part in (
            "<MaxAllocatedStorage>500<",
            "<Iops>12000<",
            "<StorageThroughput>500<",
            "<KmsKeyId>key<",
            "<StorageEncrypted>true<",
            "<MultiAZ>true<",
            f"<VpcId>{self.vpc}<",
            "<DeletionProtection>true<",
            "<EnabledCloudwatchLogsExports><member>error</member><member>slowquery</member></Enabled",
            f"<MonitoringRoleArn>{role}<",
            "<PerformanceInsightsKMSKeyId>insights<",
            "<DBName></DBName>",
            "<PerformanceInsightsRetentionPeriod>31<",
            "<DBParameterGroupName>default.mysql8.4<",
        ):
            self.assertIn(part, shown)

    def test_changes_in_place(self):
        self.make()
        new = {"EnableCloudwatchLogsExports": ["error"], "DBInstanceClass": "db.m8g.large"}
        self.assertEqual(self.change({}, new)[0], "main")
        self.assertEqual(
            (held("main")["EnabledCloudwatchLogsExports"], held("main")["DBInstanceClass"]), (["error"], "db.m8g.large")
        )
        self.change(new, {})
        self.assertIn("<EnabledCloudwatchLogsExports></", described("rds", "_describe_db_instances"))

    def test_refuses_too_little_storage(self):
        for kind in ("gp2", "gp3"):
            with self.refused(f"Invalid storage size for engine name mysql and storage type {kind}: 19"):
                self.make(StorageType=kind, AllocatedStorage="19")

    def test_refuses_performance_of_small_storage(self):
        for name in ("Iops", "StorageThroughput"):
            with self.refused(
                "You can't specify IOPS or storage throughput for engine mysql and a storage size less than 400."
            ):
                self.make(AllocatedStorage="399", **{name: 3000})

    def test_refuses_a_limit_of_storage_that_leaves_no_room(self):
        with self.refused("MaxAllocatedStorage must be greater than AllocatedStorage, which is 20"):
            self.make(MaxAllocatedStorage=20)

    def test_refuses_to_shrink_storage(self):
        self.make(AllocatedStorage="30")
        with self.refused("The allocated storage can't be reduced from 30 to 20 GiB."):
            self.change({"AllocatedStorage": "30"}, {})
        self.change({"AllocatedStorage": "30"}, {"AllocatedStorage": "40"})
        self.assertEqual(held("main")["AllocatedStorage"], 40)

    def test_refuses_a_parameter_group_that_is_missing_or_of_another_family(self):
        with self.refused("DBParameterGroup not found: missing"):
            self.make(DBParameterGroupName="missing")
        with self.refused("DBParameterGroup not found: default.mysql8.0"):
            self.make(DBParameterGroupName="default.mysql8.0")
        for name in ("mysql8.0", "mysql8.4"):
            make(PARAMETERS, DBParameterGroupName=name.replace(".", ""), Family=name, Description="d")
        with self.refused("Use a parameter group with DBParameterGroupFamily mysql8.4."):
            self.make(DBParameterGroupName="mysql80")
        self.make(DBParameterGroupName="mysql84")
        self.make("other", DBParameterGroupName="default.mysql8.4")

    def test_knows_the_families(self):
        self.assertEqual(
            [family("mysql", "8.4.9"), family("mariadb", "11.4.5"), family("postgres", "17.6")],
            ["mysql8.4", "mariadb11.4", "postgres17"],
        )

    def test_refuses_a_subnet_group_that_is_missing(self):
        with self.refused("DBSubnetGroup not found: missing"):
            self.make(DBSubnetGroupName="missing")

    def test_refuses_a_monitoring_role_that_is_missing(self):
        arn = f"arn:aws:iam::{self.account}:role/missing"
        with self.refused(f"Role {arn} does not exist"):
            self.make(MonitoringInterval=60, MonitoringRoleArn=arn)
        with self.refused("A MonitoringRoleARN value is required"):
            self.make(MonitoringInterval=60)

    def test_refuses_an_identifier_that_is_taken(self):
        self.make()
        with self.refused("DB instance already exists: main"):
            self.make()

    def test_refuses_a_master_user_without_a_name_or_a_valid_password(self):
        for name in ("MasterUsername", "MasterUserPassword"):
            with self.refused(f"The parameter {name} must be provided and must not be blank."):
                self.make(**{name: None})
        for password in ("1234567", "a" * 42, *(f"password{c}" for c in "/'\"@ ")):
            with self.refused("The parameter MasterUserPassword is not a valid password."):
                self.make(MasterUserPassword=password)

    def test_a_protected_instance_stays(self):
        properties = self.database(DeletionProtection=True)
        deploy("stack", {"Resources": {"Database": {**resource(INSTANCE, **properties), "DeletionPolicy": "Snapshot"}}})
        stack = destroy("stack")
        self.assertEqual(stack["StackStatus"], "DELETE_FAILED")
        self.assertIn(
            "Cannot delete protected DB Instance, please disable deletion protection and try again.", reasons(stack)
        )
        with self.refused("Cannot delete protected DB Instance"):
            remove(INSTANCE, "main")
        self.assertTrue(held("main"))
        self.assertNotIn("<DBSnapshot>", described("rds", "_describe_db_snapshots"))
        described("rds", "_modify_db_instance", DBInstanceIdentifier="main", DeletionProtection="false")
        self.assertEqual(destroy("stack")["StackStatus"], "DELETE_COMPLETE")

    def test_a_final_snapshot_is_left_each_time(self):
        template = {"Resources": {"Database": {**resource(INSTANCE, **self.database()), "DeletionPolicy": "Snapshot"}}}
        for count in (1, 2):
            deploy(f"stack-{count}", template)
            self.assertEqual(destroy(f"stack-{count}")["StackStatus"], "DELETE_COMPLETE")
            shown = described("rds", "_describe_db_snapshots", DBInstanceIdentifier="main")
            self.assertEqual(shown.count("<DBSnapshotIdentifier>main-snapshot-"), count)

    def test_no_snapshot_is_left_where_none_is_asked_for(self):
        template = {"Resources": {"Database": {**resource(INSTANCE, **self.database()), "DeletionPolicy": "Delete"}}}
        deploy("stack", template)
        self.assertEqual(destroy("stack")["StackStatus"], "DELETE_COMPLETE")
        self.assertNotIn("<DBSnapshot>", described("rds", "_describe_db_snapshots"))

    def test_nothing_looks_for_docker(self):
        rds.docker = object()
        self.addCleanup(setattr, rds, "_docker", None)
        self.assertIsNone(rds.get_docker())


class Replicas(DataTest):
    """A read replica, which is as its source is."""

    def source(self, **properties) -> None:
        make(INSTANCE, **self.database(StorageEncrypted=True, KmsKeyId="key", **properties))

    def replica(self, name: str = "copy", **properties) -> tuple[str, dict]:
        return make(INSTANCE, DBInstanceIdentifier=name, SourceDBInstanceIdentifier="main", **properties)

    def test_is_as_its_source_is(self):
        self.source(AllocatedStorage="50")
        self.replica(MultiAZ=True)
        copy = held("copy")
        expected = {
            "Engine": "mysql",
            "EngineVersion": "8.4.9",
            "AllocatedStorage": 50,
            "StorageType": "gp3",
            "KmsKeyId": "key",
            "StorageEncrypted": True,
            "MasterUsername": "admin",
            "BackupRetentionPeriod": 0,
            "MultiAZ": True,
        }
        self.assertEqual({key: copy[key] for key in expected}, expected)
        self.assertEqual(copy["ReadReplicaSourceDBInstanceIdentifier"], "main")
        self.assertEqual(held("main")["ReadReplicaDBInstanceIdentifiers"], ["copy"])
        self.assertEqual(copy["Endpoint"]["Port"], 3306)

    def test_refuses_an_encryption_of_its_own(self):
        self.source()
        for name, value in (("StorageEncrypted", True), ("KmsKeyId", "key")):
            with self.refused(f"{name} can't be specified for a read replica"):
                self.replica(**{name: value})

    def test_refuses_a_source_that_is_missing_or_has_no_backups(self):
        with self.refused("DBInstance main not found: order the replica after it."):
            self.replica()
        self.source(BackupRetentionPeriod=0)
        with self.refused("Automated backups are not enabled for this database instance."):
            self.replica()

    def test_refuses_less_storage_than_its_source_has(self):
        self.source(AllocatedStorage="50")
        with self.refused("The allocated storage can't be reduced from 50 to 40 GiB."):
            self.replica(AllocatedStorage="40")

    def test_is_ordered_after_its_source(self):
        copy = {
            **resource(INSTANCE, DBInstanceIdentifier="copy", SourceDBInstanceIdentifier="main"),
            "DeletionPolicy": "Delete",
        }
        main = {**resource(INSTANCE, **self.database()), "DeletionPolicy": "Delete"}
        self.assert_refused_in_every_order({"Copy": copy, "Main": main}, "order the replica after Main")
        self.assert_deployed_in_every_order({"Copy": {**copy, "DependsOn": "Main"}, "Main": main})

    def test_an_update_keeps_what_it_has_from_its_source(self):
        self.source(AllocatedStorage="50")
        self.replica()
        old = {"DBInstanceIdentifier": "copy", "SourceDBInstanceIdentifier": "main"}
        change(INSTANCE, "copy", old, {**old, "DBInstanceClass": "db.r8g.large"})
        self.assertEqual(
            [held("copy")[key] for key in ("DBInstanceClass", "Engine", "AllocatedStorage")],
            ["db.r8g.large", "mysql", 50],
        )

    def test_leaves_no_snapshot_and_its_source_forgets_it(self):
        self.source()
        copy = resource(INSTANCE, DBInstanceIdentifier="copy", SourceDBInstanceIdentifier="main")
        deploy("stack", {"Resources": {"Copy": {**copy, "DeletionPolicy": "Snapshot"}}})
        self.assertEqual(destroy("stack")["StackStatus"], "DELETE_COMPLETE")
        self.assertNotIn("<DBSnapshot>", described("rds", "_describe_db_snapshots"))
        self.assertEqual(held("main")["ReadReplicaDBInstanceIdentifiers"], [])

    def test_outlives_its_source(self):
        self.source()
        self.replica()
        remove(INSTANCE, "main")
        self.assertEqual(held("copy")["ReadReplicaSourceDBInstanceIdentifier"], "")


class Stack(DataTest):
    def test_a_database_with_a_generated_password_has_its_attributes(self):
        generate = {
            "SecretStringTemplate": '{"username": "admin"}',
            "GenerateStringKey": "password",
            "ExcludeCharacters": "/'\"@ ",
        }
        password = ["{{resolve:secretsmanager:", {"Ref": "Secret"}, ":SecretString:password::}}"]
        stack = deploy(
            "stack",
            {
                "Resources": {
                    "Secret": resource("AWS::SecretsManager::Secret", GenerateSecretString=generate),
                    "Database": {
                        "DeletionPolicy": "Delete",
                        **resource(INSTANCE, **self.database(MasterUserPassword={"Fn::Join": ["", password]})),
                    },
                },
                "Outputs": {
                    name.replace(".", ""): {"Value": {"Fn::GetAtt": ["Database", name]}}
                    for name in ("Endpoint.Address", "Endpoint.Port", "DbiResourceId", "DBInstanceArn")
                },
            },
        )
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE", reasons(stack))
        values = outputs(stack)
        self.assertEqual(values["DBInstanceArn"], f"arn:aws:rds:eu-central-1:{self.account}:db:main")
        self.assertEqual((values["EndpointPort"], values["DbiResourceId"][:3]), ("3306", "db-"))
        self.assertIn(values["EndpointAddress"], described("rds", "_describe_db_instances"))
        self.assertEqual(len(held("main")["_MasterUserPassword"]), 32)
