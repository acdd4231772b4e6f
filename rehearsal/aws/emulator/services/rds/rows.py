"""RDS: rows of databases, for which no server runs here. Each instance has its content at every time since it was made. A read replica
has its source's."""

import copy
import hashlib
import json
from datetime import UTC, datetime

from ...core.ministack_api import Refused
from ...core.seams import rds

Databases = dict[str, dict[str, list]]
"""Database -> table -> rows"""
History = list[tuple[str, Databases]]
"""The content since each time at which it changed."""


def now() -> str:
    """The present time, finely enough that two changes do not have the same one."""
    return datetime.now(UTC).isoformat()


def parsed(time: str) -> datetime:
    """A moment; one without a zone is UTC."""
    moment = datetime.fromisoformat(time)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def history(instance: dict) -> History:
    """The contents of an instance."""
    name = instance.get("ReadReplicaSourceDBInstanceIdentifier")
    source = rds.resolve_instance(name) if name else None
    return history(source) if source else instance.setdefault("_history", [(now(), {})])


def content(instance: dict) -> Databases:
    """A copy of what is in an instance."""
    return copy.deepcopy(history(instance)[-1][1])


def begin(instance: dict, databases: Databases) -> None:
    """Give an instance its first content."""
    instance["_history"] = [(now(), copy.deepcopy(databases))]


def add(instance: dict, database: str, table: str, rows: list) -> None:
    """Add rows to a table, which is made if it is not there."""
    if instance.get("ReadReplicaSourceDBInstanceIdentifier"):
        raise Refused(f"{instance['DBInstanceIdentifier']} is a read replica: the server runs with --read-only")
    changed = content(instance)
    changed.setdefault(database, {}).setdefault(table, []).extend(rows)
    history(instance).append((now(), changed))


def checksum(what: object) -> str:
    """The SHA-256 of databases, or of rows."""
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
