"""AWS Backup: rules of plans run when a rehearsal asks, not when their time comes.

POST /_rehearsal/backup-plans with {"region"} runs them all, with their copies. POST /_rehearsal/recovery-points with {"region", "vault"}
tells of what is in a vault, with the SHA-256 of each content, which a copy has in common with its source. POST
/_rehearsal/restore-testing with {"region"} restores on trial what the plans of restore testing select, and deletes it again.
"""

import fnmatch
import uuid

from ministack.core.responses import get_account_id, request_scope

from ...core.ministack_api import Refused
from ...core.seams import backup
from . import contents, jobs, restore_testing, vaults
from .api import public


def run_plans(given: dict) -> dict:
    """Run every rule of every plan of a region; the jobs, with the reason where one failed."""
    made: dict[str, list[dict]] = {"backupJobs": [], "copyJobs": []}
    with request_scope(get_account_id(), _region(given)):
        for selection in list(backup.selections.values()):
            plan = backup.plans[selection["BackupPlanId"]]
            for rule in plan["BackupPlan"].get("Rules", []):
                for arn in selected(selection["Resources"]):
                    _run_rule(plan, rule, selection["IamRoleArn"], arn, made)
    return made


def recovery_points(given: dict) -> dict:
    """The recovery points of a vault."""
    with request_scope(get_account_id(), _region(given)):
        held = vaults.points(jobs.vault(str(given.get("vault")))["BackupVaultName"])
        return {"recoveryPoints": [{**public(point), "sha256": point["_sha256"]} for point in held]}


def _region(given: dict) -> str:
    if not given.get("region"):
        raise Refused("region must be given")
    return str(given["region"])


def selected(patterns: list[str]) -> list[str]:
    """The resources that a selection names; one that is not there is kept, as its job fails."""
    known = [arn for kind in contents.KINDS for arn in kind.arns()]
    found: list[str] = []
    for pattern in patterns:
        matching = [arn for arn in known if fnmatch.fnmatchcase(arn, pattern)] if "*" in pattern else [pattern]
        found += [arn for arn in matching if arn not in found]
    return found


def _run_rule(plan: dict, rule: dict, role: str, arn: str, made: dict[str, list[dict]]) -> None:
    by = {
        "BackupPlanId": plan["BackupPlanId"],
        "BackupPlanArn": plan["BackupPlanArn"],
        "BackupPlanVersion": plan["VersionId"],
        "BackupPlanName": plan["BackupPlanName"],
        "BackupRuleName": rule["RuleName"],
    }
    vault = rule["TargetBackupVaultName"]
    asked = {"BackupVaultName": vault, "ResourceArn": arn, "IamRoleArn": role, "Lifecycle": rule.get("Lifecycle")}
    backed_up = jobs.back_up(asked, by)
    made["backupJobs"].append(public(backed_up))
    if backed_up["State"] != "COMPLETED":
        return
    for action in rule.get("CopyActions") or []:
        asked = {
            "SourceBackupVaultName": vault,
            "RecoveryPointArn": backed_up["RecoveryPointArn"],
            "DestinationBackupVaultArn": action["DestinationBackupVaultArn"],
            "IamRoleArn": role,
            "Lifecycle": action.get("Lifecycle"),
        }
        made["copyJobs"].append(public(jobs.copy_point(asked, by)))


def run_trials(given: dict) -> dict:
    """Restore on trial, as the time of the plans had come
    (https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html); for each selection the job, and whether the
    content came back as it was."""
    with request_scope(get_account_id(), _region(given)):
        return {"restoreJobs": [_try(selection) for selection in list(backup.restore_testing_selections.values())]}


def _try(selection: dict) -> dict:
    named = {"selection": selection["RestoreTestingSelectionName"]}
    found = _candidates(selection)
    if not found:
        return {**named, "Status": "FAILED", "StatusMessage": "No recovery point is eligible for this selection."}
    newest = max(found, key=lambda point: point["CreationDate"])
    kind = contents.kind_of(newest["ResourceArn"])
    metadata = kind.trial(newest["_content"], f"awsbackup-restore-test-{uuid.uuid4().hex[:12]}")
    overrides = {name.lower(): value for name, value in (selection.get("RestoreMetadataOverrides") or {}).items()}
    job = jobs.restore(
        {
            "RecoveryPointArn": newest["RecoveryPointArn"],
            "IamRoleArn": selection["IamRoleArn"],
            "Metadata": {**{name.lower(): value for name, value in metadata.items()}, **overrides},
        }
    )
    if job["Status"] == "COMPLETED":
        named["sha256"] = contents.summary(kind.read(job["CreatedResourceArn"]))[1]
        kind.remove(job["CreatedResourceArn"])
        job["DeletionStatus"] = "SUCCESSFUL"
    return {**named, **public(job), "expectedSha256": newest["_sha256"]}


def _candidates(selection: dict) -> list[dict]:
    chosen = restore_testing.plan(selection["RestoreTestingPlanName"])["RecoveryPointSelection"]
    arns = selection.get("ProtectedResourceArns") or ["*"]

    def fits(point: dict) -> bool:
        included, excluded = (
            any(fnmatch.fnmatchcase(point["BackupVaultArn"], pattern) for pattern in chosen.get(field) or [])
            for field in ("IncludeVaults", "ExcludeVaults")
        )
        is_of_it = point["ResourceType"] == selection["ProtectedResourceType"] and (
            arns == ["*"] or point["ResourceArn"] in arns
        )
        return included and not excluded and is_of_it and "SNAPSHOT" in chosen["RecoveryPointTypes"]

    return [point for point in backup.recovery_points.values() if fits(point)]
