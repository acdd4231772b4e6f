import functools

from emulator.services import budgets as budget_types
from emulator.services import chatbot, eventbridge, sns
from emulator.services import cloudwatch as alarms
from emulator.services.cloudfront import metrics
from emulator.services.logs import queries
from emulator.services.sns import TOPIC
from test.support.emulated import EmulatorTest, make


@functools.cache
def install() -> None:
    sns.keep_keys()
    for module in (alarms, eventbridge, budget_types, chatbot, metrics, queries):
        module.install()


class MonitoringTest(EmulatorTest):
    """Keys and topics of those who notify."""

    def setUp(self):
        super().setUp()
        install()

    def key(self, *services: str) -> str:
        """A key that some services of AWS may use."""
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": list(services)},
            "Resource": "*",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        }
        return make("AWS::KMS::Key", KeyPolicy={"Version": "2012-10-17", "Statement": [statement]})[1]["Arn"]

    def topic(self, *services: str) -> str:
        return make(TOPIC, TopicName="topic", KmsMasterKeyId=self.key(*services))[0]
