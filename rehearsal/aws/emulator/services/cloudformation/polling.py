"""A question about a stack that is at work is answered when the stack is at rest: the CDK CLI would ask again only five seconds
later (waitFor of aws-cdk 2.1148.1), after every stack. An account may want the answer at once (account.py)."""

import asyncio
from urllib.parse import parse_qs

from ...core import account
from ...core.seams import cloudformation

PATIENCE = 120
"""Seconds that an answer is held back at most, then the stack is told as it is: clients give up on what is silent."""
INTERVAL = 0.1


def install() -> None:
    """Wraps cloudformation.handle_request."""
    handle = cloudformation.handle_request

    async def held_back(method: str, path: str, headers: dict, body: bytes, query_params: dict) -> tuple:
        asked = parse_qs(body.decode(errors="replace")) if method == "POST" else {}
        if asked.get("Action") == ["DescribeStacks"] and "StackName" in asked:
            for _ in range(round(PATIENCE / INTERVAL)):
                if account.field("answersAtOnce", False) or not is_at_work(asked["StackName"][0]):
                    break
                await asyncio.sleep(INTERVAL)
        return await handle(method, path, headers, body, query_params)

    cloudformation.handle_request = held_back


def is_at_work(name: str) -> bool:
    """Whether a stack, by its name or its id, is being created, updated or deleted."""
    stack = cloudformation.stacks.get(name.split("/")[1] if name.startswith("arn:") else name) or {}
    if name.startswith("arn:") and stack.get("StackId") != name:  # of an earlier stack of that name
        return False
    return stack.get("StackStatus", "").endswith("_IN_PROGRESS") and stack["StackStatus"] != "REVIEW_IN_PROGRESS"
