"""Custom resources whose create fails. MiniStack forgets them; CloudFormation sends each a delete while it rolls back.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html: a failed create has a physical id too. The
provider framework of the CDK answers a marker, by which it knows that delete and does nothing
(aws-cdk-lib/custom-resources/lib/provider-framework/runtime/cfn-response.js); a function of one's own is called.
"""

from dataclasses import dataclass
from typing import Any

from ...core.seams import custom_resource, provisioners, stacks


@dataclass(frozen=True)
class Failed:
    """A create that failed, with the properties that its delete gets."""

    kind: str
    properties: dict
    physical_id: str


ANSWERED: dict[tuple[str, str], str | None] = {}
"""Stack id and logical id -> physical id in the newest answer that says FAILED."""
FAILED: dict[tuple[str, str], Failed] = {}
"""The same -> what the rollback has to delete."""


def install() -> None:
    """Wraps custom_resource.deliver_response and invoke_custom_resource, and stacks.roll_back_operation."""
    deliver, invoke = custom_resource.deliver_response, custom_resource.invoke_custom_resource
    roll_back = stacks.roll_back_operation

    def deliver_and_remember(token: str, response: dict) -> bool:
        if response.get("Status") == "FAILED":
            of_resource = str(response.get("StackId")), str(response.get("LogicalResourceId"))
            ANSWERED[of_resource] = response.get("PhysicalResourceId")
        return deliver(token, response)

    def invoke_and_remember(
        request: str,
        logical_id: str,
        properties: dict,
        stack_name: str,
        stack_id: str,
        kind: str,
        *args: Any,
        **more: Any,
    ) -> Any:
        try:
            return invoke(request, logical_id, properties, stack_name, stack_id, kind, *args, **more)
        except (RuntimeError, TimeoutError):  # the function was called
            if request == "Create":
                physical_id = ANSWERED.pop((stack_id, logical_id), None) or f"{stack_name}-{logical_id}"
                FAILED[stack_id, logical_id] = Failed(kind, properties, physical_id)
            raise

    async def roll_back_what_failed(
        stack_name: str, stack_id: str, stack: dict, operation: dict, *args: Any, **more: Any
    ) -> None:
        logical_id = str(operation.get("failed_logical_id"))
        failed = FAILED.pop((stack_id, logical_id), None)
        refusal = failed and await _delete(stack_name, stack_id, logical_id, failed)
        await roll_back(stack_name, stack_id, stack, operation, *args, **more)
        if refusal and stack["StackStatus"] == "ROLLBACK_COMPLETE":  # the cleanup of an update may miss something
            stack["StackStatus"] = "ROLLBACK_FAILED"
            stack["StackStatusReason"] = f"The following resource(s) failed to delete: [{logical_id}]. "

    custom_resource.replace("deliver_response", deliver_and_remember)
    custom_resource.replace("invoke_custom_resource", invoke_and_remember)
    stacks.replace("roll_back_operation", roll_back_what_failed)


async def _delete(stack_name: str, stack_id: str, logical_id: str, failed: Failed) -> str | None:
    """Send the delete; why it failed."""

    def event(status: str, reason: str = "") -> None:
        stacks.add_event(stack_id, stack_name, logical_id, failed.kind, status, reason, failed.physical_id)

    event("DELETE_IN_PROGRESS")
    try:
        await stacks.run_reentrant(
            provisioners.delete_resource, failed.kind, failed.physical_id, failed.properties, stack_name, logical_id
        )
    except Exception as error:  # whatever the function answers, or fails with
        event("DELETE_FAILED", str(error))
        return str(error)
    event("DELETE_COMPLETE")
    return None
