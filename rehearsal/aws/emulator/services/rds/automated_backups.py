"""RDS: automated backups, and their replication into another region, of which MiniStack has neither.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html and the pages of the API that the functions name.
"""

import copy
import functools
from collections.abc import Iterator

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, request_scope

from ...core import outages
from ...core.ministack_api import Fault
from ...core.seams import rds
from . import rows
from .actions import register as register_actions
from .instances import require_key

DESCRIBED = (
    *("DBInstanceArn", "DbiResourceId", "DBInstanceIdentifier", "Engine", "EngineVersion", "AllocatedStorage"),
    *("MasterUsername", "InstanceCreateTime", "LicenseModel", "StorageType", "BackupRetentionPeriod"),
)
"""Fields of an automated backup that are those of its instance."""
RETENTION = 7
"""Days, unless somebody says otherwise (API_StartDBInstanceAutomatedBackupsReplication)."""


def install() -> None:
    """Register the actions. The copies are an own store: backups in the own region go with their instance, and need none."""
    rds.automated_backups = AccountRegionScopedDict()
    register_actions(
        {
            "DescribeDBInstanceAutomatedBackups": _describe,
            "StartDBInstanceAutomatedBackupsReplication": _start,
            "StopDBInstanceAutomatedBackupsReplication": _stop,
            "DeleteDBInstanceAutomatedBackup": _delete,
        }
    )


def ship(instance: dict) -> None:
    """Bring the transaction logs of an instance into the other region."""
    for held in _fed_by(instance["DBInstanceArn"]):
        region = _region(held["DBInstanceAutomatedBackupsArn"])
        outages.when_reachable(region, functools.partial(_receive, held, instance))


def _receive(held: dict, instance: dict) -> None:
    if held["Status"] == "replicating":
        held["_history"] = copy.deepcopy(rows.history(instance))


def end(arn: str) -> None:
    """The replication of an instance ends: what is there stays, and becomes no newer
    (API_StopDBInstanceAutomatedBackupsReplication)."""
    for held in _fed_by(arn):
        held["Status"] = "retained"


def replicate(arn: str, key: str | None, retention: int = RETENTION) -> dict:
    """Begin to replicate backups into the own region (API_StartDBInstanceAutomatedBackupsReplication)."""
    instance = _instance_of(arn)
    if _region(arn) == get_region():
        raise Fault("InvalidParameterValue", "Automated backups can't be replicated within a Region.")
    if not instance.get("BackupRetentionPeriod"):
        raise Fault("InvalidDBInstanceState", "Automated backups are not enabled for this database instance.")
    is_encrypted = bool(instance.get("StorageEncrypted"))
    with request_scope(get_account_id(), _region(arn)):
        history = copy.deepcopy(rows.history(instance))
    held = {
        **{name: instance[name] for name in DESCRIBED if instance.get(name)},
        "DBInstanceAutomatedBackupsArn": _arn(instance),
        "Region": _region(arn),
        "Status": "replicating",
        "Encrypted": is_encrypted,
        **({"KmsKeyId": require_key(key, get_region())} if is_encrypted else {}),
        "BackupRetentionPeriod": retention,
        "_history": history,
        "_instance": {name: copy.deepcopy(value) for name, value in instance.items() if name != "_history"},
    }
    rds.automated_backups[held["DBInstanceAutomatedBackupsArn"]] = held
    return held


def replicate_into(region: str, arn: str, key: str | None, retention: int) -> dict:
    """Begin to replicate backups into a region."""
    with request_scope(get_account_id(), region):
        return replicate(arn, key, retention)


def find(arn: str) -> dict:
    """A replicated backup of the own region."""
    held = rds.automated_backups.get(arn)
    if held is None:
        raise Fault("DBInstanceAutomatedBackupNotFound", f"The automated backup {arn} was not found in {get_region()}.")
    return held


