"""EC2: the types that MiniStack lacks, through its own EC2 API, and the rules of address blocks that it skips."""

import ipaddress
import uuid

import cloudformation
import zone_ids
from ministack_api import Refused, element, query
from stand_ins import StandIn, register

ATTACHMENT = "AWS::EC2::VPCGatewayAttachment"
BLOCKS = "_rehearsal_blocks"
"""Where a VPC's record keeps its further blocks: association id -> CIDR."""

MOST_BLOCKS = 5
"""What a VPC may have without a raised quota, the first one included."""
MOST_RULES = 60
"""What a security group may have in one direction without a raised quota."""
PREFIX_LIST_RULES = 55
"""What CloudFront's prefix list, of the addresses that it sends requests from, counts as."""


def install() -> None:
    """Register the types and put the seams in."""
    register(TYPES)
    show_further_blocks()
    check_subnets()
    check_routes()
    cloudformation.check("AWS::EC2::SecurityGroup", _refuse_many_rules_of_group)


def _ec2():
    from ministack.services import ec2

    return ec2


def _retag(physical_id: str, old: dict, new: dict) -> None:
    from ministack.services.cloudformation import provisioners

    provisioners._ec2_apply_tags(physical_id, new, old)


def _tagged(physical_id: str, properties: dict) -> str:
    _retag(physical_id, {}, properties)
    return physical_id


def _vpc(vpc_id: str) -> dict:
    vpc = _ec2()._vpcs.get(vpc_id)
    if vpc is None:
        raise Refused(f"The vpc ID '{vpc_id}' does not exist")
    return vpc


def blocks(vpc: dict) -> list:
    """All address blocks of a VPC's record."""
    return [ipaddress.ip_network(cidr) for cidr in (vpc["CidrBlock"], *vpc.get(BLOCKS, {}).values())]


def subnet_problem(cidr: str, vpc_blocks: list, taken: list) -> str | None:
    """Why EC2 would refuse a subnet with that block, or None."""
    wanted = ipaddress.ip_network(cidr)
    if not any(wanted.subnet_of(block) for block in vpc_blocks):
        return f"The CIDR '{cidr}' is invalid: it is in none of the VPC's blocks; order it after its block."
    clash = next((other for other in taken if wanted.overlaps(other)), None)
    return f"The CIDR '{cidr}' conflicts with another subnet ({clash})" if clash else None


def zone_problem(properties: dict) -> str | None:
    """Why EC2 would refuse a subnet in that zone, or None."""
    from ministack.core.responses import get_region

    held = zone_ids.of_account(get_region())
    for field, there in (("AvailabilityZone", held), ("AvailabilityZoneId", held.values())):
        wanted = properties.get(field)
        if wanted and wanted not in there:
            return (f"Value ({wanted}) for parameter {field[0].lower()}{field[1:]} is invalid. Subnets can currently only be "
                    f"created in the following availability zones: {', '.join(there)}.")
    return None


def check_subnets() -> None:
    """Wraps the engine's creation of AWS::EC2::Subnet, which accepts any block: a subnet that is not ordered after
    the VPC's further block would fail on AWS only."""

    def checked(create, logical_id, properties, stack_name):
        vpc_id, cidr = properties.get("VpcId", ""), properties.get("CidrBlock")
        taken = [ipaddress.ip_network(s["CidrBlock"]) for s in _ec2()._subnets.values() if s["VpcId"] == vpc_id]
        problem = zone_problem(properties) or (subnet_problem(cidr, blocks(_vpc(vpc_id)), taken) if cidr else None)
        if problem:
            raise Refused(problem)
        return create(logical_id, properties, stack_name)

    cloudformation.override("AWS::EC2::Subnet", create=checked)


def _refuse_without_internet(vpc_id: str) -> None:
    """Refuse what needs an internet gateway in the VPC: its attachment depends on nothing but both of them, so that
    what uses it must be ordered after it."""
    late = [name for name, properties in cloudformation.unordered(ATTACHMENT, VpcId=vpc_id).items()
            if properties.get("InternetGatewayId")]
    attached = any(attachment["VpcId"] == vpc_id for gateway in _ec2()._internet_gateways.values()
                   for attachment in gateway["Attachments"])
    if late or not attached:
        hint = f": order it after {', '.join(late)}" if late else ""
        raise Refused(f"Network {vpc_id} has no Internet gateway attached{hint}")


