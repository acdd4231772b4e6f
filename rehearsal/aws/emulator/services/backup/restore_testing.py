"""AWS Backup: plans of restores on trial, and their selections, of which MiniStack has neither.

Rules: https://docs.aws.amazon.com/aws-backup/latest/devguide/, of which each function names the page.
"""

import re
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from ...core.ministack_api import Refused
from ...core.seams import backup
from ..cloudformation import StandIn, register
from .plans import refuse_role

PLAN, SELECTION = "AWS::Backup::RestoreTestingPlan", "AWS::Backup::RestoreTestingSelection"
NAME = r"[a-zA-Z0-9_]{1,50}"
TYPES = frozenset("Aurora DocumentDB DynamoDB EBS EC2 EFS FSx Neptune RDS S3".split())
"""Types of resources that are restored on trial (API_RestoreTestingSelectionForCreate)."""
WEEK = 168
"""Hours of the longest window."""


def install() -> None:
    """Register the types. Their stores are AWS Backup's own, for the inventory."""
    backup.restore_testing_plans = AccountRegionScopedDict()
    backup.restore_testing_selections = AccountRegionScopedDict()
    register(
        {
            PLAN: StandIn(
                lambda properties, name: _make_plan(properties),
                lambda name, properties: _delete_plan(name),
                lambda name, properties: {"RestoreTestingPlanArn": plan(name)["RestoreTestingPlanArn"]},
                mutable=frozenset(
                    {"RecoveryPointSelection", "ScheduleExpression", "ScheduleExpressionTimezone", "StartWindowHours"}
                ),
                update=lambda name, old, new: _hold_plan(name, new),
            ),
            SELECTION: StandIn(
                lambda properties, name: _make_selection(properties),
                lambda key, properties: backup.restore_testing_selections.pop(key, None),
                mutable=frozenset(
                    {
                        "IamRoleArn",
                        "ProtectedResourceArns",
                        "ProtectedResourceConditions",
                        "RestoreMetadataOverrides",
                        "ValidationWindowHours",
                    }
                ),
                update=lambda key, old, new: _hold_selection(new),
            ),
        }
    )


def plan(name: str) -> dict:
    """The record of a plan."""
    found = backup.restore_testing_plans.get(name)
    if found is None:
        raise Refused(f"Restore testing plan {name} does not exist: order what names it after it.")
    return found


def selections(name: str) -> list[dict]:
    """The selections of a plan."""
    return [held for held in backup.restore_testing_selections.values() if held["RestoreTestingPlanName"] == name]


def _within(what: str, value: Any, least: int, most: int) -> None:
    if not least <= int(value) <= most:
        raise Refused(f"{what} must be from {least} to {most}, not {value}")


def _refuse_name(what: str, name: str) -> None:
    if not re.fullmatch(NAME, name):
        raise Refused(f"{what} must satisfy regular expression {NAME}: {name}")


def _make_plan(properties: dict) -> str:
    name = properties["RestoreTestingPlanName"]
    _refuse_name("RestoreTestingPlanName", name)
    if name in backup.restore_testing_plans:
        raise Refused(f"A restore testing plan with the name {name} already exists.")
    _hold_plan(name, properties)
    return name


def _hold_plan(name: str, properties: dict) -> None:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingRecoveryPointSelection.html"""
    chosen = properties["RecoveryPointSelection"]
    _within("StartWindowHours", properties.get("StartWindowHours", 24), 1, WEEK)
    _within("SelectionWindowDays", chosen.get("SelectionWindowDays", 30), 1, 365)
    if chosen["Algorithm"] not in ("LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW"):
        raise Refused(f"Algorithm must be LATEST_WITHIN_WINDOW or RANDOM_WITHIN_WINDOW, not {chosen['Algorithm']}")
    for field, allowed in (("IncludeVaults", None), ("RecoveryPointTypes", {"CONTINUOUS", "SNAPSHOT"})):
        given = chosen.get(field)
        if not given or (allowed and not set(given) <= allowed):
            raise Refused(
                f"RecoveryPointSelection {field} must have values{f' of {sorted(allowed)}' if allowed else ''}: {given}"
            )
    made = backup.restore_testing_plans.get(name, {"CreationTime": time.time()})
    backup.restore_testing_plans[name] = {
        **properties,
        **made,
        "RestoreTestingPlanArn": f"arn:aws:backup:{get_region()}:{get_account_id()}:restore-testing-plan:{name}",
    }


def _delete_plan(name: str) -> None:
    """A plan with selections stays (API_DeleteRestoreTestingPlan)."""
    names = [held["RestoreTestingSelectionName"] for held in selections(name)]
    if names:
        raise Refused(f"Restore testing plan {name} has selections, which must be deleted first: {', '.join(names)}")
    backup.restore_testing_plans.pop(name, None)


def _make_selection(properties: dict) -> str:
    name = properties["RestoreTestingSelectionName"]
    key = f"{properties['RestoreTestingPlanName']}|{name}"
    _refuse_name("RestoreTestingSelectionName", name)
    if key in backup.restore_testing_selections:
        raise Refused(f"A restore testing selection with the name {name} already exists.")
    _hold_selection(properties)
    return key


def _hold_selection(properties: dict) -> None:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingSelectionForCreate.html"""
    plan(properties["RestoreTestingPlanName"])
    refuse_role(properties["IamRoleArn"])
    kind, arns = properties["ProtectedResourceType"], properties.get("ProtectedResourceArns") or []
    if kind not in TYPES:
        raise Refused(f"ProtectedResourceType must be one of {', '.join(sorted(TYPES))}, not {kind}")
    if not arns and not properties.get("ProtectedResourceConditions"):
        raise Refused("A restore testing selection must have ProtectedResourceArns or ProtectedResourceConditions.")
    if arns != ["*"] and (len(arns) > 30 or (properties.get("ProtectedResourceConditions") and arns)):
        raise Refused("ProtectedResourceArns are '*', or at most 30 ARNs without ProtectedResourceConditions.")
    _within("ValidationWindowHours", properties.get("ValidationWindowHours", 0), 0, WEEK)
    key = f"{properties['RestoreTestingPlanName']}|{properties['RestoreTestingSelectionName']}"
    backup.restore_testing_selections[key] = properties
