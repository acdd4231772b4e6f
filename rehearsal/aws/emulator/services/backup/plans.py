"""AWS Backup: what it refuses of plans, and selections of a plan, which MiniStack's CloudFormation lacks.

Rules: https://docs.aws.amazon.com/aws-backup/latest/devguide/, of which each function names the page.
"""

from ministack.core.responses import get_region

from ...core.ministack_api import Refused, result
from ...core.seams import backup
from .. import cloudformation
from ..cloudformation import Delete, StandIn, register
from ..iam import evaluation
from .vaults import VAULT

PLAN, SELECTION = "AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection"
PRINCIPAL = "backup.amazonaws.com"
LEAST_WINDOW = 60
"""Minutes that a start window, and what follows it until the end, has at least (API_BackupRuleInput)."""
COLD_DAYS = 90
"""Days that a backup stays in cold storage at least (API_Lifecycle)."""


def install() -> None:
    """Put every seam of this module in."""
    cloudformation.check(PLAN, _check)
    cloudformation.override(PLAN, delete=_delete)
    register(
        {
            SELECTION: StandIn(
                _select,
                _deselect,
                lambda i, properties: {"Id": i, "SelectionId": i, "BackupPlanId": properties["BackupPlanId"]},
            )
        }
    )


def refuse_role(arn: str) -> None:
    """Refuse a role that is not there, or does not trust AWS Backup (API_CreateBackupSelection)."""
    if not evaluation.trusts(arn, PRINCIPAL):
        raise Refused(f"IAM Role {arn} cannot be assumed by AWS Backup")


def _check(properties: dict, _physical_id: str | None) -> None:
    for rule in properties["BackupPlan"].get("BackupPlanRule") or []:
        _check_rule(rule)


def _check_rule(rule: dict) -> None:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html"""
    name, vault = rule["RuleName"], rule["TargetBackupVault"]
    if vault not in backup.vaults or cloudformation.unordered(VAULT, BackupVaultName=vault):
        raise Refused(
            f"Backup vault {vault} of the rule {name} does not exist in {get_region()}: order the plan after it."
        )
    start = int(rule.get("StartWindowMinutes", 8 * 60))
    completion = int(rule.get("CompletionWindowMinutes", 7 * 24 * 60))
    if start < LEAST_WINDOW or completion < start + LEAST_WINDOW:
        raise Refused(
            f"The start window of the rule {name} must have {LEAST_WINDOW} minutes, and its completion window "
            f"{LEAST_WINDOW} more, at least: {start} and {completion}"
        )
    for lifecycle in (rule, *(rule.get("CopyActions") or [])):
        _check_lifecycle(name, lifecycle.get("Lifecycle") or {})


def _check_lifecycle(name: str, lifecycle: dict) -> None:
    cold, deleted = lifecycle.get("MoveToColdStorageAfterDays"), lifecycle.get("DeleteAfterDays")
    if cold is not None and deleted is not None and int(deleted) < int(cold) + COLD_DAYS:
        raise Refused(
            f"DeleteAfterDays of the rule {name} must be {COLD_DAYS} days above MoveToColdStorageAfterDays: "
            f"{deleted} and {cold}"
        )


def _delete(delete: Delete, physical_id: str, properties: dict) -> None:
    """A plan with selections stays (API_DeleteBackupPlan)."""
    names = [s["SelectionName"] for s in backup.selections.values() if s["BackupPlanId"] == physical_id]
    if names:
        raise Refused(
            f"Related backup plan selections must be deleted prior to backup plan deletion: {', '.join(names)}"
        )
    delete(physical_id, properties)


def _select(properties: dict, _name: str) -> str:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupSelection.html"""
    selection = properties["BackupSelection"]
    refuse_role(selection["IamRoleArn"])
    if not selection.get("Resources") and not selection.get("ListOfTags") and not selection.get("Conditions"):
        raise Refused("Invalid backup selection. Either 'ListOfTags' or 'Resources' section must be non-empty.")
    plan = properties["BackupPlanId"]
    return result(backup.create_selection(plan, {"BackupSelection": selection}))["SelectionId"]


def _deselect(physical_id: str, _properties: dict) -> None:
    backup.selections.pop(physical_id, None)
