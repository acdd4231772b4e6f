"""CloudFront's refusals of a distribution, and of the policies, certificates and ACLs that one uses."""

from collections.abc import Iterator
from xml.etree.ElementTree import fromstring

from ...core.ministack_api import Refused
from ...core.seams import cloudfront
from .. import acm, cloudformation
from ..wafv2 import web_acls

DISTRIBUTION = "AWS::CloudFront::Distribution"
ACCESS_CONTROL = "AWS::CloudFront::OriginAccessControl"
POLICIES = {
    "CachePolicy": ("cache_policies", "MANAGED_CACHE_POLICIES"),
    "OriginRequestPolicy": ("origin_request_policies", "MANAGED_ORIGIN_REQUEST_POLICIES"),
    "ResponseHeadersPolicy": ("response_headers_policies", "MANAGED_RESPONSE_HEADERS_POLICIES"),
}
"""MiniStack's stores of each kind of policy: the account's own ones, and CloudFront's."""
HOME = "us-east-1"
"""The region of all that CloudFront takes from other services."""


def install() -> None:
    """Put every seam of this module in."""
    acm.USERS.append(users)
    web_acls.USERS.append(users)
    cloudformation.check(DISTRIBUTION, check_distribution)
    for kind, (store, _) in POLICIES.items():
        _keep(f"AWS::CloudFront::{kind}", f"{kind}Config", store)
    _keep(ACCESS_CONTROL, "OriginAccessControlConfig", "oacs")


def users(text: str) -> list[str]:
    """The ids of the account's distributions whose configuration has that id or ARN."""
    return [key for key, held in cloudfront.distributions.items() if f">{text}<" in held["config_xml"]]


def refuse_use(text: str, what: str) -> None:
    """Refuse the deletion of what a distribution uses."""
    if users(text):
        raise Refused(
            f"The {what} {text} cannot be deleted because it is in use by the distribution {', '.join(users(text))}."
        )


def _keep(kind: str, config: str, store: str) -> None:
    """A type whose names are unique in the account, and which stays while a distribution uses it."""

    def refuse_taken_name(properties: dict, physical_id: str | None) -> None:
        name = properties[config].get("Name")
        for key, held in getattr(cloudfront, store).items():
            if key != physical_id and name == held.get("Config", held)["Name"]:
                raise Refused(f"{kind} {name} already exists: {key}")

    cloudformation.check(kind, refuse_taken_name)
    cloudformation.check_deletion(kind, lambda physical_id: refuse_use(physical_id, kind))


def aliases(distribution: dict) -> list[str]:
    """The alternate domain names of a distribution's record."""
    find = cloudfront.find
    listed = find(fromstring(distribution["config_xml"]), "Aliases")
    items = find(listed, "Items") if listed is not None else None
    return [item.text for item in items] if items is not None else []


def behaviors(config: dict) -> Iterator[dict]:
    """All cache behaviors, the default one first."""
    yield config["DefaultCacheBehavior"]
    yield from config.get("CacheBehaviors") or []


def check_distribution(properties: dict, physical_id: str | None) -> None:
    """Refuse a distribution as CloudFront does."""
    config = properties["DistributionConfig"]
    _refuse_certificate(config)
    _refuse_taken_alias(config, physical_id)
    web_acls.require_global(config.get("WebACLId"))
    _refuse_unknown_parts(config)
    _refuse_host_to_bucket(config)


def _refuse_certificate(config: dict) -> None:
    names = config.get("Aliases") or []
    arn = (config.get("ViewerCertificate") or {}).get("AcmCertificateArn")
    if arn:
        acm.require(arn, HOME, names)
    elif names:
        raise Refused(
            "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a "
            f"certificate that covers it: {', '.join(names)}"
        )


def _refuse_taken_alias(config: dict, physical_id: str | None) -> None:
    for key, held in cloudfront.distributions.items():
        taken = set(aliases(held)) & set(config.get("Aliases") or [])
        if key != physical_id and taken:
            raise Refused(
                "One or more of the CNAMEs you provided are already associated with a different resource: "
                f"{', '.join(sorted(taken))} with {key}"
            )


def policy(kind: str, policy_id: str) -> dict | None:
    """A policy of the account or of CloudFront."""
    own, managed = (getattr(cloudfront, store) for store in POLICIES[kind])
    return own.get(policy_id) or managed.get(policy_id)


def _refuse_unknown_parts(config: dict) -> None:
    """Refuse ids that name nothing: of origins, VPC origins, access controls and policies."""
    groups = (config.get("OriginGroups") or {}).get("Items") or []
    origins = {part["Id"] for part in [*config["Origins"], *groups]}
    for origin in config["Origins"]:
        vpc_origin = (origin.get("VpcOriginConfig") or {}).get("VpcOriginId")
        if vpc_origin and vpc_origin not in cloudfront.vpc_origins:
            raise Refused(f"The specified VPC origin does not exist: {vpc_origin}")
        control = origin.get("OriginAccessControlId")
        if control and control not in cloudfront.oacs:
            raise Refused(f"The specified origin access control does not exist: {control}")
    for behavior in behaviors(config):
        if behavior["TargetOriginId"] not in origins:
            raise Refused(f"One or more of your origins or origin groups do not exist: {behavior['TargetOriginId']}")
        for kind in POLICIES:
            wanted = behavior.get(f"{kind}Id")
            if wanted and not policy(kind, wanted):
                raise Refused(f"The specified {kind} does not exist: {wanted}")


def forwards_host(behavior: dict) -> bool:
    """Whether the viewer's Host header goes to the origin."""
    used = [
        policy(kind, behavior[f"{kind}Id"])
        for kind in ("CachePolicy", "OriginRequestPolicy")
        if behavior.get(f"{kind}Id")
    ]
    found = [one["Config"] for one in used if one]  # others are refused before
    return any(_has_host(given.get("Parameters", given)) for given in found)


def _has_host(given: dict) -> bool:
    listed = "host" in [header.lower() for header in given["Headers"]]
    return {
        "whitelist": listed,
        "allExcept": not listed,
        "allViewer": True,
        "allViewerAndWhitelistCloudFront": True,
    }.get(given["HeaderBehavior"], False)


def _refuse_host_to_bucket(config: dict) -> None:
    """A bucket answers to its own name only: CloudFront takes the distribution, and every request is refused."""
    buckets = {
        origin["Id"] for origin in config["Origins"] if "S3OriginConfig" in origin or ".s3." in origin["DomainName"]
    }
    for behavior in behaviors(config):
        if behavior["TargetOriginId"] in buckets and forwards_host(behavior):
            raise Refused(
                f"The behavior {behavior.get('PathPattern', '(default)')} forwards the header Host to a "
                "bucket, which refuses every request with it: choose a policy without Host."
            )
