"""AWS Backup: vaults, which MiniStack makes without key, lock or access policy, and deletes whatever is in them; logically air-gapped
vaults, which it lacks.

Rules: https://docs.aws.amazon.com/aws-backup/latest/devguide/, of which each function names the page.
"""

import re
import time

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from ...core.ministack_api import Refused, enabled_key, result
from ...core.seams import backup
from .. import cloudformation
from ..cloudformation import Create, Delete, Made, StandIn, Update, register

VAULT, AIR_GAPPED = "AWS::Backup::BackupVault", "AWS::Backup::LogicallyAirGappedBackupVault"
NAME = r"[a-zA-Z0-9\-_]{2,50}"
LONGEST_DAYS = 36500
"""The longest retention, about 100 years (API_PutBackupVaultLockConfiguration)."""
GRACE_DAYS = 3
"""Least days until a lock can no longer be changed (API_PutBackupVaultLockConfiguration)."""
AIR_GAPPED_DAYS = 7
"""Least days that a logically air-gapped vault keeps a backup (API_CreateLogicallyAirGappedBackupVault)."""
DAY = 86400


def install() -> None:
    """Put every seam of this module in."""
    backup.recovery_points = AccountRegionScopedDict()
    cloudformation.override(VAULT, create=_create, update=_update, delete=_delete)
    register(
        {
            AIR_GAPPED: StandIn(
                _make_air_gapped,
                lambda name, properties: delete_vault(name),
                lambda name, properties: {
                    "BackupVaultArn": backup.vaults[name]["BackupVaultArn"],
                    "EncryptionKeyArn": backup.vaults[name]["EncryptionKeyArn"],
                    "VaultState": "AVAILABLE",
                    "VaultType": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT",
                },
                mutable=frozenset({"AccessPolicy", "BackupVaultTags", "Notifications"}),
                update=lambda name, old, new: _hold(name, new),
            )
        }
    )


def arn(name: str) -> str:
    """The ARN of a vault of the own region."""
    return f"arn:aws:backup:{get_region()}:{get_account_id()}:backup-vault:{name}"


def points(name: str) -> list[dict]:
    """The recovery points of a vault."""
    return [point for point in backup.recovery_points.values() if point["BackupVaultName"] == name]


def delete_vault(name: str) -> None:
    """A vault with recovery points stays (API_DeleteBackupVault)."""
    if points(name):
        raise Refused("Backup vault cannot be deleted because it contains recovery points.")
    backup.vaults.pop(name, None)


def _refuse_name(name: str | None) -> None:
    if not re.fullmatch(NAME, name or ""):
        raise Refused(f"Backup vault name must satisfy regular expression {NAME}: {name}")
    if name in backup.vaults:
        raise Refused(f"Backup vault with the same name already exists: {name}")


def _refuse_key(key: str | None) -> None:
    """The key of a vault is one of its region (API_CreateBackupVault)."""
    if key and not enabled_key(key):
        raise Refused(
            f"The KMS key {key} does not exist in {get_region()} or is not enabled: order the vault after it."
        )


def _refuse_lock(lock: dict) -> None:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html"""
    least, most = int(lock.get("MinRetentionDays", 1)), int(lock.get("MaxRetentionDays", LONGEST_DAYS))
    if not 1 <= least <= most <= LONGEST_DAYS:
        raise Refused(
            f"MinRetentionDays and MaxRetentionDays must be from 1 to {LONGEST_DAYS}, the first not above the second: "
            f"{least} and {most}"
        )
    if "ChangeableForDays" in lock and not GRACE_DAYS <= int(lock["ChangeableForDays"]) <= LONGEST_DAYS:
        raise Refused(
            f"ChangeableForDays must be from {GRACE_DAYS} to {LONGEST_DAYS}, not {lock['ChangeableForDays']}: a lock in "
            "compliance mode has a grace time of at least 72 hours."
        )


def _hold(name: str, properties: dict) -> None:
    """Set what MiniStack drops. What nothing may change any longer stays."""
    vault, lock = backup.vaults[name], properties.get("LockConfiguration") or {}
    vault["AccessPolicy"] = properties.get("AccessPolicy")
    vault["BackupVaultTags"] = properties.get("BackupVaultTags") or {}
    if vault["VaultType"] != "BACKUP_VAULT":
        return
    held = {field: vault.get(field) for field in ("MinRetentionDays", "MaxRetentionDays")}
    given = {field: int(lock[field]) if field in lock else None for field in held}
    if held != given and "LockDate" in vault and vault["LockDate"] < time.time():
        raise Refused(f"The lock of the vault {name} can't be changed since its grace time is over.")
    for field, value in given.items():
        vault.pop(field, None)
        if value is not None:
            vault[field] = value
    vault["Locked"] = bool(lock)
    if "ChangeableForDays" in lock:
        vault.setdefault("LockDate", vault["CreationDate"] + int(lock["ChangeableForDays"]) * DAY)
    else:
        vault.pop("LockDate", None)


def _create(create: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
    """MiniStack makes no complaint of a vault that is there already."""
    _refuse_name(properties.get("BackupVaultName"))
    _refuse_key(properties.get("EncryptionKeyArn"))
    _refuse_lock(properties.get("LockConfiguration") or {})
    name, attributes = create(logical_id, properties, stack_name)
    backup.vaults[name] |= {"VaultType": "BACKUP_VAULT", "VaultState": "AVAILABLE"}
    _hold(name, properties)
    return name, attributes


def _update(update: Update, physical_id: str, old: dict, new: dict, *names: str) -> Made:
    _refuse_lock(new.get("LockConfiguration") or {})
    name, attributes = update(physical_id, old, new, *names)
    _hold(name, new)
    return name, attributes


def _delete(_delete_anyway: Delete, physical_id: str, _properties: dict) -> None:
    delete_vault(physical_id)


def _make_air_gapped(properties: dict, _name: str) -> str:
    """AWS keeps the key of such a vault itself, unless the template names one."""
    name, key = properties["BackupVaultName"], properties.get("EncryptionKeyArn")
    _refuse_name(name)
    _refuse_key(key)
    least, most = int(properties["MinRetentionDays"]), int(properties["MaxRetentionDays"])
    if not AIR_GAPPED_DAYS <= least <= most <= LONGEST_DAYS:
        raise Refused(
            f"MinRetentionDays and MaxRetentionDays of a logically air-gapped vault must be from {AIR_GAPPED_DAYS} to "
            f"{LONGEST_DAYS}, the first not above the second: {least} and {most}"
        )
    own = f"arn:aws:kms:{get_region()}:{get_account_id()}:key/aws-backup-{name}"
    result(backup.create_vault(name, {"EncryptionKeyArn": key or own}))
    backup.vaults[name] |= {
        "VaultType": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT",
        "VaultState": "AVAILABLE",
        "Locked": True,
        "MinRetentionDays": least,
        "MaxRetentionDays": most,
    }
    _hold(name, properties)
    return name
