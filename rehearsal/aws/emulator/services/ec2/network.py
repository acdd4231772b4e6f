"""EC2: the types of a network that MiniStack lacks, through its own EC2 API, and the rules of address blocks that it skips."""

import ipaddress
import uuid
from typing import Any

from ministack.core.responses import get_region

from ...core.ministack_api import Refused, element, query
from ...core.seams import ec2
from .. import cloudformation
from ..cloudformation import Create, Made, StandIn, register
from . import zone_ids
from .tagging import retag, tagged

ATTACHMENT = "AWS::EC2::VPCGatewayAttachment"
BLOCKS = "_rehearsal_blocks"
"""Where a VPC's record keeps its further blocks: association id -> CIDR."""

MAX_BLOCKS = 5
"""The default quota of blocks of a VPC, the first one included."""


def install() -> None:
    """Register the types and put the seams in."""
    register(TYPES)
    show_further_blocks()
    check_subnets()
    check_routes()


def _vpc(vpc_id: str) -> dict:
    vpc = ec2.vpcs.get(vpc_id)
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
    held = zone_ids.of_account(get_region())
    for field, there in (("AvailabilityZone", held), ("AvailabilityZoneId", held.values())):
        wanted = properties.get(field)
        if wanted and wanted not in there:
            return (
                f"Value ({wanted}) for parameter {field[0].lower()}{field[1:]} is invalid. Subnets can currently only be "
                f"created in the following availability zones: {', '.join(there)}."
            )
    return None


