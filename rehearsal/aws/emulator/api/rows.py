"""Rows of a database, and keys of a cache, that a rehearsal puts somewhere to look for them in what was restored.

POST /_rehearsal/rows with {"region", "instance", "database", "table", "rows": […]} adds rows; without `rows`, it only answers.
"replicated": false holds the transaction log back, so that the rows are not in the other region yet.
"""

from ministack.core.responses import get_account_id, request_scope

from ..core.ministack_api import Refused
from ..core.seams import rds
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
