import json
import re

from emulator.core.seams import cloudformation, cloudwatch, ec2, handlers, secretsmanager
from test.support.emulated import EmulatorTest, act, deploy, make

ALARM = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "AlarmName": "errors",
        "Namespace": "Own",
        "MetricName": "Errors",
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 1,
        "EvaluationPeriods": 1,
    },
}


class Drift(EmulatorTest):
    """Resources that somebody has changed are named, and put back."""

    def setUp(self):
        super().setUp()
        vpc = make("AWS::EC2::VPC", CidrBlock="10.0.0.0/16")[0]
        self.group = make("AWS::EC2::SecurityGroup", GroupDescription="group", VpcId=vpc)[0]
        rule = {"GroupId": self.group, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"}
        rules = {
            "In": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": rule},
            "Out": {"Type": "AWS::EC2::SecurityGroupEgress", "Properties": rule},
        }
        secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Description": "a secret"}}
        self.template = json.dumps({"Resources": {"Alarm": ALARM, "Secret": secret, **rules}})
        deploy("stack", json.loads(self.template))

    def drifted(self) -> dict[str, str]:
        """Logical ids of the drifted resources, with their state."""
        handlers.ACTION_HANDLERS["DetectStackDrift"]({"StackName": ["stack"]})
        _, _, body = handlers.ACTION_HANDLERS["DescribeStackResourceDrifts"]({"StackName": ["stack"]})
        text = body.decode() if isinstance(body, bytes) else body
        names, states = (
            re.findall(rf"<{tag}>(.*?)</{tag}>", text) for tag in ("LogicalResourceId", "StackResourceDriftStatus")
        )
        return {name: state for name, state in zip(names, states, strict=True) if state != "IN_SYNC"}

    def rules(self, store: str) -> list[dict]:
        return ec2.security_groups[self.group][store]

    def revert(self) -> None:
        """A change set that reverts drift."""
        params = {"StackName": ["stack"], "ChangeSetName": ["revert"], "TemplateBody": [self.template]}
        handlers.ACTION_HANDLERS["CreateChangeSet"]({**params, "DeploymentMode": ["REVERT_DRIFT"]})
        act("ExecuteChangeSet", "stack", ChangeSetName="revert")

    def test_nothing_is_named_that_nobody_has_changed(self):
        self.assertEqual(self.drifted(), {})

    def test_a_changed_alarm_is_named_and_put_back(self):
        cloudwatch.alarms["errors"]["Threshold"] = 100
        self.assertEqual(self.drifted(), {"Alarm": "MODIFIED"})
        self.revert()
        self.assertEqual((self.drifted(), cloudwatch.alarms["errors"]["Threshold"]), ({}, 1))

    def test_a_deleted_rule_is_named_and_created_anew(self):
        before = [rule["IpRanges"] for rule in self.rules("IpPermissions")]
        self.rules("IpPermissions").clear()
        self.assertEqual(self.drifted(), {"In": "DELETED"})
        self.revert()
        self.assertEqual(self.drifted(), {})
        self.assertEqual([rule["IpRanges"] for rule in self.rules("IpPermissions")], before)

    def test_a_changed_rule_is_named(self):
        self.rules("IpPermissionsEgress")[-1]["ToPort"] = 8443
        self.assertEqual(self.drifted(), {"Out": "MODIFIED"})

    def test_a_deleted_secret_is_named(self):
        secret = cloudformation.stacks["stack"]["_resources"]["Secret"]["PhysicalResourceId"]
        secretsmanager.secrets.pop(secretsmanager.resolve(secret)[0])
        self.assertEqual(self.drifted(), {"Secret": "DELETED"})

    def test_an_update_that_does_not_say_so_reverts_nothing(self):
        cloudwatch.alarms["errors"]["Threshold"] = 100
        handlers.ACTION_HANDLERS["CreateChangeSet"](
            {"StackName": ["stack"], "ChangeSetName": ["update"], "TemplateBody": [self.template]}
        )
        self.assertEqual(self.drifted(), {"Alarm": "MODIFIED"})
