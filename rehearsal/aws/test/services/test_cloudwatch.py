from emulator.core.ministack_api import result
from emulator.core.seams import cloudwatch
from emulator.services.cloudwatch import ALARM, COMPOSITE
from test.support.alarms import MonitoringTest
from test.support.emulated import make, remove


class Alarms(MonitoringTest):
    """Alarms and who hears of them."""

    def alarm(self, name: str, **properties) -> str:
        metric = {} if "Metrics" in properties else {"Namespace": "AWS/RDS", "MetricName": "CPUUtilization"}
        return make(
            ALARM,
            AlarmName=name,
            ComparisonOperator="GreaterThanThreshold",
            Threshold=1,
            EvaluationPeriods=1,
            **metric,
            **properties,
        )[0]

    def expression(self, text: str) -> list[dict]:
        metric = {"Namespace": "AWS/RDS", "MetricName": "DatabaseConnections", "Dimensions": []}
        return [
            {"Id": "e", "Expression": text},
            {"Id": "m0", "ReturnData": False, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}},
        ]

    def test_an_alarm_looks_at_an_expression(self):
        name = self.alarm("a", Metrics=self.expression("IF(FILL(m0, 0) > 1, m0, 0)"))
        self.assertEqual(cloudwatch.alarms[name]["MetricName"], "DatabaseConnections")
        with self.refused("uses m1, which are no elements of it"):
            self.alarm("b", Metrics=self.expression("m0 + m1"))
        twice = self.expression("m0")
        with self.refused("Exactly one element"):
            self.alarm("b", Metrics=[{**one, "ReturnData": True} for one in twice])
        with self.refused("must be unique: m0"):
            self.alarm("b", Metrics=[*twice, twice[1]])

    def test_refuses_a_second_alarm_of_the_same_name(self):
        self.alarm("a")
        with self.refused("a already exists"):
            self.alarm("a")

    def test_an_action_names_a_topic_of_the_region_whose_key_lets_alarms_publish(self):
        self.alarm("a", AlarmActions=[self.topic("cloudwatch.amazonaws.com")])
        with self.refused("the policy of the topic's key has to let it kms:GenerateDataKey"):
            self.alarm("b", AlarmActions=[self.topic("events.amazonaws.com")])
        with self.refused("does not exist"):
            self.alarm("c", OKActions=[f"arn:aws:sns:eu-central-1:{self.account}:absent"])
        with self.refused("Invalid region us-east-1"):
            self.alarm("d", AlarmActions=[f"arn:aws:sns:us-east-1:{self.account}:topic"])

    def test_a_composite_alarm_names_alarms_that_exist_and_holds_them(self):
        self.alarm("a")
        with self.refused("in the alarm rule do not exist"):
            make(COMPOSITE, AlarmName="c", AlarmRule='ALARM("a") OR ALARM("b")')
        with self.refused("ActionsSuppressor: the alarm b does not exist"):
            make(COMPOSITE, AlarmName="c", AlarmRule='ALARM("a")', ActionsSuppressor="b")
        name, attributes = make(COMPOSITE, AlarmName="c", AlarmRule='ALARM("a")')
        self.assertTrue(attributes["Arn"].endswith(":alarm:c"))
        with self.refused("Cannot delete a"):
            remove_alarm("a")
        remove(COMPOSITE, name)
        remove_alarm("a")

    def test_a_rule_has_a_limit(self):
        with self.refused("more than 10240 characters"):
            make(COMPOSITE, AlarmName="c", AlarmRule="(" * 10241)


def remove_alarm(name: str) -> None:
    """Delete an alarm as its service does."""
    result(cloudwatch.delete_alarms({}, {"AlarmNames": [name]}, False, True))
