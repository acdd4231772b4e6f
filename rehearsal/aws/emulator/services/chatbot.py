"""Amazon Q Developer in chat applications (AWS Chatbot), which MiniStack lacks: the authorized workspaces of Slack,
and its configurations of channels."""

import json

from ministack.core import router
from ministack.core.responses import AccountRegionScopedDict

from ..core import account
from ..core.answers import answer
from ..core.ministack_api import Refused, require_role
from ..core.seams import app, sns
from .cloudformation import StandIn, register

SLACK = "AWS::Chatbot::SlackChannelConfiguration"


def install() -> None:
    """Register the service and the type. Its channels are an own store, for the inventory."""
    sns.slack_channels = AccountRegionScopedDict()
    register({SLACK: StandIn(_join_channel, _leave_channel)})
    router.SERVICE_PATTERNS["chatbot"] = {}
    app.SERVICE_HANDLERS["chatbot"] = handle_request


async def handle_request(_method: str, path: str, _headers: dict, _body: bytes, _query: dict) -> tuple:
    """POST /describe-slack-workspaces"""
    if path != "/describe-slack-workspaces":
        body = json.dumps({"message": f"{path} is not emulated"}).encode()
        return 400, {"Content-Type": "application/json", "x-amzn-ErrorType": "InvalidRequestException"}, body
    workspaces = [{"SlackTeamId": workspace, "SlackTeamName": workspace} for workspace in account.field("slack", [])]
    return answer("chatbot", "DescribeSlackWorkspaces", {"SlackWorkspaces": workspaces})


def _join_channel(properties: dict, name: str) -> str:
    require_role(properties["IamRoleArn"])
    for arn in properties.get("SnsTopicArns") or []:
        if not [held for (_account, _region, held), _ in sns.topics.all_items() if held == arn]:
            raise Refused(f"The topic {arn} does not exist: order it first.")
    channel = properties["SlackChannelId"]
    if channel in [held["SlackChannelId"] for held in sns.slack_channels.values()]:
        raise Refused(f"The channel {channel} already has a configuration.")
    sns.slack_channels[properties.get("ConfigurationName") or name] = properties
    return properties.get("ConfigurationName") or name


def _leave_channel(physical_id: str, _properties: dict) -> None:
    sns.slack_channels.pop(physical_id, None)
