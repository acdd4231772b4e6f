"""AWS Backup: its API of jobs, vaults and recovery points, which MiniStack answers without any of the latter."""

import re
from collections.abc import Callable
from typing import Any

from ...core.answers import answer, asked
from ...core.ministack_api import Fault, Refused
from ...core.seams import backup, iam_evaluator
from ..iam import evaluation
from . import jobs, vaults


def install() -> None:
    """Wraps backup.handle_request."""
    handle = backup.handle_request
    names = tuple(ACTIONS)

    async def answering(method: str, path: str, headers: dict, body: bytes, query: dict) -> tuple:
        found = asked("backup", names, method, path, query, body)
        return act(*found) if found else await handle(method, path, headers, body, query)

    backup.handle_request = answering


def act(operation: str, given: dict) -> tuple:
    """The answer of an operation, or its error."""
    try:
        return answer("backup", operation, ACTIONS[operation](given))
    except Refused as error:
        return backup.err(getattr(error, "code", "InvalidParameterValueException"), str(error), 400)


def public(record: dict) -> dict:
    """A record as the API shows it."""
    return {name: value for name, value in record.items() if not name.startswith("_")}


def delete_point(given: dict) -> dict:
    """A policy of the vault or its lock keeps what is in it (API_DeleteRecoveryPoint, vault-lock.html)."""
    name, arn = given["BackupVaultName"], given["RecoveryPointArn"]
    held, vault = jobs.point(name, arn), jobs.vault(name)
    context = evaluation.context_of(
        f"arn:aws:iam::{vault['BackupVaultArn'].split(':')[4]}:role/somebody", "backup:DeleteRecoveryPoint", arn, ""
    )
    policy = vault.get("AccessPolicy")
    if policy and iam_evaluator.evaluate_resource_policy(policy, context).decision == "Deny":
        raise Fault(
            "AccessDeniedException", f"The access policy of the vault {name} denies backup:DeleteRecoveryPoint."
        )
    if vault["Locked"]:
        raise Fault(
            "InvalidRequestException", "RecoveryPoint cannot be deleted or updated (Backup vault configured with Lock)"
        )
    del backup.recovery_points[held["RecoveryPointArn"]]
    return {}


def _described_vault(given: dict) -> dict:
    vault, name = jobs.vault(given["BackupVaultName"]), given["BackupVaultName"]
    fields = ("BackupVaultName", "BackupVaultArn", "VaultType", "VaultState", "EncryptionKeyArn", "CreationDate")
    limits = ("Locked", "MinRetentionDays", "MaxRetentionDays", "LockDate")
    shown = {field: vault[field] for field in (*fields, *limits) if field in vault}
    return {**shown, "NumberOfRecoveryPoints": len(vaults.points(name))}


def _points(given: dict) -> dict:
    jobs.vault(given["BackupVaultName"])
    filters = {"ByResourceType": "ResourceType", "ByResourceArn": "ResourceArn"}
    wanted = {field: given[name] for name, field in filters.items() if name in given}
    held = [public(point) for point in vaults.points(given["BackupVaultName"]) if wanted.items() <= point.items()]
    return {"RecoveryPoints": sorted(held, key=lambda point: point["CreationDate"], reverse=True)}


def _points_of_resource(given: dict) -> dict:
    fields = (
        "RecoveryPointArn",
        "CreationDate",
        "Status",
        "EncryptionKeyArn",
        "BackupVaultName",
        "ResourceName",
        "VaultType",
    )
    return {
        "RecoveryPoints": [
            {
                **{field: point[field] for field in fields if field in point},
                "BackupSizeBytes": point["BackupSizeInBytes"],
            }
            for point in backup.recovery_points.values()
            if point["ResourceArn"] == given["ResourceArn"]
        ]
    }


def _job(store: Callable[[], Any], name: str) -> Callable[[dict], dict]:
    def found(given: dict) -> dict:
        job = store().get(given[name])
        if job is None:
            raise Fault("ResourceNotFoundException", f"{name} {given[name]} not found.")
        return public(job)

    return found


def _listed(store: Callable[[], Any], key: str) -> Callable[[dict], dict]:
    """Jobs, filtered by whatever ByNAME names a field of them."""

    def found(given: dict) -> dict:
        wanted = {re.sub("^By", "", name): value for name, value in given.items() if name.startswith("By")}
        return {key: [public(job) for job in store().values() if wanted.items() <= job.items()]}

    return found


def _started(run: Callable[[dict], dict], *fields: str) -> Callable[[dict], dict]:
    def started(given: dict) -> dict:
        job = run(given)
        return {field: job[field] for field in fields if field in job}

    return started


def _metadata(given: dict) -> dict:
    """API_GetRecoveryPointRestoreMetadata: what a restore is given, changed where that has to be."""
    held = jobs.point(given["BackupVaultName"], given["RecoveryPointArn"])
    instance = held["_content"].get("instance", {})
    fields = ("DBInstanceClass", "DBInstanceIdentifier", "Engine", "AllocatedStorage", "StorageType", "MultiAZ")
    metadata = {field: str(instance[field]) for field in fields if field in instance}
    return {
        "BackupVaultArn": held["BackupVaultArn"],
        "RecoveryPointArn": held["RecoveryPointArn"],
        "RestoreMetadata": metadata,
        "ResourceType": held["ResourceType"],
    }


ACTIONS: dict[str, Callable[[dict], dict]] = {
    "DescribeBackupVault": _described_vault,
    "ListRecoveryPointsByBackupVault": _points,
    "ListRecoveryPointsByResource": _points_of_resource,
    "DescribeRecoveryPoint": lambda given: public(jobs.point(given["BackupVaultName"], given["RecoveryPointArn"])),
    "GetRecoveryPointRestoreMetadata": _metadata,
    "DeleteRecoveryPoint": delete_point,
    "StartBackupJob": _started(jobs.back_up, "BackupJobId", "RecoveryPointArn", "CreationDate"),
    "DescribeBackupJob": _job(lambda: backup.jobs, "BackupJobId"),
    "ListBackupJobs": _listed(lambda: backup.jobs, "BackupJobs"),
    "StartCopyJob": _started(jobs.copy_point, "CopyJobId", "CreationDate"),
    "DescribeCopyJob": lambda given: {"CopyJob": _job(lambda: backup.copy_jobs, "CopyJobId")(given)},
    "ListCopyJobs": _listed(lambda: backup.copy_jobs, "CopyJobs"),
    "StartRestoreJob": _started(jobs.restore, "RestoreJobId"),
    "DescribeRestoreJob": _job(lambda: backup.restore_jobs, "RestoreJobId"),
    "ListRestoreJobs": _listed(lambda: backup.restore_jobs, "RestoreJobs"),
}
