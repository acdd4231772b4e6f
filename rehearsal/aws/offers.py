"""What AWS has in a region, of which MiniStack knows little: zones, instance types, images, versions, CloudFront's list of
addresses, the key of volumes. Every account finds what account.py does not take away."""

import account
import nodes
import zone_ids
from answers import answer
from ministack_api import Refused
from service_quotas import QUOTAS

LIST = "com.amazonaws.global.cloudfront.origin-facing"
DATABASE_CLASSES = tuple(f"db.{family}.{size}" for family in ("t3", "t4g", "m5", "m6g", "m7g", "r5", "r6g", "r7g")
                         for size in ("micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge"))
"""Classes that RDS sells for MySQL."""


def install() -> None:
    """Put the answers in place of MiniStack's, or beside them."""
    from ministack.services import ec2, eks, rds

    ec2._ACTION_MAP.update({
        "DescribeRegions": _without_disabled(ec2._ACTION_MAP["DescribeRegions"]),
        "DescribeAvailabilityZones": describe_zones,
        "DescribeInstanceTypeOfferings": describe_offerings,
        "DescribeInstanceTypes": describe_types,
        "DescribeManagedPrefixLists": _with_list(ec2._ACTION_MAP["DescribeManagedPrefixLists"]),
        "DescribeImages": _with_node_images(ec2._ACTION_MAP["DescribeImages"]),
        "GetEbsDefaultKmsKeyId": default_key,
    })
    rds._ACTION_MAP.update({
        "DescribeDBEngineVersions": _with_versions(rds._ACTION_MAP["DescribeDBEngineVersions"]),
        "DescribeOrderableDBInstanceOptions": _with_classes(rds._ACTION_MAP["DescribeOrderableDBInstanceOptions"]),
        "DescribeAccountAttributes": database_quotas,
    })
    handle = eks._handle_request_sync

    def with_versions(method, path, headers, body, query):
        if path == "/addons/supported-versions":
            return addon_versions(query)
        if path == "/cluster-versions":
            return cluster_versions()
        return handle(method, path, headers, body, query)

    eks._handle_request_sync = with_versions


def _one(query: dict, name: str) -> str:
    value = query.get(name, "")
    return value[0] if isinstance(value, list) else value


def _filter(query: dict, name: str) -> list[str] | None:
    from ministack.services import ec2

    return ec2._parse_filters(query).get(name)


def _zones() -> dict[str, str]:
    from ministack.core.responses import get_region

    return zone_ids.of_account(get_region())


def describe_zones(_query: dict) -> tuple:
    """DescribeAvailabilityZones"""
    from ministack.core.responses import get_region

    region = get_region()
    return answer("ec2", "DescribeAvailabilityZones", {"AvailabilityZones": [
        {"ZoneName": name, "ZoneId": zone, "State": "available", "RegionName": region, "GroupName": f"{region}-zg-1",
         "NetworkBorderGroup": region, "OptInStatus": "opt-in-not-required", "ZoneType": "availability-zone"}
        for name, zone in _zones().items()]})


def _without_disabled(original):
    def describe(query: dict) -> tuple:
        status, headers, body = original(query)
        text = body.decode()
        for region in account.field("disabledRegions", []):
            begin, name, rest = text.partition(f"<regionName>{region}</regionName>")
            before, _, after = rest.partition("</optInStatus>")
            text = begin + name + before.rpartition(">")[0] + ">not-opted-in</optInStatus>" + after if name else text
        return status, headers, text.encode()

    return describe


def _is_sold(kind: str, zone: str) -> bool:
    without = account.field("unsold", {}).get(kind)
    return without is None or without != [] and zone not in without


def describe_offerings(query: dict) -> tuple:
    """DescribeInstanceTypeOfferings, by zone."""
    if _one(query, "LocationType") != "availability-zone":
        raise Refused("DescribeInstanceTypeOfferings is emulated for availability zones only")
    kinds = [kind for kind in _filter(query, "instance-type") or [] if _is_known(kind)]
    return answer("ec2", "DescribeInstanceTypeOfferings", {"InstanceTypeOfferings": [
        {"InstanceType": kind, "LocationType": "availability-zone", "Location": zone}
        for kind in kinds for zone in _zones() if _is_sold(kind, zone)]})


def _is_known(kind: str) -> bool:
    try:
        nodes.instance(kind)
    except Refused:
        return False
    return True


