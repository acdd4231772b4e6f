"""Offers of RDS for MySQL, and the quotas of an account. Every account finds what core/account.py does not take away."""

from collections.abc import Callable

from ...core import account
from ...core.answers import answer
from ...core.seams import rds
from ..ec2 import offers
from ..servicequotas import QUOTAS

DATABASE_CLASSES = tuple(
    f"db.{family}.{size}"
    for family in ("t3", "t4g", "m5", "m6g", "m7g", "r5", "r6g", "r7g")
    for size in ("micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge")
)
"""Classes that RDS sells for MySQL."""


def install() -> None:
    """Put the answers around MiniStack's, or beside them."""
    rds.ACTION_MAP.update(
        {
            "DescribeDBEngineVersions": _with_versions(rds.ACTION_MAP["DescribeDBEngineVersions"]),
            "DescribeOrderableDBInstanceOptions": _with_classes(rds.ACTION_MAP["DescribeOrderableDBInstanceOptions"]),
            "DescribeAccountAttributes": database_quotas,
            "DescribeSourceRegions": source_regions,
        }
    )


def _with_versions(original: Callable) -> Callable:
    def describe(query: dict) -> tuple:
        version = offers.one(query, "EngineVersion")
        if offers.one(query, "Engine") != "mysql" or version not in account.field("databases", []):
            return original(query)
        return answer(
            "rds",
            "DescribeDBEngineVersions",
            {
                "DBEngineVersions": [
                    {
                        "Engine": "mysql",
                        "EngineVersion": version,
                        "Status": "available",
                        "DBParameterGroupFamily": f"mysql{version.rpartition('.')[0]}",
                    }
                ]
            },
        )

    return describe


def _with_classes(original: Callable) -> Callable:
    def describe(query: dict) -> tuple:
        kind, version = offers.one(query, "DBInstanceClass"), offers.one(query, "EngineVersion")
        if offers.one(query, "Engine") != "mysql" or version not in account.field("databases", []):
            return original(query)
        zones = [zone for zone in offers.zones() if kind in DATABASE_CLASSES and offers.is_sold(kind, zone)]
        option = {
            "Engine": "mysql",
            "EngineVersion": version,
            "DBInstanceClass": kind,
            "MultiAZCapable": True,
            "AvailabilityZones": [{"Name": zone} for zone in zones],
            "ReadReplicaCapable": True,
            "Vpc": True,
            "SupportsStorageEncryption": True,
            "SupportsPerformanceInsights": True,
        }
        options = [{**option, "StorageType": storage} for storage in ("gp2", "gp3", "io1")] if zones else []
        return answer("rds", "DescribeOrderableDBInstanceOptions", {"OrderableDBInstanceOptions": options})

    return describe


def source_regions(query: dict) -> tuple:
    """DescribeSourceRegions of one region: whether its automated backups can be replicated to the region that is asked."""
    name = offers.one(query, "RegionName")
    return answer(
        "rds",
        "DescribeSourceRegions",
        {
            "SourceRegions": [
                {
                    "RegionName": name,
                    "Endpoint": f"https://rds.{name}.amazonaws.com",
                    "Status": "available",
                    "SupportsDBInstanceAutomatedBackupsReplication": name not in account.field("unreplicated", []),
                }
            ]
        },
    )


def database_quotas(_query: dict) -> tuple:
    """DescribeAccountAttributes of RDS, which counts what there is."""
    granted = account.field("quotas", {})
    held = list(rds.instances.values())
    storage = sum(int(instance.get("AllocatedStorage") or 0) for instance in held)
    quotas = (("DBInstances", len(held), "rds/L-7B6409FD"), ("AllocatedStorage", storage, "rds/L-7ADDB58A"))
    return answer(
        "rds",
        "DescribeAccountAttributes",
        {
            "AccountQuotas": [
                {"AccountQuotaName": name, "Used": used, "Max": granted.get(key, QUOTAS[key]["default"])}
                for name, used, key in quotas
            ]
        },
    )
