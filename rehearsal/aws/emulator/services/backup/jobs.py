"""AWS Backup: jobs that back up, copy and restore, each done as soon as it is started.

Rules: https://docs.aws.amazon.com/aws-backup/latest/devguide/, of which each function names the page.
"""

import copy
import time
import uuid
from collections.abc import Callable

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, request_scope

from ...core.ministack_api import Fault, Refused, enabled_key
from ...core.seams import backup
from . import contents, vaults
from .plans import refuse_role


def install() -> None:
    """Make the stores of jobs, for the inventory."""
    backup.copy_jobs = AccountRegionScopedDict()
    backup.restore_jobs = AccountRegionScopedDict()


def vault(name: str) -> dict:
    """The record of a vault of the own region."""
    found = backup.vaults.get(name)
    if found is None:
        raise Fault("ResourceNotFoundException", f"Backup vault {name} does not exist in {get_region()}.")
    return found


def point(vault_name: str, arn: str) -> dict:
    """The record of a recovery point of a vault."""
    vault(vault_name)
    found = backup.recovery_points.get(arn)
    if found is None or found["BackupVaultName"] != vault_name:
        raise Fault("ResourceNotFoundException", f"Cannot find recovery point {arn} in the vault {vault_name}.")
    return found


def back_up(given: dict, created_by: dict | None = None) -> dict:
    """API_StartBackupJob. A resource that cannot be backed up fails the job."""
    held, kind = vault(given["BackupVaultName"]), contents.kind_of(given["ResourceArn"])
    refuse_role(given["IamRoleArn"])
    job = _job("BackupJobId", kind, given["ResourceArn"], given["IamRoleArn"], created_by)
    job |= {
        "BackupVaultName": held["BackupVaultName"],
        "BackupVaultArn": held["BackupVaultArn"],
        "PercentDone": "100.0",
    }
    lifecycle = _lifecycle(given.get("Lifecycle"))

    def run() -> None:
        _refuse_retention(held, lifecycle)
        content = kind.read(given["ResourceArn"])
        made = _hold(held, kind, job, content, lifecycle, job="job")
        job.update({name: made[name] for name in ("RecoveryPointArn", "BackupSizeInBytes", "IsEncrypted")})

    backup.jobs[job["BackupJobId"]] = job
    return _done(job, "State", run)


def copy_point(given: dict, created_by: dict | None = None) -> dict:
    """API_StartCopyJob. A vault that is missing, or that keeps backups for another time, fails the job."""
    source = point(given["SourceBackupVaultName"], given["RecoveryPointArn"])
    refuse_role(given["IamRoleArn"])
    kind = next(kind for kind in contents.KINDS if kind.name == source["ResourceType"])
    job = _job("CopyJobId", kind, source["ResourceArn"], given["IamRoleArn"], created_by)
    job |= {
        "SourceBackupVaultArn": source["BackupVaultArn"],
        "SourceRecoveryPointArn": source["RecoveryPointArn"],
        "DestinationBackupVaultArn": given["DestinationBackupVaultArn"],
    }
    lifecycle = _lifecycle(given.get("Lifecycle")) or source["Lifecycle"]
    region, name = (given["DestinationBackupVaultArn"].split(":") + [""] * 7)[3:7:3]

    def run() -> None:
        content = copy.deepcopy(source["_content"])
        with request_scope(get_account_id(), region):
            destination = backup.vaults.get(name)
            if destination is None:
                raise Refused(f"Destination backup vault {given['DestinationBackupVaultArn']} does not exist.")
            _refuse_retention(destination, lifecycle)
            key = destination["EncryptionKeyArn"] or None
            if kind.key(content) and region != source["RecoveryPointArn"].split(":")[3]:
                content["key"] = key
            if source["IsEncrypted"] and destination["VaultType"] == "BACKUP_VAULT" and not enabled_key(key):
                raise Refused(f"The key of the vault {name} is not accessible in {region}: {key}")
            made = _hold(destination, kind, job, content, lifecycle, job="copyjob")
        made["SourceBackupVaultArn"] = source["BackupVaultArn"]
        job.update(DestinationRecoveryPointArn=made["RecoveryPointArn"], BackupSizeInBytes=made["BackupSizeInBytes"])

    backup.copy_jobs[job["CopyJobId"]] = job
    return _done(job, "State", run)


