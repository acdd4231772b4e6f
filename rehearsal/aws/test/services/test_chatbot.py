import asyncio

from emulator.core import account
from emulator.core.answers import parsed
from emulator.services import chatbot
from emulator.services.chatbot import SLACK
from test.support.alarms import MonitoringTest
from test.support.emulated import make, remove
from test.support.offers import OffersTest


class Channels(MonitoringTest):
    """A channel of Slack has one configuration."""

    def test_a_channel_of_slack_has_one_configuration(self):
        role = make("AWS::IAM::Role", RoleName="slack", AssumeRolePolicyDocument={})[1]["Arn"]
        slack = {"ConfigurationName": "s", "SlackChannelId": "C1", "SlackWorkspaceId": "T1", "IamRoleArn": role}
        with self.refused("does not exist: order it first"):
            make(SLACK, **slack, SnsTopicArns=["arn:aws:sns:eu-central-1:1:absent"])
        name = make(SLACK, **slack, SnsTopicArns=[self.topic("cloudwatch.amazonaws.com")])[0]
        with self.refused("The channel C1 already has a configuration"):
            make(SLACK, **{**slack, "ConfigurationName": "other"})
        remove(SLACK, name)
        make(SLACK, **slack)


class Workspaces(OffersTest):
    """Workspaces of Slack are those that somebody authorized."""

    def test_workspaces_of_slack_are_those_that_somebody_authorized(self):
        account.provide({"slack": ["T1"]})
        response = asyncio.run(chatbot.handle_request("POST", "/describe-slack-workspaces", {}, b"{}", {}))
        self.assertEqual(
            parsed("chatbot", "DescribeSlackWorkspaces", response),
            {"SlackWorkspaces": [{"SlackTeamId": "T1", "SlackTeamName": "T1"}]},
        )
