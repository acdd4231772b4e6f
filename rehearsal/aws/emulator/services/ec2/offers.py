"""Offers of EC2 in a region, of which MiniStack knows few: zones, instance types, images, CloudFront's list of addresses, the key
of volumes. Every account finds all that core/account.py does not remove."""

from collections.abc import Callable

from ministack.core.responses import get_account_id, get_region

from ...core import account
from ...core.answers import answer
from ...core.ministack_api import Refused
from ...core.seams import ec2
from ...kubernetes import nodes
from . import zone_ids

LIST = "com.amazonaws.global.cloudfront.origin-facing"


def install() -> None:
    """Put the answers in place of MiniStack's, or beside them."""
    ec2.ACTION_MAP.update(
        {
            "DescribeRegions": _without_disabled(ec2.ACTION_MAP["DescribeRegions"]),
            "DescribeAvailabilityZones": describe_zones,
            "DescribeInstanceTypeOfferings": describe_offerings,
            "DescribeInstanceTypes": describe_types,
            "DescribeManagedPrefixLists": _with_list(ec2.ACTION_MAP["DescribeManagedPrefixLists"]),
            "DescribeImages": _with_node_images(ec2.ACTION_MAP["DescribeImages"]),
            "GetEbsDefaultKmsKeyId": default_key,
        }
    )


def one(query: dict, name: str) -> str:
    """A parameter of a request, which may be a list of one."""
    value = query.get(name, "")
    return value[0] if isinstance(value, list) else value


def _filter(query: dict, name: str) -> list[str] | None:
    return ec2.parse_filters(query).get(name)


def zones() -> dict[str, str]:
    """The zones of the account in the region that is asked: name -> id."""
    return zone_ids.of_account(get_region())


def describe_zones(_query: dict) -> tuple:
    """DescribeAvailabilityZones"""
    region = get_region()
    return answer(
        "ec2",
        "DescribeAvailabilityZones",
        {
            "AvailabilityZones": [
                {
                    "ZoneName": name,
                    "ZoneId": zone,
                    "State": "available",
                    "RegionName": region,
                    "GroupName": f"{region}-zg-1",
                    "NetworkBorderGroup": region,
                    "OptInStatus": "opt-in-not-required",
                    "ZoneType": "availability-zone",
                }
                for name, zone in zones().items()
            ]
        },
    )


def _without_disabled(original: Callable) -> Callable:
    def describe(query: dict) -> tuple:
        status, headers, body = original(query)
        text = body.decode()
        for region in account.field("disabledRegions", []):
            begin, name, rest = text.partition(f"<regionName>{region}</regionName>")
            before, _, after = rest.partition("</optInStatus>")
            text = begin + name + before.rpartition(">")[0] + ">not-opted-in</optInStatus>" + after if name else text
        return status, headers, text.encode()

    return describe


def is_sold(kind: str, zone: str) -> bool:
    """Whether AWS sells an instance type or a database class in a zone."""
    without = account.field("unsold", {}).get(kind)
    return without is None or (without != [] and zone not in without)


def describe_offerings(query: dict) -> tuple:
    """DescribeInstanceTypeOfferings, by zone."""
    if one(query, "LocationType") != "availability-zone":
        raise Refused("DescribeInstanceTypeOfferings is emulated for availability zones only")
    kinds = [kind for kind in _filter(query, "instance-type") or [] if _is_known(kind)]
    return answer(
        "ec2",
        "DescribeInstanceTypeOfferings",
        {
            "InstanceTypeOfferings": [
                {"InstanceType": kind, "LocationType": "availability-zone", "Location": zone}
                for kind in kinds
                for zone in zones()
                if is_sold(kind, zone)
            ]
        },
    )


def _is_known(kind: str) -> bool:
    try:
        nodes.instance(kind)
    except Refused:
        return False
    return True


def describe_types(query: dict) -> tuple:
    """DescribeInstanceTypes of those that are named, with the sizes that nodes have."""
    named = ec2.parse_member_list(query, "InstanceType")
    sizes = {kind: nodes.instance(kind) for kind in named}
    return answer(
        "ec2",
        "DescribeInstanceTypes",
        {
            "InstanceTypes": [
                {
                    "InstanceType": kind,
                    "VCpuInfo": {"DefaultVCpus": vcpus},
                    "MemoryInfo": {"SizeInMiB": int(gib * 1024)},
                }
                for kind, (vcpus, gib) in sizes.items()
            ]
        },
    )


def _with_list(original: Callable) -> Callable:
    def describe(query: dict) -> tuple:
        held = account.field("prefixList", None)
        if _filter(query, "prefix-list-name") != [LIST] or held is None:
            return original(query)
        arn = f"arn:aws:ec2:{get_region()}:aws:prefix-list/{held}"
        return answer(
            "ec2",
            "DescribeManagedPrefixLists",
            {
                "PrefixLists": [
                    {
                        "PrefixListId": held,
                        "PrefixListName": LIST,
                        "PrefixListArn": arn,
                        "OwnerId": "AWS",
                        "AddressFamily": "IPv4",
                        "State": "create-complete",
                    }
                ]
            },
        )

    return describe


def _with_node_images(original: Callable) -> Callable:
    def describe(query: dict) -> tuple:
        held = [name for name in account.field("nodeImages", []) if name in (_filter(query, "name") or [])]
        if not held:
            return original(query)
        return answer(
            "ec2",
            "DescribeImages",
            {
                "Images": [
                    {
                        "ImageId": f"ami-{index:017x}",
                        "Name": name,
                        "OwnerId": "602401143452",
                        "ImageOwnerAlias": "amazon",
                        "Architecture": "x86_64",
                        "State": "available",
                    }
                    for index, name in enumerate(held, 1)
                ]
            },
        )

    return describe


def default_key(_query: dict) -> tuple:
    """GetEbsDefaultKmsKeyId"""
    usual = f"arn:aws:kms:{get_region()}:{get_account_id()}:alias/aws/ebs"
    return answer("ec2", "GetEbsDefaultKmsKeyId", {"KmsKeyId": account.field("volumeKey", usual)})
