"""Rollback triggers: alarms that roll an operation on a stack back.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html: an operation fails when one of its
alarms goes into ALARM meanwhile, or does not exist. A stack keeps its triggers until it is given others. The monitoring time after
the operation passes at once here.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.core.responses import get_account_id, get_region

from ...core import settings
from ...core.ministack_api import Refused
from ...core.seams import cloudwatch, handlers, stacks

MOST = 5
"""Triggers of a stack."""
MEMBER = "RollbackConfiguration.RollbackTriggers.member."
MINUTES = "RollbackConfiguration.MonitoringTimeInMinutes"
KINDS = {"AWS::CloudWatch::Alarm": "alarms", "AWS::CloudWatch::CompositeAlarm": "composite_alarms"}

TRIGGERS: dict[tuple[str, str, str], dict[str, str]] = {}
"""Account, region and name of a stack -> the ARNs of its alarms, and the type of each."""
BEGAN: ContextVar[float] = ContextVar("began", default=0)
"""When the operation began."""


def install() -> None:
    """Wraps the actions that name triggers, stacks.deploy_stack_async, and stacks.resolve_stack_outputs, the last that can fail."""
    for action in ("CreateChangeSet", "CreateStack", "UpdateStack"):
        handlers.ACTION_HANDLERS[action] = _remember(handlers.ACTION_HANDLERS[action])
    deploy, resolve = stacks.deploy_stack_async, stacks.resolve_stack_outputs

    async def deploy_timed(*args: Any, **more: Any) -> Any:
        BEGAN.set(time.time())
        return await deploy(*args, **more)

    def resolve_unless_fired(definitions: dict, *args: Any) -> Any:
        refuse_fired(args[-2])
        return resolve(definitions, *args)

    stacks.replace("deploy_stack_async", deploy_timed)
    stacks.replace("resolve_stack_outputs", resolve_unless_fired)


def _remember(handle: Callable) -> Callable:
    def handle_with_triggers(params: dict) -> tuple:
        given = {name: values[0] if isinstance(values, list) else values for name, values in params.items()}
        if any(name.startswith("RollbackConfiguration.RollbackTriggers") for name in given):
            arns = {name: value for name, value in given.items() if name.startswith(MEMBER) and name.endswith(".Arn")}
            if len(arns) > MOST:
                raise Refused(f"A stack takes {MOST} rollback triggers, not {len(arns)}")
            stack = given["StackName"]
            stack = stack.split("/")[1] if stack.startswith("arn:") else stack
            TRIGGERS[get_account_id(), get_region(), stack] = {
                arn: given[name.removesuffix("Arn") + "Type"] for name, arn in arns.items()
            }
            if arns and given.get(MINUTES, "0") != "0":
                settings.note("the monitoring time of rollback triggers passes at once here: on AWS, it is waited for")
        return handle(params)

    return handle_with_triggers


def refuse_fired(stack_name: str) -> None:
    """Fail an operation of which a trigger does not exist, or has gone into ALARM since it began."""
    for arn, kind in TRIGGERS.get((get_account_id(), get_region(), stack_name), {}).items():
        region, name = arn.split(":")[3], arn.rpartition(":alarm:")[2]
        alarm = getattr(cloudwatch, KINDS[kind]).get(name) if region == get_region() else None
        if alarm is None:
            raise Refused(f"Rollback trigger {arn} of type {kind} does not exist")
        if alarm["StateValue"] == "ALARM" or cloudwatch.first_alarm_time(arn, BEGAN.get(), time.time()) is not None:
            raise Refused(f"Rollback trigger {arn} went to ALARM")
