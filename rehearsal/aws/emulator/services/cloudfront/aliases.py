"""Aliases of distributions in Route 53."""

from ...core.ministack_api import Refused
from ...core.seams import cloudfront
from ..route53 import hosted_zones
from . import distributions

ZONE = "Z2FDTNDATAQYW2"
"""The hosted zone of all distributions' own names."""


def install() -> None:
    """Have hosted zones ask."""
    hosted_zones.ALIASES.append(refuse)


def refuse(name: str, target: dict) -> None:
    """Route 53 takes an alias of any distribution; one that does not have the name answers 403."""
    domain = target.get("DNSName", "").rstrip(".")
    if target.get("HostedZoneId") != ZONE and not domain.endswith(".cloudfront.net"):
        return
    if target.get("HostedZoneId") != ZONE:
        raise Refused(f"The alias {name} of {domain} needs the target's HostedZoneId {ZONE}.")
    held = [one for one in cloudfront.distributions.values() if one["DomainName"] == domain]
    if not held:
        raise Refused(f"The alias {name} has the target {domain}, which is no distribution of this account.")
    if name not in distributions.aliases(held[0]):
        raise Refused(f"The distribution {held[0]['Id']} doesn't have {name} among its aliases, and would answer 403.")
