import sys

from emulator.api import inventory
from test.support.data_tiers import DataTest, described
from test.support.emulated import change, deploy, destroy, make, outputs, reasons, remove, resource

INSTANCE, PROXY, TARGETS = "AWS::RDS::DBInstance", "AWS::RDS::DBProxy", "AWS::RDS::DBProxyTargetGroup"


class ProxyTest(DataTest):
    """A secret, a role and an instance for a proxy."""

    def setUp(self):
        super().setUp()
        self.proxy = {
            "DBProxyName": "proxy",
            "EngineFamily": "MYSQL",
            "RoleArn": self.role("proxy"),
            "RequireTLS": True,
            "VpcSubnetIds": self.subnets,
            "VpcSecurityGroupIds": ["sg-1"],
            "DebugLogging": False,
            "IdleClientTimeout": 900,
            "Auth": [
                {
                    "AuthScheme": "SECRETS",
                    "IAMAuth": "DISABLED",
                    "ClientPasswordAuthType": "MYSQL_CACHING_SHA2_PASSWORD",
                    "SecretArn": self.secret(username="app", password="p"),
                }
            ],
        }

    def targets(self, **properties) -> dict:
        """Properties of the proxy's targets."""
        pool = {"MaxConnectionsPercent": 90, "ConnectionBorrowTimeout": 30}
        return {
            "DBProxyName": "proxy",
            "TargetGroupName": "default",
            "DBInstanceIdentifiers": ["main"],
            "ConnectionPoolConfigurationInfo": pool,
            **properties,
        }

    def shown(self) -> str:
        return described("rds", "_describe_db_proxies")


class Proxies(ProxyTest):
    """A proxy is one of RDS's."""

    def test_shows_what_is_asked_for_until_it_is_deleted(self):
        name, attributes = make(PROXY, **self.proxy, Tags=[{"Key": "k", "Value": "v"}])
        self.assertEqual((name, attributes["VpcId"]), ("proxy", self.vpc))
        for part in (
            f"<Endpoint>{attributes['Endpoint']}<",
            f"<DBProxyArn>{attributes['DBProxyArn']}<",
            "<RequireTLS>true<",
            "<DebugLogging>false<",
            "<IdleClientTimeout>900<",
            "<member>sg-1</member>",
            "<ClientPasswordAuthType>MYSQL_CACHING_SHA2_PASSWORD<",
            self.proxy["Auth"][0]["SecretArn"],
        ):
            self.assertIn(part, self.shown())
        remove(PROXY, "proxy", **self.proxy)
        remove(PROXY, "proxy", **self.proxy)
        self.assertNotIn("<DBProxyName>", self.shown())

    def test_changes_in_place(self):
        make(PROXY, **self.proxy)
        new = {
            **self.proxy,
            "RequireTLS": False,
            "IdleClientTimeout": 60,
            "VpcSecurityGroupIds": ["sg-2"],
            "Auth": [{"AuthScheme": "SECRETS", "SecretArn": self.secret("other")}],
        }
        change(PROXY, "proxy", self.proxy, new)
        for part in ("<RequireTLS>false<", "<IdleClientTimeout>60<", "<member>sg-2</member>", "secret:other-"):
            self.assertIn(part, self.shown())

    def test_refuses_what_does_not_exist(self):
        arn = f"arn:aws:iam::{self.account}:role/missing"
        secret = f"arn:aws:secretsmanager:eu-central-1:{self.account}:secret:missing-123456"
        make(PROXY, **self.proxy)
        for wrong, told in (
            ({"RoleArn": arn}, f"Role {arn} does not exist"),
            ({"Auth": [{"SecretArn": secret}]}, f"The secret {secret} of the proxy doesn't exist"),
            ({"VpcSubnetIds": ["subnet-1"]}, "The requested subnet is invalid"),
        ):
            with self.refused(told):
                make(PROXY, **{**self.proxy, **wrong, "DBProxyName": "other"})
            if "VpcSubnetIds" not in wrong:
                with self.refused(told):
                    change(PROXY, "proxy", self.proxy, {**self.proxy, **wrong})

    def test_refuses_subnets_in_one_zone(self):
        with self.refused("The proxy doesn't meet Availability Zone (AZ) coverage requirement."):
            make(PROXY, **{**self.proxy, "VpcSubnetIds": self.subnets[:1]})

    def test_refuses_a_name_that_is_taken(self):
        make(PROXY, **self.proxy)
        with self.refused("The specified proxy name proxy must be unique"):
            make(PROXY, **self.proxy)


