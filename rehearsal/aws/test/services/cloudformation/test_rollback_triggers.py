import json

from emulator.core.seams import cloudwatch
from emulator.services.cloudformation import rollback_triggers
from test.support.emulated import REGION, EmulatorTest, act, deploy, make, reasons

PREFIX = "RollbackConfiguration.RollbackTriggers"


def template(name: str, topic: str = "one") -> dict:
    return {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name, "DisplayName": topic}}}
    }


class RollbackTriggers(EmulatorTest):
    """Alarms roll an operation back."""

    def setUp(self):
        super().setUp()
        self.alarm = f"arn:aws:cloudwatch:{REGION}:{self.account}:alarm:errors"
        rollback_triggers.TRIGGERS.clear()
        make(
            "AWS::CloudWatch::Alarm",
            AlarmName="errors",
            Namespace="Own",
            MetricName="Errors",
            ComparisonOperator="GreaterThanThreshold",
            Threshold=1,
            EvaluationPeriods=1,
        )
        deploy("stack", template("topic"))

    def update(self, topic: str, **triggers: str) -> dict:
        """An update with these triggers."""
        return act("UpdateStack", "stack", TemplateBody=json.dumps(template("topic", topic)), **triggers)

    def triggers(self, arn: str, kind: str = "AWS::CloudWatch::Alarm") -> dict:
        return {f"{PREFIX}.member.1.Arn": arn, f"{PREFIX}.member.1.Type": kind}

    def set(self, state: str) -> None:
        cloudwatch.alarms["errors"]["StateValue"] = state

    def test_an_update_stays_while_its_alarm_is_off(self):
        self.set("OK")
        self.assertEqual(self.update("two", **self.triggers(self.alarm))["StackStatus"], "UPDATE_COMPLETE")

    def test_an_alarm_rolls_it_back_and_the_next_one_too(self):
        self.set("ALARM")
        stack = self.update("two", **self.triggers(self.alarm))
        self.assertEqual(stack["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
        self.assertIn(f"Rollback trigger {self.alarm} went to ALARM", reasons(stack))
        self.assertEqual(self.update("three")["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")

    def test_a_trigger_that_does_not_exist_rolls_it_back(self):
        for arn, kind in (
            (f"{self.alarm}-2", "AWS::CloudWatch::Alarm"),
            (self.alarm, "AWS::CloudWatch::CompositeAlarm"),
            (self.alarm.replace(REGION, "eu-west-3"), "AWS::CloudWatch::Alarm"),
        ):
            stack = self.update(arn, **self.triggers(arn, kind))
            self.assertEqual(stack["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
            self.assertIn(f"Rollback trigger {arn} of type {kind} does not exist", reasons(stack))

    def test_no_triggers_take_the_place_of_some(self):
        self.update("two", **self.triggers(self.alarm))
        self.set("ALARM")
        self.assertEqual(self.update("three", **{PREFIX: ""})["StackStatus"], "UPDATE_COMPLETE")
