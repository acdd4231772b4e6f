"""CodeConnections, which MiniStack lacks: the connections to repositories, which somebody has authorized in the console."""

import json

from ministack.core import router
from ministack.core.responses import get_account_id

from ..core import account
from ..core.answers import answer
from ..core.seams import app

TARGET = "com.amazonaws.codeconnections.CodeConnections_20231201"


def install() -> None:
    """Register the service."""
    router.SERVICE_PATTERNS["codeconnections"] = {"target_prefixes": [TARGET]}
    app.SERVICE_HANDLERS["codeconnections"] = handle_request


async def handle_request(_method: str, _path: str, headers: dict, body: bytes, _query: dict) -> tuple:
    """GetConnection of any that the account is not said to lack."""
    operation, arn = headers["x-amz-target"].rpartition(".")[2], json.loads(body or b"{}").get("ConnectionArn", "")
    if operation != "GetConnection":
        return _error("InvalidAction", f"{operation} is not emulated")
    status = account.field("connections", {}).get(arn, "AVAILABLE")
    if status is None or arn.split(":")[4:5] != [get_account_id()]:
        return _error("ResourceNotFoundException", f"{arn} was not found")
    return answer("codeconnections", operation, {"Connection": {"ConnectionArn": arn, "ConnectionStatus": status}})


def _error(code: str, message: str) -> tuple:
    body = json.dumps({"__type": code, "Message": message}).encode()
    return 400, {"Content-Type": "application/x-amz-json-1.0"}, body
