"""WAF: the capacity and the region of a web ACL, and the logging of one, which MiniStack lacks."""

from collections.abc import Callable

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from ...core.ministack_api import Refused
from ...core.seams import waf
from .. import cloudformation
from ..cloudformation import StandIn, register
from ..logs import access
from . import ip_sets
from .held import all_acls

ACL, LOGGING = "AWS::WAFv2::WebACL", "AWS::WAFv2::LoggingConfiguration"
MAX_CAPACITY = 5000
PREFIX = "aws-waf-logs-"
USERS: list[Callable[[str], list[str]]] = []
"""Modules whose resources may have a web ACL add a function each: it names those that have the one with that ARN."""

MANAGED = {
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesAdminProtectionRuleSet": 100,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesSQLiRuleSet": 200,
    "AWSManagedRulesLinuxRuleSet": 200,
    "AWSManagedRulesUnixRuleSet": 100,
    "AWSManagedRulesWindowsRuleSet": 200,
    "AWSManagedRulesPHPRuleSet": 100,
    "AWSManagedRulesWordPressRuleSet": 100,
    "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50,
    "AWSManagedRulesBotControlRuleSet": 50,
    "AWSManagedRulesATPRuleSet": 50,
    "AWSManagedRulesACFPRuleSet": 50,
    "AWSManagedRulesAntiDDoSRuleSet": 50,
}
"""The capacity of each rule group of AWS."""

CAPACITY = {
    "SizeConstraintStatement": 1,
    "IPSetReferenceStatement": 1,
    "GeoMatchStatement": 1,
    "LabelMatchStatement": 1,
    "AsnMatchStatement": 1,
    "RegexMatchStatement": 3,
    "RegexPatternSetReferenceStatement": 25,
    "XssMatchStatement": 40,
}
"""The capacity of each statement that always has the same, before text transformations."""

REDACTED = ("Method", "QueryString", "SingleHeader", "UriPath")


def install() -> None:
    """Register the type and put every seam in. Logging is a store of its own of MiniStack's service, for the inventory."""
    waf.logging_configurations = AccountRegionScopedDict()
    register(
        {
            LOGGING: StandIn(
                _create_logging,
                lambda i, p: waf.logging_configurations.pop(i, None),
                lambda i, p: {"ManagedByFirewallManager": False},
                mutable=frozenset({"LogDestinationConfigs", "RedactedFields", "LoggingFilter"}),
                update=_update_logging,
            )
        }
    )
    cloudformation.check(ACL, refuse_acl)
    cloudformation.check_deletion(ACL, _refuse_use)


def refuse_acl(properties: dict, physical_id: str | None) -> None:
    """Refuse an ACL as WAF does."""
    scope, name = properties["Scope"], properties.get("Name")
    ip_sets.require_region(scope)
    for held in all_acls():
        if (held["Name"], held["Scope"]) == (name, scope) and held["Id"] not in (physical_id or ""):
            raise Refused(f"AWS WAF couldn't perform the operation because the web ACL {name} exists already.")
    rules = properties.get("Rules") or []
    _refuse_rules(rules)
    ip_sets.require(rules)
    used = sum(capacity(rule["Statement"]) for rule in rules)
    if used > MAX_CAPACITY:
        raise Refused(
            f"The rules of {name} need {used} capacity units of at most {MAX_CAPACITY} (WAFLimitsExceededException)."
        )


def _refuse_rules(rules: list[dict]) -> None:
    """Every rule has a name and a priority of its own, and says what it does in the way of its kind."""
    for member in ("Name", "Priority"):
        values = [str(rule[member]) for rule in rules]
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise Refused(f"Two rules have the same {member}: {', '.join(twice)}")
    for rule in rules:
        is_group = bool({"ManagedRuleGroupStatement", "RuleGroupReferenceStatement"} & rule["Statement"].keys())
        wanted, other = ("OverrideAction", "Action") if is_group else ("Action", "OverrideAction")
        if not rule.get(wanted) or rule.get(other):
            raise Refused(f"The rule {rule['Name']} must have {wanted} and not {other}.")


