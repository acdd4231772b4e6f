import json
import unittest
from unittest import mock

from emulator.core import settings
from emulator.core.seams import cloudformation, rds, secretsmanager
from test.support.data_tiers import DataTest, ask, value
from test.support.emulated import act, change, deploy, destroy, make, reasons, remove, resource

INSTANCE, SECRET = "AWS::RDS::DBInstance", "AWS::SecretsManager::Secret"
ATTACHMENT, SCHEDULE = "AWS::SecretsManager::SecretTargetAttachment", "AWS::SecretsManager::RotationSchedule"
TRANSFORM = "AWS::SecretsManager-2024-09-16"


class RotationTest(DataTest):
    """A database whose secret can be rotated."""

    def setUp(self):
        super().setUp()
        self.host = make(INSTANCE, **self.database())[1]["Endpoint.Address"]
        self.group = make("AWS::EC2::SecurityGroup", GroupDescription="g", VpcId=self.vpc)[1]["GroupId"]
        self.arn = self.secret("main", username="admin", password="old", engine="mysql", host=self.host)

    def schedule(self, secret: str = "", hosted: dict | None = None, **properties) -> dict:
        """The properties of a schedule."""
        return {
            "SecretId": secret or self.arn,
            "RotationRules": {"AutomaticallyAfterDays": 30},
            "HostedRotationLambda": {
                "RotationType": "MySQLSingleUser",
                "RotationLambdaName": "rotate",
                "VpcSubnetIds": ",".join(self.subnets),
                "VpcSecurityGroupIds": self.group,
                "ExcludeCharacters": "/@\"'\\ ",
                **(hosted or {}),
            },
            **properties,
        }

    def instance_password(self) -> str:
        return rds.instances["main"]["_MasterUserPassword"]


class Rotations(RotationTest):
    """A schedule rotates a secret, at once or later."""

    def test_changes_the_password_whenever_somebody_asks(self):
        make(SCHEDULE, **self.schedule())
        first = value(self.arn)["password"]
        status, _, _ = secretsmanager.rotate_secret({"SecretId": self.arn})
        second = value(self.arn)["password"]
        self.assertEqual((status, value(self.arn, "AWSPREVIOUS")["password"]), (200, first))
        self.assertNotEqual(second, first)
        self.assertEqual(self.instance_password(), second)

    def test_without_a_schedule_nothing_rotates_on_request(self):
        secretsmanager.rotate_secret({"SecretId": self.arn})
        self.assertEqual((value(self.arn)["password"], self.instance_password()), ("old", "a-password"))

    def test_changes_the_password_at_once(self):
        self.assertEqual(make(SCHEDULE, **self.schedule())[0], self.arn)
        new = value(self.arn)
        self.assertEqual(value(self.arn, "AWSPREVIOUS")["password"], "old")
        self.assertNotEqual(new["password"], "old")
        self.assertEqual({**new, "password": "old"}, value(self.arn, "AWSPREVIOUS"))
        self.assertEqual(self.instance_password(), new["password"])

    def test_leaves_out_the_excluded_characters(self):
        excluded = "abcdefghijklmnopqrstuvwxyz!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
        make(SCHEDULE, **self.schedule(hosted={"ExcludeCharacters": excluded}))
        self.assertRegex(value(self.arn)["password"], "^[A-Z0-9]{32}$")

    def test_is_shown_until_it_is_deleted(self):
        make(SCHEDULE, **self.schedule(RotationRules={"ScheduleExpression": "cron(0 3 ? * SUN *)", "Duration": "2h"}))
        shown = ask("_describe_secret", SecretId=self.arn)
        self.assertEqual(
            (shown["RotationEnabled"], shown["RotationRules"], shown["RotationLambdaARN"]),
            (
                True,
                {"ScheduleExpression": "cron(0 3 ? * SUN *)", "Duration": "2h"},
                f"arn:aws:lambda:eu-central-1:{self.account}:function:rotate",
            ),
        )
        remove(SCHEDULE, self.arn, **self.schedule())
        shown = ask("_describe_secret", SecretId=self.arn)
        self.assertEqual((shown["RotationEnabled"], "RotationRules" in shown), (False, False))

    def test_an_update_changes_the_rules_and_rotates_if_it_says_so(self):
        old = self.schedule(RotateImmediatelyOnUpdate=False)
        make(SCHEDULE, **old)
        self.assertEqual(value(self.arn)["password"], "old")
        rules = {"RotationRules": {"AutomaticallyAfterDays": "7"}}
        self.assertEqual(change(SCHEDULE, self.arn, old, {**old, **rules})[0], self.arn)
        self.assertEqual(ask("_describe_secret", SecretId=self.arn)["RotationRules"], {"AutomaticallyAfterDays": 7})
        self.assertEqual(value(self.arn)["password"], "old")
        change(SCHEDULE, self.arn, old, {**old, **rules, "RotateImmediatelyOnUpdate": True})
        self.assertNotEqual(value(self.arn)["password"], "old")

    def test_a_user_that_comes_later_is_not_rotated_at_once(self):
        arn = self.secret("app", username="app", password="old", engine="mysql", host=self.host)
        make(SCHEDULE, **self.schedule(arn, RotateImmediatelyOnUpdate="false"))
        self.assertEqual(value(arn)["password"], "old")
        self.assertTrue(ask("_describe_secret", SecretId=arn)["RotationEnabled"])
        with self.refused(
            "The user app of the secret app does not exist yet, so the first rotation fails: set "
            "RotateImmediatelyOnUpdate to false."
        ):
            change(SCHEDULE, arn, self.schedule(arn), self.schedule(arn, RotationRules={"AutomaticallyAfterDays": 1}))