def own(instance: dict) -> dict:
    """The automated backups of an instance, where it is."""
    if not instance.get("BackupRetentionPeriod"):
        raise Fault(
            "PointInTimeRestoreNotEnabled",
            f"Automated backups are not enabled for {instance['DBInstanceIdentifier']}: its BackupRetentionPeriod is 0.",
        )
    return {
        **{name: instance[name] for name in DESCRIBED if instance.get(name)},
        "DBInstanceAutomatedBackupsArn": _arn(instance),
        "Region": get_region(),
        "Status": "active",
        "Encrypted": bool(instance.get("StorageEncrypted")),
        **({"KmsKeyId": instance["KmsKeyId"]} if instance.get("KmsKeyId") else {}),
        "DBInstanceAutomatedBackupsReplications": [
            {"DBInstanceAutomatedBackupsArn": held["DBInstanceAutomatedBackupsArn"]}
            for held in _fed_by(instance["DBInstanceArn"])
        ],
        "_history": rows.history(instance),
        "_instance": instance,
    }


def window(held: dict) -> tuple[str, str]:
    """The first and the last moment to which a backup can be restored. Of a copy, that of the last log that arrived."""
    last = rows.now() if held["Status"] == "active" else held["_history"][-1][0]
    return held["_history"][0][0], last


def shown(held: dict) -> dict:
    """A backup as RDS describes it."""
    earliest, latest = window(held)
    public = {name: value for name, value in held.items() if not name.startswith("_")}
    return {**public, "RestoreWindow": {"EarliestTime": earliest, "LatestTime": latest}}


def _fed_by(arn: str) -> Iterator[dict]:
    """The copies that an instance still feeds."""
    for _, held in list(rds.automated_backups.all_items()):
        if held["DBInstanceArn"] == arn and held["Status"] == "replicating":
            yield held


def _region(arn: str) -> str:
    return (arn.split(":") + [""] * 4)[3]


def _arn(instance: dict) -> str:
    identity = instance["DbiResourceId"].removeprefix("db-").lower()
    return f"arn:aws:rds:{get_region()}:{get_account_id()}:auto-backup:ab-{identity}"


def _instance_of(arn: str) -> dict:
    with request_scope(get_account_id(), _region(arn)):
        instance = rds.instances.get(arn.rpartition(":")[2])
    if instance is None:
        raise Fault("DBInstanceNotFound", f"DBInstance {arn} not found.")
    return instance


def _describe(given: dict) -> dict:
    """Those of the own region: of its instances, and the copies of others."""
    held = [own(instance) for instance in rds.instances.values() if instance.get("BackupRetentionPeriod")]
    wanted = {
        name: given[name]
        for name in ("DBInstanceIdentifier", "DbiResourceId", "DBInstanceAutomatedBackupsArn")
        if name in given
    }
    found = [shown(one) for one in [*held, *rds.automated_backups.values()]]
    return {"DBInstanceAutomatedBackups": [one for one in found if wanted.items() <= one.items()]}


def _start(given: dict) -> dict:
    retention = int(given.get("BackupRetentionPeriod", RETENTION))
    held = replicate(given["SourceDBInstanceArn"], given.get("KmsKeyId"), retention)
    return {"DBInstanceAutomatedBackup": shown(held)}


def _stop(given: dict) -> dict:
    arn = given["SourceDBInstanceArn"]
    fed = list(_fed_by(arn))
    if not fed:
        raise Fault("InvalidDBInstanceState", f"The automated backups of {arn} are not replicated.")
    end(arn)
    return {"DBInstanceAutomatedBackup": shown(fed[0])}


def _delete(given: dict) -> dict:
    """Only what no longer belongs to an instance can be deleted (API_DeleteDBInstanceAutomatedBackup)."""
    held = find(given["DBInstanceAutomatedBackupsArn"])
    del rds.automated_backups[held["DBInstanceAutomatedBackupsArn"]]
    return {"DBInstanceAutomatedBackup": shown({**held, "Status": "retained"})}