def check_subnets() -> None:
    """Wraps the engine's creation of AWS::EC2::Subnet, which accepts any block: a subnet that is not ordered after
    the VPC's further block would fail on AWS only."""

    def checked(create: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
        vpc_id, cidr = properties.get("VpcId", ""), properties.get("CidrBlock")
        taken = [ipaddress.ip_network(s["CidrBlock"]) for s in ec2.subnets.values() if s["VpcId"] == vpc_id]
        problem = zone_problem(properties) or (subnet_problem(cidr, blocks(_vpc(vpc_id)), taken) if cidr else None)
        if problem:
            raise Refused(problem)
        return create(logical_id, properties, stack_name)

    cloudformation.override("AWS::EC2::Subnet", create=checked)


def _refuse_without_internet(vpc_id: str) -> None:
    """Refuse what needs an internet gateway in the VPC: its attachment depends on nothing but both of them, so that
    what uses it must be ordered after it."""
    late = [
        name
        for name, properties in cloudformation.unordered(ATTACHMENT, VpcId=vpc_id).items()
        if properties.get("InternetGatewayId")
    ]
    attached = any(
        attachment["VpcId"] == vpc_id
        for gateway in ec2.internet_gateways.values()
        for attachment in gateway["Attachments"]
    )
    if late or not attached:
        hint = f": order it after {', '.join(late)}" if late else ""
        raise Refused(f"Network {vpc_id} has no Internet gateway attached{hint}")


def check_routes() -> None:
    """Wraps the engine's creation of AWS::EC2::Route, which accepts a gateway that is not attached."""

    def checked(create: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
        table = ec2.route_tables.get(properties.get("RouteTableId"))
        if table and properties.get("GatewayId", "").startswith("igw-"):
            _refuse_without_internet(table["VpcId"])
        return create(logical_id, properties, stack_name)

    cloudformation.override("AWS::EC2::Route", create=checked)


def show_further_blocks() -> None:
    """Wraps ec2.vpc_fields_xml, which shows the first block only."""
    end = "</cidrBlockAssociationSet>"
    plain = ec2.vpc_fields_xml

    def with_blocks(vpc: dict, *args: Any, **kwargs: Any) -> str:
        items = "".join(
            f"<item><cidrBlock>{cidr}</cidrBlock><associationId>{key}</associationId>"
            "<cidrBlockState><state>associated</state></cidrBlockState></item>"
            for key, cidr in vpc.get(BLOCKS, {}).items()
        )
        return plain(vpc, *args, **kwargs).replace(end, items + end)

    ec2.vpc_fields_xml = with_blocks


def _create_block(properties: dict, name: str) -> str:
    vpc, cidr = _vpc(properties["VpcId"]), properties.get("CidrBlock")
    if cidr is None:
        raise Refused("AWS::EC2::VPCCidrBlock needs a CidrBlock: the rehearsal knows neither IPv6 nor address pools")
    if any(ipaddress.ip_network(cidr).overlaps(block) for block in blocks(vpc)):
        raise Refused(f"The CIDR '{cidr}' conflicts with another block of the VPC")
    if len(blocks(vpc)) >= MAX_BLOCKS:
        raise Refused(f"This network '{properties['VpcId']}' has met its maximum number of allowed CIDRs: {MAX_BLOCKS}")
    physical_id = f"vpc-cidr-assoc-{uuid.uuid4().hex[:17]}"
    vpc.setdefault(BLOCKS, {})[physical_id] = cidr
    return physical_id


def _delete_block(physical_id: str, properties: dict) -> None:
    vpc_id = properties["VpcId"]
    block = ipaddress.IPv4Network(properties["CidrBlock"])
    for subnet in ec2.subnets.values():
        if subnet["VpcId"] == vpc_id and ipaddress.IPv4Network(subnet["CidrBlock"]).subnet_of(block):
            raise Refused(f"The block {block} is in use by {subnet['SubnetId']} and cannot be disassociated")
    ec2.vpcs.get(vpc_id, {}).get(BLOCKS, {}).pop(physical_id, None)


def _create_address(properties: dict, name: str) -> str:
    xml = query(ec2.allocate_address, Domain=properties.get("Domain"))
    tagged(element("allocationId", xml), properties)
    return element("publicIp", xml)


def _allocation(public_ip: str) -> str:
    return next((key for key, a in ec2.addresses.items() if a["PublicIp"] == public_ip), "")


def _create_nat_gateway(properties: dict, name: str) -> str:
    subnet, allocation = properties["SubnetId"], properties.get("AllocationId")
    for store, key in ((ec2.subnets, subnet), (ec2.addresses, allocation)):
        if key and key not in store:
            raise Refused(f"'{key}' does not exist")
    if properties.get("ConnectivityType") != "private":
        _refuse_without_internet(ec2.subnets[subnet]["VpcId"])
    xml = query(
        ec2.create_nat_gateway,
        SubnetId=subnet,
        AllocationId=allocation,
        ConnectivityType=properties.get("ConnectivityType"),
    )
    return tagged(element("natGatewayId", xml), properties)


def _create_flow_log(properties: dict, name: str) -> str:
    names = ("ResourceType", "TrafficType", "LogDestinationType", "LogDestination", "LogGroupName")
    xml = query(
        ec2.create_flow_logs, ResourceId=[properties["ResourceId"]], **{key: properties.get(key) for key in names}
    )
    return tagged(element("item", xml), properties)


TYPES = {
    "AWS::EC2::VPCCidrBlock": StandIn(_create_block, _delete_block, lambda i, p: {"Id": i}),
    "AWS::EC2::EIP": StandIn(
        _create_address,
        lambda i, p: query(ec2.release_address, AllocationId=_allocation(i)) and None,
        lambda i, p: {"AllocationId": _allocation(i), "PublicIp": i},
        update=lambda i, old, new: retag(_allocation(i), old, new),
    ),
    "AWS::EC2::NatGateway": StandIn(
        _create_nat_gateway, lambda i, p: ec2.nat_gateways.pop(i, None), lambda i, p: {"NatGatewayId": i}, update=retag
    ),
    "AWS::EC2::FlowLog": StandIn(
        _create_flow_log,
        lambda i, p: query(ec2.delete_flow_logs, FlowLogId=[i]) and None,
        lambda i, p: {"Id": i},
        update=retag,
    ),
}
