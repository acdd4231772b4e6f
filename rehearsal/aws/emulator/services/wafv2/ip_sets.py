"""WAF: sets of addresses, which MiniStack has as an API but not in CloudFormation."""

import ipaddress
from collections.abc import Iterator
from typing import Any

from ministack.core.responses import get_region

from ...core.ministack_api import Refused, result, tags
from ...core.seams import waf
from ..cloudformation import StandIn, register
from .held import all_acls, all_sets

SET = "AWS::WAFv2::IPSet"
HOME = "us-east-1"
"""The region of all that is for CloudFront."""
VERSIONS: dict[str, type[ipaddress.IPv4Network | ipaddress.IPv6Network]] = {
    "IPV4": ipaddress.IPv4Network,
    "IPV6": ipaddress.IPv6Network,
}


def install() -> None:
    """Register the type."""
    register(
        {SET: StandIn(_create, _delete, _attributes, mutable=frozenset({"Addresses", "Description"}), update=_update)}
    )


def require_region(scope: str) -> None:
    """Refuse what is for CloudFront in another region than its own."""
    if scope == "CLOUDFRONT" and get_region() != HOME:
        raise Refused(f"The scope is not valid: CLOUDFRONT is in {HOME} only, not in {get_region()}.")


def require(rules: list[dict]) -> None:
    """Refuse rules that look into a set that does not exist."""
    known = [held["ARN"] for held in all_sets()]
    for arn in _references(rules):
        if arn not in known:
            raise Refused(
                f"AWS WAF couldn't perform the operation because {arn} doesn't exist (WAFNonexistentItemException)."
            )


def _references(part: Any) -> Iterator[str]:
    """The ARNs of the sets that some rules, or a part of them, look into."""
    if isinstance(part, list):
        for one in part:
            yield from _references(one)
    elif isinstance(part, dict):
        for kind, given in part.items():
            yield from [given["Arn"]] if kind == "IPSetReferenceStatement" else _references(given)


def _refuse_addresses(properties: dict) -> None:
    """Refuse what is no network of the set's version; one of all addresses is none to AWS WAF."""
    version = VERSIONS[properties["IPAddressVersion"]]
    for address in properties["Addresses"]:
        try:
            fits = version(address).prefixlen > 0 and "/" in address
        except ValueError:
            fits = False
        if not fits:
            raise Refused(f"The parameter Addresses is not valid: {address} (WAFInvalidParameterException).")


def _create(properties: dict, name: str) -> str:
    require_region(properties["Scope"])
    _refuse_addresses(properties)
    listed = [{"Key": key, "Value": value} for key, value in tags(properties).items()]
    made = result(waf.create_ip_set({"Name": name, **properties, "Tags": listed}))["Summary"]
    return f"{made['Name']}|{made['Id']}|{properties['Scope']}"


def _named(physical_id: str) -> dict:
    """The parameters with which the API names a set."""
    name, key, scope = physical_id.split("|")
    return {"Name": name, "Id": key, "Scope": scope}


def _attributes(physical_id: str, _properties: dict) -> dict:
    held = next(held for held in all_sets() if held["Id"] == _named(physical_id)["Id"])
    return {"Arn": held["ARN"], "Id": held["Id"]}


def _update(physical_id: str, _old: dict, new: dict) -> None:
    _refuse_addresses(new)
    result(waf.update_ip_set({**_named(physical_id), "Addresses": new["Addresses"]}))


def _delete(physical_id: str, properties: dict) -> None:
    arn = _attributes(physical_id, properties)["Arn"]
    users = [held["Name"] for held in all_acls() if arn in _references(held.get("Rules") or [])]
    if users:
        raise Refused(
            f"AWS WAF couldn't delete {arn} because it is in use by {', '.join(users)} (WAFAssociatedItemException)."
        )
    result(waf.delete_ip_set(_named(physical_id)))