class Targets(ProxyTest):
    """Targets of a proxy."""

    def setUp(self):
        super().setUp()
        make(PROXY, **self.proxy)
        make(INSTANCE, **self.database())

    def registered(self) -> str:
        return described("rds", "_describe_db_proxy_targets", DBProxyName="proxy")

    def group(self) -> str:
        return described("rds", "_describe_db_proxy_target_groups", DBProxyName="proxy")

    def test_shows_its_target_and_pool_until_it_is_deleted(self):
        arn, attributes = make(TARGETS, **self.targets())
        self.assertRegex(arn, f"^arn:aws:rds:eu-central-1:{self.account}:target-group:prx-tg-")
        self.assertEqual(attributes["TargetGroupArn"], arn)
        self.assertIn("<RdsResourceId>main<", self.registered())
        for part in ("<MaxConnectionsPercent>90<", "<ConnectionBorrowTimeout>30<", f"<TargetGroupArn>{arn}<"):
            self.assertIn(part, self.group())
        remove(TARGETS, arn, **self.targets())
        self.assertNotIn("<RdsResourceId>", self.registered())

    def test_changes_in_place(self):
        make(INSTANCE, **self.database("other"))
        arn, _ = make(TARGETS, **self.targets())
        new = self.targets(
            DBInstanceIdentifiers=["other"], ConnectionPoolConfigurationInfo={"MaxConnectionsPercent": 50}
        )
        self.assertEqual(change(TARGETS, arn, self.targets(), new)[0], arn)
        self.assertIn("<RdsResourceId>other<", self.registered())
        self.assertNotIn("<RdsResourceId>main<", self.registered())
        self.assertIn("<MaxConnectionsPercent>50<", self.group())
        change(TARGETS, arn, new, {**new, "ConnectionPoolConfigurationInfo": None})
        self.assertIn("<MaxConnectionsPercent>100<", self.group())

    def test_refuses_what_does_not_exist(self):
        with self.refused("The specified proxy name missing doesn't correspond to a proxy"):
            make(TARGETS, **self.targets(DBProxyName="missing"))
        with self.refused("DBInstance missing not found"):
            make(TARGETS, **self.targets(DBInstanceIdentifiers=["missing"]))
        with self.refused("The target group of proxy must be named default."):
            make(TARGETS, **self.targets(TargetGroupName="other"))

    def test_refuses_a_replica(self):
        make(INSTANCE, DBInstanceIdentifier="copy", SourceDBInstanceIdentifier="main")
        arn, _ = make(TARGETS, **self.targets())
        new = self.targets(DBInstanceIdentifiers=["copy"])
        told = "The DB instance copy is a read replica and can't be registered as a target: register main."
        with self.refused(told):
            make(TARGETS, **new)
        with self.refused(told):
            change(TARGETS, arn, self.targets(), new)

    def test_refuses_a_second_target(self):
        make(INSTANCE, **self.database("other"))
        with self.refused("can be associated with a single target"):
            make(TARGETS, **self.targets(DBInstanceIdentifiers=["main", "other"]))


class Stack(ProxyTest):
    def test_a_stack_has_its_attributes_and_leaves_nothing(self):
        def held() -> list[dict]:
            return [e for e in inventory.held(dict(sys.modules)) if e["account"] == self.account]

        before = held()
        stack = deploy(
            "stack",
            {
                "Resources": {
                    "Database": {**resource(INSTANCE, **self.database()), "DeletionPolicy": "Delete"},
                    "Proxy": resource(PROXY, **self.proxy),
                    "Targets": resource(
                        TARGETS,
                        **self.targets(DBProxyName={"Ref": "Proxy"}, DBInstanceIdentifiers=[{"Ref": "Database"}]),
                    ),
                },
                "Outputs": {
                    "Endpoint": {"Value": {"Fn::GetAtt": ["Proxy", "Endpoint"]}},
                    "Arn": {"Value": {"Fn::GetAtt": ["Targets", "TargetGroupArn"]}},
                    "Targets": {"Value": {"Ref": "Targets"}},
                },
            },
        )
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE", reasons(stack))
        values = outputs(stack)
        self.assertIn(f"<Endpoint>{values['Endpoint']}<", self.shown())
        self.assertEqual(values["Arn"], values["Targets"])
        self.assertEqual(destroy("stack")["StackStatus"], "DELETE_COMPLETE")
        self.assertEqual(held(), before)

    def test_a_target_that_is_named_is_ordered_before(self):
        make(PROXY, **self.proxy)
        database = {**resource(INSTANCE, **self.database()), "DeletionPolicy": "Delete"}
        targets = resource(TARGETS, **self.targets())
        self.assert_refused_in_every_order(
            {"Database": database, "Targets": targets}, "order the target group after Database"
        )
        self.assert_deployed_in_every_order({"Database": database, "Targets": {**targets, "DependsOn": "Database"}})
