import sys

from emulator.api import inventory
from emulator.core.seams import elasticache
from test.support.data_tiers import DataTest, described
from test.support.emulated import change, deploy, destroy, make, outputs, reasons, remove, resource

GROUP, SUBNETS = "AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::SubnetGroup"
PARAMETERS, USER = "AWS::ElastiCache::ParameterGroup", "AWS::ElastiCache::User"


class CacheTest(DataTest):
    """Everything that a replication group refers to."""

    def setUp(self):
        super().setUp()
        self.parameters = make(
            PARAMETERS,
            CacheParameterGroupFamily="redis7",
            Description="d",
            Properties={"cluster-enabled": "yes", "maxmemory-policy": "noeviction"},
        )[0]
        make(SUBNETS, CacheSubnetGroupName="subnets", Description="d", SubnetIds=self.subnets)
        make("AWS::Logs::LogGroup", LogGroupName="slow")
        make(
            USER,
            UserId="nobody",
            UserName="default",
            Engine="redis",
            AccessString="off -@all",
            AuthenticationMode={"Type": "password", "Passwords": ["a" * 16]},
        )
        make("AWS::ElastiCache::UserGroup", UserGroupId="users", Engine="redis", UserIds=["nobody"])

    def cache(self, **properties) -> dict:
        """Properties of a replication group in cluster mode that ElastiCache takes."""
        log = {
            "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": "slow"}},
            "LogType": "slow-log",
            "DestinationType": "cloudwatch-logs",
            "LogFormat": "json",
        }
        return {
            "ReplicationGroupId": "cache",
            "ReplicationGroupDescription": "d",
            "Engine": "redis",
            "EngineVersion": "7.1",
            "CacheNodeType": "cache.r7g.large",
            "NumNodeGroups": 2,
            "ReplicasPerNodeGroup": 1,
            "TransitEncryptionEnabled": True,
            "TransitEncryptionMode": "required",
            "AtRestEncryptionEnabled": True,
            "KmsKeyId": "key",
            "UserGroupIds": ["users"],
            "AutomaticFailoverEnabled": True,
            "MultiAZEnabled": True,
            "SnapshotRetentionLimit": 7,
            "CacheParameterGroupName": self.parameters,
            "SecurityGroupIds": ["sg-1"],
            "CacheSubnetGroupName": "subnets",
            "LogDeliveryConfigurations": [log],
            **properties,
        }

    def make(self, **properties) -> tuple[str, dict]:
        return make(GROUP, **self.cache(**properties))

    def shown(self) -> str:
        return described("elasticache", "_describe_replication_groups", ReplicationGroupId="cache")


