"""RDS: instances that begin with the content of another one: at a point in time, from a snapshot, or as what was a read replica.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html, USER_RestoreFromSnapshot.html and the pages of the API that the
functions name.
"""

from dataclasses import dataclass
from typing import Any

from ministack.core.responses import get_region

from ...core.ministack_api import Fault, enabled_key, is_true
from ...core.seams import provisioners, rds
from .. import cloudformation
from ..cloudformation import Create, Delete, Made, Update
from . import automated_backups, rows
from .actions import members
from .actions import register as register_actions
from .instances import INSTANCE, OF_THE_SOURCE

ORIGINS = (
    *(
        "SourceDBInstanceIdentifier",
        "SourceDbiResourceId",
        "SourceDBInstanceAutomatedBackupsArn",
        "DBSnapshotIdentifier",
    ),
    *("RestoreTime", "UseLatestRestorableTime"),
)
"""Properties that say from what an instance is restored."""
GIVEN = (
    *("AutoMinorVersionUpgrade", "AvailabilityZone", "CopyTagsToSnapshot", "DBInstanceClass", "DBParameterGroupName"),
    *("DBSubnetGroupName", "DeletionProtection", "Iops", "MultiAZ", "Port", "PubliclyAccessible", "StorageThroughput"),
    *("StorageType", "MaxAllocatedStorage", "BackupRetentionPeriod"),
)
"""Parameters of a restore that are properties of the new instance."""


@dataclass(frozen=True)
class Origin:
    """The beginning of a new instance."""

    instance: dict
    """The record of the instance that was backed up"""
    databases: rows.Databases
    key: str | None


def install() -> None:
    """Put every seam of this module in, around those of instances.py."""
    cloudformation.override(INSTANCE, create=_create, update=_update, delete=_delete)
    register_actions(
        {
            "RestoreDBInstanceToPointInTime": _restore_to_point_in_time,
            "RestoreDBInstanceFromDBSnapshot": _restore_from_snapshot,
            "PromoteReadReplica": _promote,
        }
    )


def restore(properties: dict) -> dict:
    """Make an instance as CloudFormation does; its record."""
    name, _ = provisioners.RESOURCE_HANDLERS[INSTANCE]["create"]("Restored", properties, "restored")
    return rds.instances[name]


def restore_from(origin: Origin, properties: dict) -> dict:
    """Make an instance that begins as another one was; its record."""
    restored = restore(_inheriting(properties, origin))
    rows.begin(restored, origin.databases)
    return restored


