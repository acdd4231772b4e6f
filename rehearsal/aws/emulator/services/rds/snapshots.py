"""RDS: snapshots with the rows of their instance, and their copies in another region.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
"""

import copy
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope

from ...core.ministack_api import Fault
from ...core.seams import rds
from . import rows
from .actions import register as register_actions
from .instances import require_key


def install() -> None:
    """Put every seam of this module in."""
    plain = rds.create_snapshot_internal

    def with_rows(name: str, instance: dict) -> dict:
        snapshot = plain(name, instance)
        snapshot["_content"] = rows.content(instance)
        snapshot["_instance"] = {key: copy.deepcopy(value) for key, value in instance.items() if key != "_history"}
        return snapshot

    rds.create_snapshot_internal = with_rows
    register_actions({"CopyDBSnapshot": _copy})


def _copy(given: dict) -> tuple:
    """API_CopyDBSnapshot, which the destination region is asked."""
    source, target = given["SourceDBSnapshotIdentifier"], given["TargetDBSnapshotIdentifier"]
    region = source.split(":")[3] if source.startswith("arn:") else get_region()
    with request_scope(get_account_id(), region):
        snapshot = rds.snapshots.get(source.rpartition(":snapshot:")[2] or source)
    if snapshot is None:
        raise Fault("DBSnapshotNotFound", f"DBSnapshot {source} not found.")
    if target in rds.snapshots:
        raise Fault("DBSnapshotAlreadyExists", f"Snapshot {target} already exists.")
    changed: dict[str, Any] = {
        "DBSnapshotIdentifier": target,
        "DBSnapshotArn": f"arn:aws:rds:{get_region()}:{get_account_id()}:snapshot:{target}",
        "SnapshotCreateTime": rows.now(),
        "SourceDBSnapshotIdentifier": source,
        "SourceRegion": region,
    }
    if snapshot.get("StorageEncrypted") and (region != get_region() or given.get("KmsKeyId")):
        changed["KmsKeyId"] = require_key(given.get("KmsKeyId"), get_region())
    made = {**copy.deepcopy(snapshot), **changed}
    rds.snapshots[target] = made
    inner = f"<CopyDBSnapshotResult><DBSnapshot>{rds.snapshot_xml(made)}</DBSnapshot></CopyDBSnapshotResult>"
    return rds.xml(200, "CopyDBSnapshotResponse", inner)