class ReplicationGroups(CacheTest):
    """A replication group is one of ElastiCache's."""

    def test_shows_what_is_asked_for(self):
        self.make(ReplicationGroupDescription="a & b")
        for part in (
            "<Description>a &amp; b<",
            "<KmsKeyId>key<",
            "<AtRestEncryptionEnabled>true<",
            "<TransitEncryptionMode>required<",
            "<AutomaticFailover>enabled<",
            "<MultiAZ>enabled<",
            "<SnapshotRetentionLimit>7<",
            "<ClusterEnabled>true<",
            "<LogGroup>slow<",
            "<UserGroupIds><member>users</member>",
            "<CacheNodeType>cache.r7g.large<",
            "<Address>clustercfg.cache.",
        ):
            self.assertIn(part, self.shown())
        self.assertRegex(self.shown(), r"<ReplicationGroupCreateTime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ<")
        self.assertEqual((self.shown().count("<NodeGroup>"), self.shown().count("<NodeGroupMember>")), (2, 4))
        nodes = described("elasticache", "_describe_cache_clusters")
        for part in (
            "<CacheClusterId>cache-0002-002<",
            f"<CacheParameterGroupName>{self.parameters}<",
            "<CacheSubnetGroupName>subnets<",
            "<SecurityGroupId>sg-1<",
        ):
            self.assertIn(part, nodes)
        self.assertEqual(nodes.count("<CacheCluster>"), 4)
        self.assertIn("<ReplicationGroups><member>cache</member>", described("elasticache", "_describe_user_groups"))

    def test_has_the_endpoint_of_its_cluster(self):
        for shards in (1, 2, 3):
            name, attributes = self.make(NumNodeGroups=shards, ReplicationGroupId=f"cache{shards}")
            self.assertRegex(attributes["ConfigurationEndPoint.Address"], f"^clustercfg.{name}..*.cache.amazonaws.com$")
            self.assertEqual(attributes["ConfigurationEndPoint.Port"], "6379")
            self.assertNotIn("ReaderEndPoint.Address", attributes)

    def test_has_endpoints_for_writing_and_reading_outside_of_cluster_mode(self):
        _, attributes = self.make(NumNodeGroups=1, CacheParameterGroupName=None, Port=6380)
        self.assertRegex(attributes["PrimaryEndPoint.Address"], "^master.cache.")
        self.assertRegex(attributes["ReaderEndPoint.Address"], "^replica.cache.")
        self.assertEqual(attributes["ReaderEndPoint.Port"], "6380")
        self.assertNotIn("ConfigurationEndPoint.Address", attributes)
        self.assertIn("<ClusterId>cache-002<", self.shown())

    def test_changes_in_place(self):
        self.make()
        make("AWS::Logs::LogGroup", LogGroupName="engine")
        log = {
            "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": "engine"}},
            "LogType": "engine-log",
            "DestinationType": "cloudwatch-logs",
            "LogFormat": "json",
        }
        new = self.cache(
            ReplicasPerNodeGroup=2,
            CacheNodeType="cache.r7g.xlarge",
            LogDeliveryConfigurations=[log],
            SnapshotRetentionLimit=1,
            SecurityGroupIds=["sg-2"],
        )
        endpoint = change(GROUP, "cache", self.cache(), new)[1]["ConfigurationEndPoint.Address"]
        self.assertIn(endpoint, self.shown())
        for part in ("<LogGroup>engine<", "<CacheNodeType>cache.r7g.xlarge<", "<SnapshotRetentionLimit>1<"):
            self.assertIn(part, self.shown())
        self.assertEqual(self.shown().count("<NodeGroupMember>"), 6)
        nodes = described("elasticache", "_describe_cache_clusters")
        self.assertEqual((nodes.count("<CacheCluster>"), nodes.count("<SecurityGroupId>sg-2<")), (6, 6))
        change(GROUP, "cache", new, self.cache())
        self.assertEqual(self.shown().count("<NodeGroupMember>"), 4)
        self.assertEqual(described("elasticache", "_describe_cache_clusters").count("<CacheCluster>"), 4)

    def test_a_final_snapshot_is_left(self):
        template = {
            "Resources": {"Cache": {**resource(GROUP, **self.cache()), "DeletionPolicy": "Snapshot"}},
            "Outputs": {"Port": {"Value": {"Fn::GetAtt": ["Cache", "ConfigurationEndPoint.Port"]}}},
        }
        stack = deploy("stack", template)
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE", reasons(stack))
        self.assertEqual(outputs(stack), {"Port": "6379"})
        self.assertEqual(destroy("stack")["StackStatus"], "DELETE_COMPLETE")
        shown = described("elasticache", "_describe_snapshots", ReplicationGroupId="cache")
        for part in ("<SnapshotName>cache-snapshot-", "<CacheNodeType>cache.r7g.large<", "<EngineVersion>7.1<"):
            self.assertIn(part, shown)

    def test_nothing_else_is_left(self):
        def held() -> list:
            return [e for e in inventory.held(dict(sys.modules)) if e["account"] == self.account]

        before = held()
        resources = {
            "Cache": resource(GROUP, **self.cache(CacheParameterGroupName={"Ref": "Parameters"})),
            "Parameters": resource(
                PARAMETERS, CacheParameterGroupFamily="redis7", Description="d", Properties={"cluster-enabled": "yes"}
            ),
        }
        deploy("stack", {"Resources": resources})
        self.assertEqual(destroy("stack")["StackStatus"], "DELETE_COMPLETE")
        self.assertEqual(held(), before)
        self.assertFalse([entry for entry in before if entry["key"].startswith("default.")])

    def test_nothing_looks_for_docker_or_warns(self):
        elasticache.docker = object()
        self.addCleanup(setattr, elasticache, "_docker", None)
        self.assertIsNone(elasticache.get_docker())
        with self.assertNoLogs("ministack", "WARNING"):
            self.make()