def capacity(statement: dict) -> int:
    """The capacity units of a statement and of those in it."""
    [(kind, given)] = statement.items()
    if kind in ("AndStatement", "OrStatement"):
        return sum(capacity(inner) for inner in given["Statements"])
    if kind == "NotStatement":
        return capacity(given["Statement"])
    scope_down = capacity(given["ScopeDownStatement"]) if given.get("ScopeDownStatement") else 0
    return (
        _own_capacity(kind, given)
        + scope_down
        + 10 * len([one for one in given.get("TextTransformations") or [] if one["Type"] != "NONE"])
    )


def _own_capacity(kind: str, given: dict) -> int:
    if kind == "ManagedRuleGroupStatement":
        if given["VendorName"] != "AWS" or given["Name"] not in MANAGED:
            raise Refused(f"The managed rule group {given['VendorName']} {given['Name']} does not exist.")
        return MANAGED[given["Name"]]
    if kind == "RateBasedStatement":
        return 2 + 30 * len(given.get("CustomKeys") or [])
    if kind == "ByteMatchStatement":
        return 10 if given["PositionalConstraint"].startswith("CONTAINS") else 2
    if kind == "SqliMatchStatement":
        return 30 if given.get("SensitivityLevel") == "HIGH" else 20
    if kind not in CAPACITY:
        raise Refused(f"The rehearsal does not know the capacity of a {kind}.")
    return CAPACITY[kind]


def require_global(arn: str | None) -> None:
    """Refuse an ACL that CloudFront does not take; none is fine."""
    if arn and arn not in [held["ARN"] for held in all_acls() if held["Scope"] == "CLOUDFRONT"]:
        raise Refused(f"Web ACL is not accessible by the requester: there is no {arn} with the scope CLOUDFRONT.")


def _refuse_use(physical_id: str) -> None:
    for held in all_acls():
        in_use = [user for users in USERS for user in users(held["ARN"])]
        in_use += [arn for (_, _, arn), used in waf.associations.all_items() if used == held["ARN"]]
        if held["Id"] in physical_id and in_use:
            raise Refused(
                f"AWS WAF couldn't delete {held['ARN']} because it is in use by {', '.join(in_use)} "
                "(WAFAssociatedItemException)."
            )


def _refuse_logging(properties: dict) -> None:
    """Refuse logs of an ACL that is not there, to a group that takes none, or with fields that cannot be redacted."""
    arn = properties["ResourceArn"]
    if arn not in [held["ARN"] for held in all_acls()] or arn.split(":")[3] != get_region():
        raise Refused(f"The web ACL {arn} does not exist in {get_region()}.")
    [destination] = properties["LogDestinationConfigs"]
    if not destination.partition(":log-group:")[2].startswith(PREFIX):
        raise Refused(f"The ARN {destination} isn't valid: a log group's name must start with {PREFIX}.")
    access.require_group(destination, f"arn:aws:logs:{get_region()}:{get_account_id()}:*")
    for field in properties.get("RedactedFields") or []:
        header = field.get("SingleHeader", {"Name": "-"})
        if len(field) != 1 or not field.keys() <= set(REDACTED) or not (header.get("Name") or header.get("name")):
            raise Refused(f"A field of RedactedFields must be one of {', '.join(REDACTED)} (with a Name), not {field}.")


def _create_logging(properties: dict, _name: str) -> str:
    arn = properties["ResourceArn"]
    if arn in waf.logging_configurations:
        raise Refused(f"The web ACL {arn} has a logging configuration already.")
    _refuse_logging(properties)
    waf.logging_configurations[arn] = dict(properties)
    return arn


def _update_logging(physical_id: str, _old: dict, new: dict) -> None:
    _refuse_logging(new)
    waf.logging_configurations[physical_id] = dict(new)