def check_routes() -> None:
    """Wraps the engine's creation of AWS::EC2::Route, which accepts a gateway that is not attached."""

    def checked(create, logical_id, properties, stack_name):
        table = _ec2()._route_tables.get(properties.get("RouteTableId"))
        if table and properties.get("GatewayId", "").startswith("igw-"):
            _refuse_without_internet(table["VpcId"])
        return create(logical_id, properties, stack_name)

    cloudformation.override("AWS::EC2::Route", create=checked)


def show_further_blocks() -> None:
    """Wraps ec2._vpc_fields_xml, which shows the first block only."""
    ec2, end = _ec2(), "</cidrBlockAssociationSet>"
    plain = ec2._vpc_fields_xml

    def with_blocks(vpc, *args, **kwargs):
        items = "".join(
            f"<item><cidrBlock>{cidr}</cidrBlock><associationId>{key}</associationId>"
            "<cidrBlockState><state>associated</state></cidrBlockState></item>"
            for key, cidr in vpc.get(BLOCKS, {}).items())
        return plain(vpc, *args, **kwargs).replace(end, items + end)

    ec2._vpc_fields_xml = with_blocks


def _create_block(properties: dict, name: str) -> str:
    vpc, cidr = _vpc(properties["VpcId"]), properties.get("CidrBlock")
    if cidr is None:
        raise Refused("AWS::EC2::VPCCidrBlock needs a CidrBlock: the rehearsal knows neither IPv6 nor address pools")
    if any(ipaddress.ip_network(cidr).overlaps(block) for block in blocks(vpc)):
        raise Refused(f"The CIDR '{cidr}' conflicts with another block of the VPC")
    if len(blocks(vpc)) >= MOST_BLOCKS:
        raise Refused(f"This network '{properties['VpcId']}' has met its maximum number of allowed CIDRs: "
                      f"{MOST_BLOCKS}")
    physical_id = f"vpc-cidr-assoc-{uuid.uuid4().hex[:17]}"
    vpc.setdefault(BLOCKS, {})[physical_id] = cidr
    return physical_id


def _delete_block(physical_id: str, properties: dict) -> None:
    ec2, vpc_id = _ec2(), properties["VpcId"]
    block = ipaddress.ip_network(properties["CidrBlock"])
    for subnet in ec2._subnets.values():
        if subnet["VpcId"] == vpc_id and ipaddress.ip_network(subnet["CidrBlock"]).subnet_of(block):
            raise Refused(f"The block {block} is in use by {subnet['SubnetId']} and cannot be disassociated")
    ec2._vpcs.get(vpc_id, {}).get(BLOCKS, {}).pop(physical_id, None)


def _create_address(properties: dict, name: str) -> str:
    xml = query(_ec2()._allocate_address, Domain=properties.get("Domain"))
    _tagged(element("allocationId", xml), properties)
    return element("publicIp", xml)


def _allocation(public_ip: str) -> str:
    return next((key for key, a in _ec2()._addresses.items() if a["PublicIp"] == public_ip), "")


def _create_nat_gateway(properties: dict, name: str) -> str:
    ec2, subnet, allocation = _ec2(), properties["SubnetId"], properties.get("AllocationId")
    for store, key in ((ec2._subnets, subnet), (ec2._addresses, allocation)):
        if key and key not in store:
            raise Refused(f"'{key}' does not exist")
    if properties.get("ConnectivityType") != "private":
        _refuse_without_internet(ec2._subnets[subnet]["VpcId"])
    xml = query(ec2._create_nat_gateway, SubnetId=subnet, AllocationId=allocation,
                ConnectivityType=properties.get("ConnectivityType"))
    return _tagged(element("natGatewayId", xml), properties)


def _create_flow_log(properties: dict, name: str) -> str:
    names = ("ResourceType", "TrafficType", "LogDestinationType", "LogDestination", "LogGroupName")
    xml = query(_ec2()._create_flow_logs, ResourceId=[properties["ResourceId"]],
                **{key: properties.get(key) for key in names})
    return _tagged(element("item", xml), properties)