class Defaults(DataTest):
    def test_knows_the_parameter_groups_that_every_account_has(self):
        name, _ = make(
            GROUP,
            ReplicationGroupDescription="d",
            AutomaticFailoverEnabled=True,
            EngineVersion="7.1",
            CacheParameterGroupName="default.redis7.cluster.on",
        )
        self.assertIn(
            "<ClusterEnabled>true<", described("elasticache", "_describe_replication_groups", ReplicationGroupId=name)
        )


class Refused(CacheTest):
    """Replication groups that ElastiCache refuses."""

    def assert_refused(self, told: str, **properties) -> None:
        """At creation, and when it changes, if it can."""
        with self.refused(told):
            self.make(**properties)
        if properties.keys() & {"CacheSubnetGroupName", "NumNodeGroups"}:
            return  # which would replace it
        self.make(ReplicationGroupId="other")
        old = self.cache(ReplicationGroupId="other")
        with self.refused(told):
            change(GROUP, "other", old, {**old, **properties})
        remove(GROUP, "other")

    def test_cluster_mode_without_failover(self):
        told = "Redis with cluster mode enabled cannot be created with auto failover turned off"
        for properties in (
            {},
            {"NumNodeGroups": 1},
            {"NumNodeGroups": 1, "CacheParameterGroupName": None, "ClusterMode": "enabled"},
        ):
            self.assert_refused(told, **properties, AutomaticFailoverEnabled=False, MultiAZEnabled=False)

    def test_several_zones_without_replicas(self):
        told = "Replication group must have at least one replica in each node group to enable Multi-AZ"
        self.assert_refused(told, ReplicasPerNodeGroup=0)
        self.assert_refused(
            told, ReplicasPerNodeGroup=0, MultiAZEnabled=False, NumNodeGroups=1, CacheParameterGroupName=None
        )

    def test_several_zones_without_failover(self):
        self.assert_refused(
            "Multi-AZ cannot be enabled without AutomaticFailoverEnabled",
            NumNodeGroups=1,
            CacheParameterGroupName=None,
            AutomaticFailoverEnabled=False,
        )

    def test_users_without_encryption_in_transit(self):
        self.assert_refused(
            "User group based access control requires encryption-in-transit", TransitEncryptionEnabled=False
        )

    def test_a_parameter_group_that_is_missing_or_of_another_family(self):
        self.assert_refused("CacheParameterGroup missing not found.", CacheParameterGroupName="missing")
        self.assert_refused(
            "Expected a parameter group of family redis7 but found one of family redis6.x",
            CacheParameterGroupName="default.redis6.x.cluster.on",
        )

    def test_a_parameter_group_that_is_not_for_cluster_mode(self):
        described(
            "elasticache", "_create_param_group", CacheParameterGroupName="other", CacheParameterGroupFamily="redis7"
        )
        for name in ("other", "default.redis7"):
            self.assert_refused(
                f"The parameter group {name} can't be used in cluster mode", CacheParameterGroupName=name
            )
        self.make(CacheParameterGroupName="default.redis7.cluster.on")

    def test_what_does_not_exist(self):
        log = {"DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": "missing"}}, "LogType": "slow-log"}
        self.assert_refused("Cache Subnet Group missing does not exist.", CacheSubnetGroupName="missing")
        self.assert_refused("The log group missing for the slow-log does not exist", LogDeliveryConfigurations=[log])
        self.assert_refused("User group missing was not found or does not exist.", UserGroupIds=["missing"])

    def test_an_identifier_that_is_taken(self):
        self.make()
        with self.refused("Replication group cache already exists."):
            self.make()
