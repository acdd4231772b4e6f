"""EC2: network ACLs, which MiniStack has as an API but not in CloudFormation."""

import uuid

from ...core.ministack_api import Refused, element, query
from ...core.seams import ec2
from ..cloudformation import StandIn, register
from .tagging import retag, tagged


def install() -> None:
    """Register the types."""
    register(TYPES)


def _acl_entry(action: str, properties: dict) -> None:
    """Create, replace or delete an entry of a network ACL."""
    names = ("NetworkAclId", "RuleNumber", "Protocol", "RuleAction", "Egress", "CidrBlock", "Ipv6CidrBlock")
    query(getattr(ec2, f"{action}_network_acl_entry"), **{name: properties.get(name) for name in names})


def _create_acl_entry(properties: dict, name: str) -> str:
    _acl_entry("create", properties)
    return name


def _create_acl_association(properties: dict, name: str) -> str:
    physical_id = f"aclassoc-{uuid.uuid4().hex[:17]}"
    acl = ec2.network_acls.get(properties["NetworkAclId"])
    if acl is None:
        raise Refused(f"The network ACL '{properties['NetworkAclId']}' does not exist")
    acl["Associations"].append({"NetworkAclAssociationId": physical_id, "SubnetId": properties["SubnetId"]})
    return physical_id


def _delete_acl_association(physical_id: str, properties: dict) -> None:
    acl = ec2.network_acls.get(properties["NetworkAclId"], {"Associations": []})
    acl["Associations"] = [a for a in acl["Associations"] if a["NetworkAclAssociationId"] != physical_id]


TYPES = {
    "AWS::EC2::NetworkAcl": StandIn(
        lambda p, name: tagged(element("networkAclId", query(ec2.create_network_acl, VpcId=p["VpcId"])), p),
        lambda i, p: query(ec2.delete_network_acl, NetworkAclId=i) and None,
        lambda i, p: {"Id": i},
        update=retag,
    ),
    "AWS::EC2::NetworkAclEntry": StandIn(
        _create_acl_entry,
        lambda i, p: _acl_entry("delete", p),
        lambda i, p: {"Id": i},
        mutable=frozenset({"Protocol", "RuleAction", "CidrBlock", "Ipv6CidrBlock", "PortRange", "Icmp"}),
        update=lambda i, old, new: _acl_entry("replace", new),
    ),
    "AWS::EC2::SubnetNetworkAclAssociation": StandIn(
        _create_acl_association, _delete_acl_association, lambda i, p: {"AssociationId": i}
    ),
}