class Refused(RotationTest):
    """Schedules that Secrets Manager or its rotation function refuses."""

    def assert_refused(self, told: str, *secret: str, hosted: dict | None = None, **properties) -> None:
        with self.refused(told):
            make(SCHEDULE, **self.schedule(*secret, hosted=hosted, **properties))
        self.assertEqual(value(self.arn)["password"], "old")
        self.assertFalse(ask("_describe_secret", SecretId=self.arn)["RotationEnabled"])

    def test_a_secret_that_does_not_exist_or_has_no_value(self):
        self.assert_refused("Secrets Manager can't find the specified secret: missing.", "missing")
        self.assert_refused(
            "can't find the specified secret value for staging label: AWSCURRENT", make(SECRET, Name="empty")[0]
        )

    def test_a_secret_without_what_the_function_reads(self):
        full = {"username": "admin", "password": "p", "engine": "mysql", "host": self.host}
        for key in full:
            arn = self.secret(f"no-{key}", **{k: v for k, v in full.items() if k != key})
            self.assert_refused(f"{key} missing from secret JSON of no-{key}", arn, RotateImmediatelyOnUpdate=False)
        self.assert_refused("must be a JSON object", make(SECRET, SecretString="text")[0])

    def test_a_secret_of_another_engine(self):
        arn = self.secret("pg", username="admin", password="p", engine="postgres", host=self.host)
        self.assert_refused("Database engine must be set to 'mysql' in order to use this rotation lambda", arn)

    def test_a_user_that_does_not_exist_yet(self):
        arn = self.secret("app", username="app", password="p", engine="mysql", host=self.host)
        told = "The user app of the secret app does not exist yet, so the first rotation fails"
        self.assert_refused(told, arn)
        self.assert_refused(told, arn, RotateImmediatelyOnUpdate=True)

    def test_a_host_without_a_database(self):
        arn = self.secret("far", username="admin", password="p", engine="mysql", host="elsewhere")
        self.assert_refused("there is no database at elsewhere", arn)

    def test_a_function_outside_of_the_network(self):
        for name, missing in (("VpcSubnetIds", "subnet-1"), ("VpcSecurityGroupIds", "sg-1")):
            self.assert_refused(f"The rotation function has no {name}", hosted={name: None})
            self.assert_refused(f"'{missing}' does not exist", hosted={name: missing})

    def test_no_function_at_all(self):
        self.assert_refused("No Lambda rotation function ARN is associated", HostedRotationLambda=None)

    def test_a_rotation_that_the_rehearsal_does_not_know(self):
        self.assert_refused("knows no rotation of type OracleSingleUser", hosted={"RotationType": "OracleSingleUser"})

    def test_rules_that_say_no_time(self):
        for rules, told in (
            ({}, "either AutomaticallyAfterDays or ScheduleExpression"),
            ({"AutomaticallyAfterDays": 1, "ScheduleExpression": "rate(1 day)"}, "must have either"),
            ({"AutomaticallyAfterDays": 1001}, "must be between 1 and 1000 days"),
            ({"ScheduleExpression": "every day"}, "every day is not a valid rate() or cron() expression"),
            ({"AutomaticallyAfterDays": 1, "Duration": "2"}, "The Duration 2 of the rotation window is not"),
        ):
            self.assert_refused(told, RotationRules=rules)

    def test_a_second_schedule(self):
        schedule = self.schedule(RotateImmediatelyOnUpdate=False)
        make(SCHEDULE, **schedule)
        with self.refused("The secret main has a rotation schedule already; it can have one."):
            make(SCHEDULE, **schedule)


