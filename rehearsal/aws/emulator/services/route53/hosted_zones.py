"""Route 53: records are in their zone, an alias of a distribution is one of its names, and a zone with records stays.
POST /_rehearsal/hosted-zones with {"id": …, "name": …} makes a zone that existed before."""

from collections.abc import Callable

from ...core.ministack_api import Refused, answer
from ...core.seams import provisioners, route53
from .. import cloudformation
from ..cloudformation import Delete

ZONE, RECORD = "AWS::Route53::HostedZone", "AWS::Route53::RecordSet"
ALIASES: list[Callable[[str, dict], None]] = []
"""Modules whose resources may be targets of an alias add a function each: it refuses aliases (name, AliasTarget) that would not work."""


def install() -> None:
    """Put every seam of this module in."""
    cloudformation.override(ZONE, delete=_delete)
    cloudformation.check(RECORD, refuse_record)


def provide(given: dict) -> dict:
    """Make a zone with exactly that id, as it is in the real account before anything is deployed."""
    zone_id, name = given.get("id"), given.get("name")
    if not isinstance(zone_id, str) or not route53.zone_id_re.match(zone_id) or not isinstance(name, str) or not name:
        raise Refused(f"id must be that of a hosted zone (Z…) and name its name, not {zone_id!r} and {name!r}")
    if zone_id in route53.zones:
        raise Refused(f"The hosted zone {zone_id} exists already: {route53.zones[zone_id]['name']}")
    full = route53.normalise_name(name)
    route53.zones[zone_id] = {
        "id": zone_id,
        "name": full,
        "caller_reference": zone_id,
        "comment": "",
        "private": False,
        "vpcs": [],
    }
    route53.records[zone_id] = route53.default_records(full)
    return {"id": zone_id, "name": name}


def find(zone_id: str | None) -> dict | None:
    """A zone of the account."""
    return route53.zones.get((zone_id or "").removeprefix("/hostedzone/"))


def contains(zone: dict, name: str) -> bool:
    """Whether a name is the zone's own or below it."""
    return f".{name.rstrip('.')}.".endswith(f".{zone['name']}")


def own_records(records: list[dict]) -> list[dict]:
    """Those that a zone does not have from the beginning: its first two are SOA and NS."""
    zone_name = next((record["Name"] for record in records if record["Type"] == "SOA"), None)
    return [record for record in records if record["Type"] not in ("SOA", "NS") or record["Name"] != zone_name]


def refuse_record(properties: dict, _physical_id: str | None) -> None:
    """Refuse a record outside of its zone, and an alias that leads nowhere."""
    name = properties["Name"]
    zone = find(provisioners.r53_resolve_hosted_zone_id(properties))
    if zone is None:
        raise Refused(f"No hosted zone found with ID: {properties.get('HostedZoneId')}")
    if not contains(zone, name):
        raise Refused(f"RRSet with DNS name {name} is not permitted in zone {zone['name']}")
    target = properties.get("AliasTarget") or {}
    for refuse in ALIASES:
        refuse(name.rstrip("."), target)


def _delete(_delete_anyway: Delete, physical_id: str, _properties: dict) -> None:
    """DeleteHostedZone, where MiniStack's CloudFormation deletes a zone with all of its records."""
    if physical_id in route53.zones:
        answer(route53.delete_hosted_zone(physical_id))