def describe_types(query: dict) -> tuple:
    """DescribeInstanceTypes of those that are named, with the sizes that nodes have."""
    from ministack.services import ec2

    named = ec2._parse_member_list(query, "InstanceType")
    sizes = {kind: nodes.instance(kind) for kind in named}
    return answer("ec2", "DescribeInstanceTypes", {"InstanceTypes": [
        {"InstanceType": kind, "VCpuInfo": {"DefaultVCpus": vcpus}, "MemoryInfo": {"SizeInMiB": int(gib * 1024)}}
        for kind, (vcpus, gib) in sizes.items()]})


def _with_list(original):
    def describe(query: dict) -> tuple:
        from ministack.core.responses import get_region

        held = account.field("prefixList", None)
        if _filter(query, "prefix-list-name") != [LIST] or held is None:
            return original(query)
        arn = f"arn:aws:ec2:{get_region()}:aws:prefix-list/{held}"
        return answer("ec2", "DescribeManagedPrefixLists", {"PrefixLists": [
            {"PrefixListId": held, "PrefixListName": LIST, "PrefixListArn": arn, "OwnerId": "AWS",
             "AddressFamily": "IPv4", "State": "create-complete"}]})

    return describe


def _with_node_images(original):
    def describe(query: dict) -> tuple:
        held = [name for name in account.field("nodeImages", []) if name in (_filter(query, "name") or [])]
        if not held:
            return original(query)
        return answer("ec2", "DescribeImages", {"Images": [
            {"ImageId": f"ami-{index:017x}", "Name": name, "OwnerId": "602401143452", "ImageOwnerAlias": "amazon",
             "Architecture": "x86_64", "State": "available"} for index, name in enumerate(held, 1)]})

    return describe


def default_key(_query: dict) -> tuple:
    """GetEbsDefaultKmsKeyId"""
    from ministack.core.responses import get_account_id, get_region

    usual = f"arn:aws:kms:{get_region()}:{get_account_id()}:alias/aws/ebs"
    return answer("ec2", "GetEbsDefaultKmsKeyId", {"KmsKeyId": account.field("volumeKey", usual)})


def _with_versions(original):
    def describe(query: dict) -> tuple:
        version = _one(query, "EngineVersion")
        if _one(query, "Engine") != "mysql" or version not in account.field("databases", []):
            return original(query)
        return answer("rds", "DescribeDBEngineVersions", {"DBEngineVersions": [
            {"Engine": "mysql", "EngineVersion": version, "Status": "available",
             "DBParameterGroupFamily": f"mysql{version.rpartition('.')[0]}"}]})

    return describe


def _with_classes(original):
    def describe(query: dict) -> tuple:
        kind, version = _one(query, "DBInstanceClass"), _one(query, "EngineVersion")
        if _one(query, "Engine") != "mysql" or version not in account.field("databases", []):
            return original(query)
        zones = [zone for zone in _zones() if kind in DATABASE_CLASSES and _is_sold(kind, zone)]
        option = {"Engine": "mysql", "EngineVersion": version, "DBInstanceClass": kind, "MultiAZCapable": True,
                  "AvailabilityZones": [{"Name": zone} for zone in zones], "ReadReplicaCapable": True, "Vpc": True,
                  "SupportsStorageEncryption": True, "SupportsPerformanceInsights": True}
        options = [{**option, "StorageType": storage} for storage in ("gp2", "gp3", "io1")] if zones else []
        return answer("rds", "DescribeOrderableDBInstanceOptions", {"OrderableDBInstanceOptions": options})

    return describe


def database_quotas(_query: dict) -> tuple:
    """DescribeAccountAttributes of RDS, which counts what there is."""
    from ministack.services import rds

    granted = account.field("quotas", {})
    held = list(rds._instances.values())
    storage = sum(int(instance.get("AllocatedStorage") or 0) for instance in held)
    quotas = (("DBInstances", len(held), "rds/L-7B6409FD"), ("AllocatedStorage", storage, "rds/L-7ADDB58A"))
    return answer("rds", "DescribeAccountAttributes", {"AccountQuotas": [
        {"AccountQuotaName": name, "Used": used, "Max": granted.get(key, QUOTAS[key]["default"])}
        for name, used, key in quotas]})


def addon_versions(query: dict) -> tuple:
    """DescribeAddonVersions of one add-on."""
    name = _one(query, "addonName")
    versions = account.field("addons", {}).get(name, [])
    addons = [{"addonName": name, "addonVersions": [{"addonVersion": version} for version in versions]}]
    return answer("eks", "DescribeAddonVersions", {"addons": addons if versions else []})


def cluster_versions() -> tuple:
    """DescribeClusterVersions"""
    return answer("eks", "DescribeClusterVersions", {"clusterVersions": [
        {"clusterVersion": version, "clusterType": "eks"} for version in account.field("kubernetes", [])]})