class Stack(RotationTest):
    """A stack with the transform that brings the rotation function."""

    def template(self, **order) -> dict:
        reference = {"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Secret"}, ":SecretString:password::}}"]]}
        database = self.database("rotated", MasterUserPassword=reference)
        generate = {
            "SecretStringTemplate": '{"username": "admin"}',
            "GenerateStringKey": "password",
            "ExcludeCharacters": "/@\"'\\ ",
        }
        return {
            "Secret": resource(SECRET, GenerateSecretString=generate),
            "Database": {**resource(INSTANCE, **database), "DeletionPolicy": "Delete"},
            "Attachment": resource(
                ATTACHMENT, SecretId={"Ref": "Secret"}, TargetId={"Ref": "Database"}, TargetType=INSTANCE
            ),
            "Schedule": {**resource(SCHEDULE, **{**self.schedule(), "SecretId": {"Ref": "Secret"}}), **order},
        }

    def test_the_transform_is_known_and_the_template_stays(self):
        template = {"Transform": TRANSFORM, "Resources": self.template(DependsOn="Attachment")}
        stack = deploy("stack", template)
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE", reasons(stack))
        self.assertEqual(json.loads(cloudformation.stacks["stack"]["_template_body"]), template)
        self.assertEqual(deploy("stack", template)["Status"], "FAILED")  # no changes
        self.assertEqual(destroy("stack")["StackStatus"], "DELETE_COMPLETE")

    def test_types_are_checked_in_spite_of_the_transform(self):
        with self.assertRaises(unittest.TestCase.failureException) as raised:
            act(
                "CreateStack",
                "stack",
                TemplateBody=json.dumps({"Transform": [TRANSFORM], "Resources": {"Typo": {"Type": "AWS::RDS::Typo"}}}),
            )
        self.assertIn("Unrecognized resource types: [AWS::RDS::Typo]", str(raised.exception))

    def test_refuses_a_hosted_function_without_the_transform(self):
        with self.assertRaises(unittest.TestCase.failureException) as raised:
            act("CreateStack", "stack", TemplateBody=json.dumps({"Resources": self.template()}))
        self.assertIn(
            "To use the HostedRotationLambda property of Schedule, the template must declare the transform "
            f"{TRANSFORM}",
            str(raised.exception),
        )

    def test_the_schedule_is_ordered_after_the_attachment(self):
        for seed in range(4):
            with self.subTest(seed=seed), mock.patch.object(settings, "SEED", seed):
                stack = deploy(f"stack-{seed}", {"Transform": TRANSFORM, "Resources": self.template()})
                self.assertEqual(stack["StackStatus"], "ROLLBACK_COMPLETE")
                self.assertIn("order the schedule after", reasons(stack))