def _create(create: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
    origin = _origin(properties)
    if origin is None:
        physical_id, attributes = create(logical_id, properties, stack_name)
        rows.history(rds.instances[physical_id])
    else:
        physical_id, attributes = create(logical_id, _inheriting(properties, origin), stack_name)
        rows.begin(rds.instances[physical_id], origin.databases)
    _replicate(physical_id, {}, properties)
    return physical_id, attributes


def _update(update: Update, physical_id: str, old: dict, new: dict, *names: Any) -> Made:
    """A restored instance keeps what it has from its origin. One that replaces another has no rows of it."""
    record = rds.instances.get(physical_id, {})
    restored = [
        _inheriting(given, Origin(record, {}, record.get("KmsKeyId"))) if _is_restored(given) else given
        for given in (old, new)
    ]
    history = rows.history(record) if record else None
    changed, attributes = update(physical_id, *restored, *names)
    if history is not None and changed == physical_id:
        rds.instances[changed].setdefault("_history", history)
    _replicate(changed, old, new)
    return changed, attributes


def _delete(delete: Delete, physical_id: str, properties: dict) -> None:
    """Replicas keep what they have, and so do copies of backups."""
    instance = rds.instances.get(physical_id)
    kept = rows.content(instance) if instance else {}
    replicas = list(instance.get("ReadReplicaDBInstanceIdentifiers") or []) if instance else []
    delete(physical_id, properties)
    if instance:
        automated_backups.end(instance["DBInstanceArn"])
    for name in replicas:
        if name in rds.instances:
            rows.begin(rds.instances[name], kept)


def _replicate(physical_id: str, old: dict, new: dict) -> None:
    """The region, key and retention of a template's AutomaticBackupReplication…"""
    names = [f"AutomaticBackupReplication{name}" for name in ("Region", "KmsKeyId", "RetentionPeriod")]
    if [old.get(name) for name in names] == [new.get(name) for name in names]:
        return
    arn = rds.instances[physical_id]["DBInstanceArn"]
    if old.get(names[0]):
        automated_backups.end(arn)
    region, key, retention = (new.get(name) for name in names)
    if region:
        automated_backups.replicate_into(region, arn, key, int(retention or automated_backups.RETENTION))


def _is_restored(properties: dict) -> bool:
    point = properties.get("RestoreTime") or is_true(properties.get("UseLatestRestorableTime"))
    return bool(point or properties.get("DBSnapshotIdentifier"))


def _origin(properties: dict) -> Origin | None:
    if not _is_restored(properties):
        return None
    if properties.get("DBSnapshotIdentifier"):
        return _from_snapshot(properties["DBSnapshotIdentifier"])
    return _at(_backup(properties), properties.get("RestoreTime"), is_true(properties.get("UseLatestRestorableTime")))


def _from_snapshot(name: str) -> Origin:
    snapshot = rds.snapshots.get(name.rpartition(":snapshot:")[2] or name)
    if snapshot is None:
        raise Fault("DBSnapshotNotFound", f"DBSnapshot {name} not found in {get_region()}.")
    return Origin(snapshot["_instance"], snapshot["_content"], snapshot.get("KmsKeyId") or None)


def _backup(properties: dict) -> dict:
    """The automated backups that are named, by one name."""
    names = [name for name in ORIGINS[:3] if properties.get(name)]
    if len(names) != 1:
        raise Fault(
            "InvalidParameterCombination",
            f"Exactly one of {', '.join(ORIGINS[:3])} must be given, not {', '.join(names) or 'none'}.",
        )
    name, value = names[0], properties[names[0]]
    if name == "SourceDBInstanceAutomatedBackupsArn":
        return automated_backups.find(value)
    field = "DbiResourceId" if name == "SourceDbiResourceId" else "DBInstanceIdentifier"
    for instance in rds.instances.values():
        if instance[field] == value:
            return automated_backups.own(instance)
    raise Fault("DBInstanceNotFound", f"DBInstance {value} not found in {get_region()}.")


def _at(backup: dict, time: str | None, is_latest: bool) -> Origin:
    """The rows of a moment within the window (API_RestoreDBInstanceToPointInTime)."""
    if bool(time) == is_latest:
        raise Fault(
            "InvalidParameterCombination", "Exactly one of RestoreTime and UseLatestRestorableTime must be given."
        )
    earliest, latest = automated_backups.window(backup)
    moment = rows.parsed(time) if time else rows.parsed(latest)
    if not rows.parsed(earliest) <= moment <= rows.parsed(latest):
        raise Fault(
            "InvalidRestoreFault",
            f"{backup['DBInstanceIdentifier']} cannot be restored to {time}: its backups are from {earliest} to {latest}.",
        )
    databases = next(held for since, held in reversed(backup["_history"]) if rows.parsed(since) <= moment)
    return Origin(backup["_instance"], databases, backup.get("KmsKeyId"))


def _inheriting(properties: dict, origin: Origin) -> dict:
    """The properties of a restored instance: engine, user, storage and key are those of what was backed up."""
    source = origin.instance
    if source.get("StorageEncrypted") and origin.key and not enabled_key(origin.key):
        raise Fault("KMSKeyNotAccessibleFault", f"The KMS key {origin.key} is not accessible in {get_region()}.")
    inherited = {name: source[field] for name, field in OF_THE_SOURCE.items() if source.get(field) not in (None, "")}
    changeable = {
        "BackupRetentionPeriod": source.get("BackupRetentionPeriod", 1),
        "AllocatedStorage": source["AllocatedStorage"],
    }
    own = {name: value for name, value in properties.items() if name not in ORIGINS}
    fixed = {
        name: value
        for name, value in inherited.items()
        if name not in ("EngineVersion", "AllocatedStorage", "StorageType")
    }
    password = own.get("MasterUserPassword")
    return {
        **inherited,
        **changeable,
        **own,
        **fixed,
        **({"MasterUserPassword": password} if password else {}),
        **({"KmsKeyId": origin.key} if origin.key else {}),
    }


def _asked(given: dict, name: str) -> dict:
    """The properties of a restore that is asked for by the API."""
    if given[name] in rds.instances:
        raise Fault("DBInstanceAlreadyExists", f"DB instance already exists: {given[name]}")
    groups = members(given, "VpcSecurityGroupIds.VpcSecurityGroupId")
    return {
        "DBInstanceIdentifier": given[name],
        **{key: given[key] for key in GIVEN if key in given},
        **({"VPCSecurityGroups": groups} if groups else {}),
        **{key: given[key] for key in ORIGINS if key in given},
    }


def _answer(action: str, instance: dict) -> tuple:
    return rds.single_instance_response(f"{action}Response", f"{action}Result", instance)


def _restore_to_point_in_time(given: dict) -> tuple:
    """API_RestoreDBInstanceToPointInTime"""
    asked = _asked(given, "TargetDBInstanceIdentifier")
    if not _is_restored(asked):
        raise Fault(
            "InvalidParameterCombination", "Exactly one of RestoreTime and UseLatestRestorableTime must be given."
        )
    return _answer("RestoreDBInstanceToPointInTime", restore(asked))


def _restore_from_snapshot(given: dict) -> tuple:
    """API_RestoreDBInstanceFromDBSnapshot"""
    asked = _asked(given, "DBInstanceIdentifier")
    return _answer("RestoreDBInstanceFromDBSnapshot", restore(asked))


def _promote(given: dict) -> tuple:
    """API_PromoteReadReplica"""
    name = given["DBInstanceIdentifier"]
    replica = rds.instances.get(name)
    if replica is None:
        raise Fault("DBInstanceNotFound", f"DBInstance {name} not found.")
    source = replica.get("ReadReplicaSourceDBInstanceIdentifier")
    if not source:
        raise Fault("InvalidDBInstanceState", f"DB Instance {name} is not a read replica.")
    kept = rows.content(replica)
    replica["ReadReplicaSourceDBInstanceIdentifier"] = ""
    replica["BackupRetentionPeriod"] = int(given.get("BackupRetentionPeriod", 1))
    followed = rds.instances.get(source, {}).get("ReadReplicaDBInstanceIdentifiers", [])
    followed[:] = [other for other in followed if other != name]
    rows.begin(replica, kept)
    return _answer("PromoteReadReplica", replica)
