"""Operations that CloudFormation refuses because of the state of the stack, which MiniStack begins all the same.

A stack at work takes no change set and executes none; neither does one whose rollback failed: «Stack:ARN is in UPDATE_IN_PROGRESS
state and can not be updated.» (https://github.com/ASFHyP3/hyp3/issues/1459), of UPDATE_ROLLBACK_FAILED
https://github.com/aws/copilot-cli/issues/4878. It is not deleted either while it is updated: «Stack [ARN] cannot be deleted while
in status UPDATE_IN_PROGRESS» (https://github.com/aws-solutions-library-samples/guidance-for-clickstream-analytics-on-aws/issues/573).

ForceRollback, which MiniStack 1.5.33 does not know, skips every resource whose rollback failed
(https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html). The CDK CLI sends an empty list of
resources to skip, which MiniStack takes for one without a name.
"""

from collections.abc import Callable

from ...core.ministack_api import is_true
from ...core.seams import cloudformation, handlers, helpers

NOT_UPDATED = ("CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED")
"""States in which a stack takes no update, beside those of an update that goes on."""


def install() -> None:
    """Wraps the actions."""
    for action, refuses in (
        ("CreateChangeSet", _no_update),
        ("ExecuteChangeSet", _no_update),
        ("DeleteStack", _no_deletion),
    ):
        handlers.ACTION_HANDLERS[action] = _refusing(handlers.ACTION_HANDLERS[action], refuses)
    handlers.ACTION_HANDLERS["ContinueUpdateRollback"] = _forced(handlers.ACTION_HANDLERS["ContinueUpdateRollback"])


def _is_updated(status: str) -> bool:
    return status.startswith("UPDATE_") and status.endswith("_IN_PROGRESS")


def _no_update(stack: dict) -> str | None:
    status = stack["StackStatus"]
    if status in NOT_UPDATED or _is_updated(status):
        return f"Stack:{stack['StackId']} is in {status} state and can not be updated."
    return None


def _no_deletion(stack: dict) -> str | None:
    status = stack["StackStatus"]
    return f"Stack [{stack['StackId']}] cannot be deleted while in status {status}" if _is_updated(status) else None


def _named(params: dict) -> dict | None:
    """The stack that a request names, by its name or its id, or by that of its change set."""
    name = helpers.p(params, "StackName") or ""
    change_set = cloudformation.change_sets.get(helpers.p(params, "ChangeSetName"))
    if change_set:
        name = change_set["StackName"]
    return cloudformation.stacks.get(name.split("/")[1] if name.startswith("arn:") else name)


def _refusing(handle: Callable, refuses: Callable[[dict], str | None]) -> Callable:
    def handle_at_rest(params: dict) -> tuple:
        stack = _named(params)
        refusal = stack and refuses(stack)
        return helpers.error("ValidationError", refusal) if refusal else handle(params)

    return handle_at_rest


def _forced(handle: Callable) -> Callable:
    def handle_forced(params: dict) -> tuple:
        stack = _named(params)
        params = {name: values for name, values in params.items() if name != "ResourcesToSkip" or any(values)}
        if stack and is_true(helpers.p(params, "ForceRollback")):
            failed = sorted(stack.get("_rollback_failed", {}))
            params = {**params, **{f"ResourcesToSkip.member.{i}": [name] for i, name in enumerate(failed, 1)}}
        return handle(params)

    return handle_forced