def restore(given: dict) -> dict:
    """API_StartRestoreJob. Metadata that are missing refuse the job; what the service refuses fails it."""
    held = backup.recovery_points.get(given["RecoveryPointArn"])
    if held is None:
        raise Fault(
            "ResourceNotFoundException", f"Cannot find recovery point {given['RecoveryPointArn']} in {get_region()}."
        )
    if not given.get("IamRoleArn"):
        raise Fault("InvalidParameterValueException", "IamRoleArn must be given.")
    refuse_role(given["IamRoleArn"])
    kind = next(kind for kind in contents.KINDS if kind.name == held["ResourceType"])
    metadata = given["Metadata"]
    missing = [name for name in kind.required if not contents.named(metadata, name)]
    if missing:
        raise Fault(
            "InvalidParameterValueException", f"Invalid restore metadata. Missing required: {', '.join(missing)}"
        )
    job = _job("RestoreJobId", kind, held["ResourceArn"], given["IamRoleArn"], None)
    job |= {
        "RecoveryPointArn": held["RecoveryPointArn"],
        "BackupVaultArn": held["BackupVaultArn"],
        "SourceResourceArn": job.pop("ResourceArn"),
        "BackupSizeInBytes": held["BackupSizeInBytes"],
        "RecoveryPointCreationDate": held["CreationDate"],
        "PercentDone": "100.00%",
    }

    def run() -> None:
        job["CreatedResourceArn"] = kind.restore(copy.deepcopy(held["_content"]), metadata)
        held["LastRestoreTime"] = time.time()

    backup.restore_jobs[job["RestoreJobId"]] = job
    return _done(job, "Status", run)


def _job(identity: str, kind: contents.Kind, arn: str, role: str, created_by: dict | None) -> dict:
    return {
        identity: str(uuid.uuid4()),
        "AccountId": get_account_id(),
        "ResourceArn": arn,
        "ResourceType": kind.name,
        "IamRoleArn": role,
        "CreationDate": time.time(),
        **({"CreatedBy": created_by} if created_by else {}),
    }


def _done(job: dict, field: str, run: Callable[[], None]) -> dict:
    try:
        run()
        job[field] = "COMPLETED"
    except (Refused, ValueError) as error:
        job |= {field: "FAILED", "StatusMessage": str(error)}
    job["CompletionDate"] = time.time()
    return job


def _lifecycle(given: dict | None) -> dict:
    return {name: int(value) if str(value).lstrip("-").isdigit() else value for name, value in (given or {}).items()}


def _refuse_retention(held: dict, lifecycle: dict) -> None:
    """A locked vault takes only what it may keep for as long as it has to
    (https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html)."""
    days, least, most = lifecycle.get("DeleteAfterDays"), held.get("MinRetentionDays"), held.get("MaxRetentionDays")
    if not held["Locked"]:
        return
    is_short = days is not None and least is not None and days < least
    if is_short or (most is not None and (days is None or days > most)):
        raise Refused(
            f"The retention of {'no end' if days is None else f'{days} days'} does not fit the lock of the vault "
            f"{held['BackupVaultName']}, which keeps backups from {least or 1} to {most or vaults.LONGEST_DAYS} days."
        )


def _hold(held: dict, kind: contents.Kind, made_by: dict, content: dict, lifecycle: dict, *, job: str) -> dict:
    """Put a recovery point into a vault of the own region."""
    size, checksum = contents.summary(content)
    arn = kind.recovery_point.format(region=get_region(), account=get_account_id(), identity=str(uuid.uuid4()), job=job)
    key = kind.key(content) or held["EncryptionKeyArn"]
    made = {
        "RecoveryPointArn": arn,
        "BackupVaultName": held["BackupVaultName"],
        "BackupVaultArn": held["BackupVaultArn"],
        "VaultType": held["VaultType"],
        "ResourceArn": made_by["ResourceArn"],
        "ResourceName": made_by["ResourceArn"].rpartition(":")[2].rpartition("/")[2],
        "ResourceType": kind.name,
        "IamRoleArn": made_by["IamRoleArn"],
        "Status": "COMPLETED",
        "CreationDate": made_by["CreationDate"],
        "CompletionDate": time.time(),
        "BackupSizeInBytes": size,
        "Lifecycle": lifecycle,
        "IsEncrypted": bool(key),
        **({"EncryptionKeyArn": key} if key else {}),
        **({"CreatedBy": made_by["CreatedBy"]} if "CreatedBy" in made_by else {}),
        "_content": content,
        "_sha256": checksum,
    }
    backup.recovery_points[arn] = made
    return made
