"""Which zones an account has, and which each is. Accounts name the zones of AWS differently, and AWS does not have every
service in each, so that an owner takes those that have: without other word (`zones` of core/account.py), the names of an
account lead to zones that lack nothing.

https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html
"""

import itertools
import json
from pathlib import Path

from ministack.core.responses import get_region

from ...core import account
from ...core.seams import ec2

LACKING: dict[str, list[str]] = json.loads(Path(__file__).with_name("zones_lacking.json").read_text())
"""Ids of the zones without a service, by its name."""
EKS, VPC_ORIGINS, RDS_PROXY = LACKING
USUAL = "abc"
"""Zones that every account has."""


def install() -> None:
    """Put the account's zones in place of MiniStack's, which numbers them by their letters."""
    numbered = ec2.az_id_for_zone_name
    ec2.az_id_for_zone_name = lambda name: of_account(name[:-1]).get(name) or numbered(name)
    ec2.zone_name_for_az_id = _name_of


def _name_of(zone_id: str | None) -> str | None:
    return next((name for name, held in of_account(get_region()).items() if held == zone_id), None)


def of_account(region: str) -> dict[str, str]:
    """Id of every zone that the account has in a region, by its name."""
    given = {name: zone for name, zone in account.field("zones", {}).items() if name[:-1] == region}
    further = [name for name in account.field("subnetZones", []) if name[:-1] == region]
    names = dict.fromkeys((*(f"{region}{letter}" for letter in USUAL), *further, *given))
    taken = {*given.values(), *itertools.chain(*LACKING.values())}
    ids = (f"{ec2.az_id_prefix(region)}-az{number}" for number in itertools.count(1))
    free = (zone for zone in ids if zone not in taken)
    held = {name: given[name] if name in given else next(free) for name in names}
    return {name: zone for name, zone in held.items() if zone is not None}


def with_service(service: str, region: str) -> list[str]:
    """Names of the zones that have a service."""
    return sorted(name for name, zone in of_account(region).items() if zone not in LACKING[service])


def lacking(service: str, subnet_ids: list[str]) -> list[str]:
    """Subnets that are in a zone without a service; those that do not exist are in none."""
    return [i for i in subnet_ids if i in ec2.subnets and ec2.subnets[i]["AvailabilityZoneId"] in LACKING[service]]
