import functools

from emulator.core.ministack_api import result
from emulator.core.seams import budgets, cloudfront, cloudwatch
from emulator.services import budgets as budget_types
from emulator.services import chatbot, eventbridge, sns
from emulator.services import cloudwatch as alarms
from emulator.services.budgets import BUDGET
from emulator.services.chatbot import SLACK
from emulator.services.cloudfront import metrics
from emulator.services.cloudfront.metrics import MEASURED
from emulator.services.cloudwatch import ALARM, COMPOSITE
from emulator.services.eventbridge import RULE
from emulator.services.logs import queries
from emulator.services.logs.queries import QUERY
from emulator.services.sns import TOPIC
from test.emulated import EmulatorTest, change, make, remove


@functools.cache
def install() -> None:
    sns.keep_keys()
    for module in (alarms, eventbridge, budget_types, chatbot, metrics, queries):
        module.install()


class Monitoring(EmulatorTest):
    """Alarms and who hears of them."""

    def setUp(self):
        super().setUp()
        install()

    def key(self, *services: str) -> str:
        """A key that some services of AWS may use."""
        statement = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Resource": "*",
                     "Action": ["kms:Decrypt", "kms:GenerateDataKey*"]}
        return make("AWS::KMS::Key", KeyPolicy={"Version": "2012-10-17", "Statement": [statement]})[1]["Arn"]

    def topic(self, *services: str) -> str:
        return make(TOPIC, TopicName="topic", KmsMasterKeyId=self.key(*services))[0]

    def alarm(self, name: str, **properties) -> str:
        metric = {} if "Metrics" in properties else {"Namespace": "AWS/RDS", "MetricName": "CPUUtilization"}
        return make(ALARM, AlarmName=name, ComparisonOperator="GreaterThanThreshold", Threshold=1, EvaluationPeriods=1,
                    **metric, **properties)[0]

    def expression(self, text: str) -> list[dict]:
        metric = {"Namespace": "AWS/RDS", "MetricName": "DatabaseConnections", "Dimensions": []}
        return [{"Id": "e", "Expression": text},
                {"Id": "m0", "ReturnData": False, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}]

    def test_an_alarm_looks_at_an_expression(self):
        name = self.alarm("a", Metrics=self.expression("IF(FILL(m0, 0) > 1, m0, 0)"))
        self.assertEqual(cloudwatch.alarms[name]["MetricName"], "DatabaseConnections")
        with self.refused("uses m1, which no element is"):
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

    def test_a_rule_tells_a_topic_whose_key_lets_events_publish_of_what_rds_tells(self):
        def rule(topic: str, category: str) -> dict:
            pattern = {"source": ["aws.rds"], "detail": {"EventCategories": [category]}}
            return {"EventPattern": pattern, "Targets": [{"Id": "topic", "Arn": topic}]}

        with self.refused("events.amazonaws.com cannot publish"):
            make(RULE, **rule(make(TOPIC, TopicName="closed", KmsMasterKeyId=self.key("s3.amazonaws.com"))[0], "failure"))
        topic = self.topic("events.amazonaws.com")
        with self.refused("nothing of fail-over"):
            make(RULE, **rule(topic, "fail-over"))
        name = make(RULE, **rule(topic, "failover"))[0]
        with self.refused("nothing of fail-over"):
            change(RULE, name, rule(topic, "failover"), rule(topic, "fail-over"))
        remove(RULE, name)

    def test_cloudfront_measures_a_distribution_that_exists(self):
        measured = {"RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": "Enabled"}}
        with self.refused("NoSuchDistribution"):
            make(MEASURED, DistributionId="E1", MonitoringSubscription=measured)
        cloudfront.distributions["E1"] = {}
        self.addCleanup(cloudfront.distributions.pop, "E1")
        name = make(MEASURED, DistributionId="E1", MonitoringSubscription=measured)[0]
        self.assertEqual(cloudfront.distributions["E1"], {
            "MonitoringSubscription": {"RealtimeMetricsSubscriptionStatus": "Enabled"}})
        remove(MEASURED, name)
        self.assertEqual(cloudfront.distributions["E1"], {})

    def budget(self, topic: str) -> dict:
        notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80}
        subscriber = {"SubscriptionType": "SNS", "Address": topic}
        return {"Budget": {"BudgetName": "b", "BudgetType": "COST", "TimeUnit": "MONTHLY",
                           "BudgetLimit": {"Amount": 5, "Unit": "USD"}},
                "NotificationsWithSubscribers": [{"Notification": notification, "Subscribers": [subscriber]}]}

    def test_a_budget_notifies_a_topic_that_lets_it(self):
        with self.refused("budgets.amazonaws.com cannot publish"):
            make(BUDGET, **self.budget(self.topic("cloudwatch.amazonaws.com")))
        given = self.budget(self.topic("budgets.amazonaws.com"))
        make(BUDGET, **given)
        more = {**given, "Budget": {**given["Budget"], "BudgetLimit": {"Amount": 9, "Unit": "USD"}}}
        change(BUDGET, "b", given, more)
        self.assertEqual(budgets.budgets["b"]["BudgetLimit"]["Amount"], "9")
        remove(BUDGET, "b")
        self.assertNotIn("b", budgets.budgets)

    def test_a_channel_of_slack_has_one_configuration(self):
        role = make("AWS::IAM::Role", RoleName="slack", AssumeRolePolicyDocument={})[1]["Arn"]
        slack = {"ConfigurationName": "s", "SlackChannelId": "C1", "SlackWorkspaceId": "T1", "IamRoleArn": role}
        with self.refused("does not exist: order it before"):
            make(SLACK, **slack, SnsTopicArns=["arn:aws:sns:eu-central-1:1:absent"])
        name = make(SLACK, **slack, SnsTopicArns=[self.topic("cloudwatch.amazonaws.com")])[0]
        with self.refused("There is a configuration of the channel C1 already"):
            make(SLACK, **{**slack, "ConfigurationName": "other"})
        remove(SLACK, name)
        make(SLACK, **slack)

    def test_a_query_is_about_a_log_group(self):
        make("AWS::Logs::LogGroup", LogGroupName="/group")
        with self.refused("about /absent, a log group that does not exist"):
            make(QUERY, Name="q", LogGroupNames=["/absent"], QueryString="limit 1")
        remove(QUERY, make(QUERY, Name="q", LogGroupNames=["/group"], QueryString="limit 1")[0])


def remove_alarm(name: str) -> None:
    """Delete an alarm as its service does."""
    result(cloudwatch.delete_alarms({}, {"AlarmNames": [name]}, False, True))
