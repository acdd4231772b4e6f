"""Rows of a database, and keys of a cache, that a rehearsal puts somewhere to look for them in what was restored.

POST /_rehearsal/rows with {"region", "instance", "database", "table", "rows": […]} adds rows; without `rows`, it only answers.
"replicated": false holds the transaction log back, so that the rows are not in the other region yet.

POST /_rehearsal/keys with {"region", "cache", "keys": {…}} sets keys; without `keys`, it only answers. POST
/_rehearsal/cache-snapshots with {"region", "cache"} makes the automatic snapshot of the day.
"""

from ministack.core.responses import get_account_id, request_scope

from ..core.ministack_api import Refused
from ..core.seams import elasticache, rds
from ..services.elasticache import snapshots
from ..services.rds import automated_backups, rows


def change(given: dict) -> dict:
    """Add rows, if there are any; the rows of the table then, and their checksum."""
    region, name, database, table = (str(given.get(key) or "") for key in ("region", "instance", "database", "table"))
    with request_scope(get_account_id(), region):
        instance = rds.instances.get(name)
        if instance is None or not database or not table:
            raise Refused(
                f"instance must be one of {region or 'a region'}, and database and table be given, not {given}"
            )
        if given.get("rows"):
            rows.add(instance, database, table, given["rows"])
            if given.get("replicated", True):
                automated_backups.ship(instance)
        held = rows.content(instance).get(database, {}).get(table, [])
    return {"rows": held, "sha256": rows.checksum(held)}


def change_keys(given: dict) -> dict:
    """Set keys, if there are any; all keys of the cache then, and their checksum."""
    region, name = (str(given.get(key) or "") for key in ("region", "cache"))
    with request_scope(get_account_id(), region):
        group = elasticache.replication_groups.get(name)
        if group is None:
            raise Refused(f"cache must be a replication group of {region or 'a region'}, not {name}")
        held = snapshots.keys_of(group)
        held |= given.get("keys") or {}
        return {"keys": held, "sha256": snapshots.checksum(held)}


def snapshot_cache(given: dict) -> dict:
    """Make the automatic snapshot of a cache."""
    with request_scope(get_account_id(), str(given.get("region") or "")):
        return snapshots.snapshot_now(str(given.get("cache") or ""))