def _refuse_many_rules(permissions: list[dict]) -> None:
    """Refuse more rules that let traffic in than a security group may have; one for a prefix list counts as many."""
    rules = sum(PREFIX_LIST_RULES * len(one["PrefixListIds"])
                + sum(len(one[kind]) for kind in ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs")) for one in permissions)
    if rules > MOST_RULES:
        raise Refused(f"The maximum number of rules per security group has been reached: {rules} of {MOST_RULES}, with "
                      f"{PREFIX_LIST_RULES} for each use of CloudFront's prefix list.")


def _refuse_many_rules_of_group(properties: dict, _physical_id: str | None) -> None:
    from ministack.services.cloudformation import provisioners

    _refuse_many_rules(provisioners._ec2_sg_permissions(properties.get("SecurityGroupIngress")))


def _rule(direction: str) -> StandIn:
    """A rule of a security group that is a resource of its own; `direction` is Ingress or Egress."""
    store = "IpPermissions" if direction == "Ingress" else "IpPermissionsEgress"

    def permission(properties: dict) -> dict:
        from ministack.services.cloudformation import provisioners

        rule = provisioners._ec2_sg_permissions([properties])[0]
        return {**rule, "SecurityGroupRuleId": _ec2()._sg_rule_id(properties["GroupId"], direction == "Egress", rule)}

    def create(properties: dict, name: str) -> str:
        groups, group_id = _ec2()._security_groups, properties["GroupId"]
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
        rules = _ec2()._security_groups[new["GroupId"]][store]
        rules[:] = [permission(new) if rule.get("SecurityGroupRuleId") == physical_id else rule for rule in rules]

    def delete(physical_id: str, properties: dict) -> None:
        rules = _ec2()._security_groups.get(properties["GroupId"], {}).get(store, [])
        rules[:] = [rule for rule in rules if rule.get("SecurityGroupRuleId") != physical_id]

    return StandIn(create, delete, lambda physical_id, properties: {"Id": physical_id},
                   mutable=frozenset({"Description"}), update=update)


def _acl_entry(action: str, properties: dict) -> None:
    """Create, replace or delete an entry of a network ACL."""
    names = ("NetworkAclId", "RuleNumber", "Protocol", "RuleAction", "Egress", "CidrBlock", "Ipv6CidrBlock")
    query(getattr(_ec2(), f"_{action}_network_acl_entry"), **{name: properties.get(name) for name in names})


def _create_acl_association(properties: dict, name: str) -> str:
    physical_id = f"aclassoc-{uuid.uuid4().hex[:17]}"
    acl = _ec2()._network_acls.get(properties["NetworkAclId"])
    if acl is None:
        raise Refused(f"The network ACL '{properties['NetworkAclId']}' does not exist")
    acl["Associations"].append({"NetworkAclAssociationId": physical_id, "SubnetId": properties["SubnetId"]})
    return physical_id


def _delete_acl_association(physical_id: str, properties: dict) -> None:
    acl = _ec2()._network_acls.get(properties["NetworkAclId"], {"Associations": []})
    acl["Associations"] = [a for a in acl["Associations"] if a["NetworkAclAssociationId"] != physical_id]


TYPES = {
    "AWS::EC2::VPCCidrBlock": StandIn(_create_block, _delete_block, lambda i, p: {"Id": i}),
    "AWS::EC2::EIP": StandIn(
        _create_address, lambda i, p: query(_ec2()._release_address, AllocationId=_allocation(i)) and None,
        lambda i, p: {"AllocationId": _allocation(i), "PublicIp": i},
        update=lambda i, old, new: _retag(_allocation(i), old, new)),
    "AWS::EC2::NatGateway": StandIn(
        _create_nat_gateway, lambda i, p: _ec2()._nat_gateways.pop(i, None), lambda i, p: {"NatGatewayId": i},
        update=_retag),
    "AWS::EC2::FlowLog": StandIn(
        _create_flow_log, lambda i, p: query(_ec2()._delete_flow_logs, FlowLogId=[i]) and None,
        lambda i, p: {"Id": i}, update=_retag),
    "AWS::EC2::SecurityGroupIngress": _rule("Ingress"),
    "AWS::EC2::SecurityGroupEgress": _rule("Egress"),
    "AWS::EC2::NetworkAcl": StandIn(
        lambda p, name: _tagged(element("networkAclId", query(_ec2()._create_network_acl, VpcId=p["VpcId"])), p),
        lambda i, p: query(_ec2()._delete_network_acl, NetworkAclId=i) and None,
        lambda i, p: {"Id": i}, update=_retag),
    "AWS::EC2::NetworkAclEntry": StandIn(
        lambda p, name: _acl_entry("create", p) or name, lambda i, p: _acl_entry("delete", p), lambda i, p: {"Id": i},
        mutable=frozenset({"Protocol", "RuleAction", "CidrBlock", "Ipv6CidrBlock", "PortRange", "Icmp"}),
        update=lambda i, old, new: _acl_entry("replace", new)),
    "AWS::EC2::SubnetNetworkAclAssociation": StandIn(
        _create_acl_association, _delete_acl_association, lambda i, p: {"AssociationId": i}),
}
