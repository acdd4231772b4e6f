"""Amazon Q Developer in chat applications (AWS Chatbot), which MiniStack lacks: the authorized workspaces of Slack."""

import json

import account
from answers import answer


def install() -> None:
    """Register the service."""
    import ministack.app
    from ministack.core import router

    router.SERVICE_PATTERNS["chatbot"] = {}
    ministack.app.SERVICE_HANDLERS["chatbot"] = handle_request


async def handle_request(_method: str, path: str, _headers: dict, _body: bytes, _query: dict) -> tuple:
    """POST /describe-slack-workspaces"""
    if path != "/describe-slack-workspaces":
        body = json.dumps({"message": f"{path} is not emulated"}).encode()
        return 400, {"Content-Type": "application/json", "x-amzn-ErrorType": "InvalidRequestException"}, body
    workspaces = [{"SlackTeamId": workspace, "SlackTeamName": workspace} for workspace in account.field("slack", [])]
    return answer("chatbot", "DescribeSlackWorkspaces", {"SlackWorkspaces": workspaces})
