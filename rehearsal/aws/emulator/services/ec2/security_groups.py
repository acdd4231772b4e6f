"""EC2: rules of security groups as resources of their own, which MiniStack lacks, and how many there may be."""

from collections.abc import Callable

from ...core.ministack_api import Refused
from ...core.seams import ec2, provisioners
from .. import cloudformation
from ..cloudformation import StandIn, register

MAX_RULES = 60
"""The default quota of rules of a security group in one direction."""
PREFIX_LIST_RULES = 55
"""The rules as which CloudFront's prefix list counts."""


def install() -> None:
    """Register the types and put the seam in."""
    register({"AWS::EC2::SecurityGroupIngress": _rule("Ingress"), "AWS::EC2::SecurityGroupEgress": _rule("Egress")})
    cloudformation.check("AWS::EC2::SecurityGroup", _refuse_many_rules_of_group)
    ec2.sg_rule_xml = _with_prefix_lists(ec2.sg_rule_xml)


def _with_prefix_lists(describe: Callable) -> Callable:
    """Adds the prefix list of a rule to what DescribeSecurityGroupRules says of it.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html"""

    def described(group_id: str, rule: dict, is_egress: bool = False) -> str:
        lists = rule.get("PrefixListIds") or []
        plain = {**rule, "PrefixListIds": [], "SecurityGroupRuleId": ec2.sg_rule_id(group_id, is_egress, rule)}
        has_others = any(rule.get(kind) for kind in ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs"))
        alone = {**plain, "IpRanges": [], "Ipv6Ranges": [], "UserIdGroupPairs": []}
        items = [describe(group_id, plain, is_egress)] if has_others or not lists else []
        for one in lists:
            item = describe(group_id, {**alone, "Description": one.get("Description")}, is_egress)
            items.append(item.replace("</toPort>", f"</toPort><prefixListId>{one['PrefixListId']}</prefixListId>"))
        return "".join(items)

    return described


def _refuse_many_rules(permissions: list[dict]) -> None:
    """Refuse more rules that let traffic in than a security group may have; one for a prefix list counts as many."""
    rules = sum(
        PREFIX_LIST_RULES * len(one["PrefixListIds"])
        + sum(len(one[kind]) for kind in ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs"))
        for one in permissions
    )
    if rules > MAX_RULES:
        raise Refused(
            f"The maximum number of rules per security group has been reached: {rules} of {MAX_RULES}, with "
            f"{PREFIX_LIST_RULES} for each use of CloudFront's prefix list."
        )


def _refuse_many_rules_of_group(properties: dict, _physical_id: str | None) -> None:
    _refuse_many_rules(provisioners.ec2_sg_permissions(properties.get("SecurityGroupIngress")))


def _rule(direction: str) -> StandIn:
    """A rule of a security group that is a resource of its own; `direction` is Ingress or Egress."""
    store = "IpPermissions" if direction == "Ingress" else "IpPermissionsEgress"

    def permission(properties: dict) -> dict:
        rule = provisioners.ec2_sg_permissions([properties])[0]
        return {**rule, "SecurityGroupRuleId": ec2.sg_rule_id(properties["GroupId"], direction == "Egress", rule)}

    def create(properties: dict, name: str) -> str:
        groups, group_id = ec2.security_groups, properties["GroupId"]
        other = properties.get("SourceSecurityGroupId") or properties.get("DestinationSecurityGroupId") or group_id
        for needed in (group_id, other):
            if needed not in groups:
                raise Refused(f"The security group '{needed}' does not exist")
        rule = permission(properties)
        if direction == "Ingress":
            _refuse_many_rules([*groups[group_id][store], rule])
        groups[group_id][store].append(rule)
        return rule["SecurityGroupRuleId"]

    def update(physical_id: str, old: dict, new: dict) -> None:
        rules = ec2.security_groups[new["GroupId"]][store]
        rules[:] = [permission(new) if rule.get("SecurityGroupRuleId") == physical_id else rule for rule in rules]

    def delete(physical_id: str, properties: dict) -> None:
        rules = ec2.security_groups.get(properties["GroupId"], {}).get(store, [])
        rules[:] = [rule for rule in rules if rule.get("SecurityGroupRuleId") != physical_id]

    return StandIn(
        create,
        delete,
        lambda physical_id, properties: {"Id": physical_id},
        mutable=frozenset({"Description"}),
        update=update,
    )
