"""RDS Proxy, which MiniStack has as an API but not in CloudFormation."""

from collections.abc import Callable
from typing import Any

from ...core.ministack_api import Refused, answer, require_role
from ...core.seams import provisioners, rds, secretsmanager
from ..cloudformation import StandIn, register
from ..ec2 import zone_ids
from . import instances
from .groups import refuse_few_zones

PROXY, TARGETS = "AWS::RDS::DBProxy", "AWS::RDS::DBProxyTargetGroup"
GROUP = "default"
"""The name of a proxy's only target group, which comes with it."""


def install() -> None:
    """Register the types."""
    register(TYPES)


def _call(action: Callable, **parameters: Any) -> None:
    """An action of RDS's proxies; lists and structures become the numbered and dotted names of a query."""
    answer(action(provisioners.ec_query(parameters)))


def _check_proxy(properties: dict) -> None:
    require_role(properties["RoleArn"])
    refuse_few_zones(_usable(properties), "proxy")
    for entry in properties.get("Auth") or []:
        secret = entry.get("SecretArn")
        if secret and secretsmanager.resolve(secret)[1] is None:
            raise Refused(f"The secret {secret} of the proxy doesn't exist: order the proxy after it.")


def _usable(properties: dict) -> list[str]:
    """The subnets that a proxy gets. RDS leaves out those of zones without RDS Proxy, and says nothing:
    https://github.com/hashicorp/terraform-provider-aws/issues/23446"""
    given = properties["VpcSubnetIds"]
    without = zone_ids.lacking(zone_ids.RDS_PROXY, given)
    return [subnet for subnet in given if subnet not in without]


def _create_proxy(properties: dict, _name: str) -> str:
    _check_proxy(properties)
    _call(rds.create_db_proxy, **{**properties, "VpcSubnetIds": _usable(properties)})
    return properties["DBProxyName"]


def _update_proxy(physical_id: str, _old: dict, new: dict) -> None:
    """ModifyDBProxy calls the security groups by another name than CreateDBProxy."""
    _check_proxy(new)
    given = {name: new[name] for name in CHANGED if name in new}
    _call(rds.modify_db_proxy, DBProxyName=physical_id, SecurityGroups=new.get("VpcSecurityGroupIds"), **given)


def _delete_proxy(physical_id: str, _properties: dict) -> None:
    if physical_id in rds.db_proxies:
        _call(rds.delete_db_proxy, DBProxyName=physical_id)


def _targets(properties: dict) -> dict:
    """The parameters that name the databases of a target group."""
    names = ("DBInstanceIdentifiers", "DBClusterIdentifiers")
    return {name: properties[name] for name in names if properties.get(name)}


def _check_targets(properties: dict) -> None:
    """A proxy sends everything to the instance that can write, and has one."""
    if properties.get("TargetGroupName") != GROUP:
        raise Refused(f"The target group of {properties['DBProxyName']} must be named {GROUP}.")
    for name in properties.get("DBInstanceIdentifiers") or []:
        instance = instances.find(name, "target group")
        if instance.get("ReadReplicaSourceDBInstanceIdentifier"):
            raise Refused(
                f"The DB instance {name} is a read replica and can't be registered as a target: register "
                f"{instance['ReadReplicaSourceDBInstanceIdentifier']}."
            )


def _configure(properties: dict) -> None:
    """Set how connections are pooled; a structure that is given replaces the whole one."""
    pool = properties.get("ConnectionPoolConfigurationInfo") or {"ConnectionBorrowTimeout": 120}  # AWS's default
    _call(
        rds.modify_db_proxy_target_group,
        DBProxyName=properties["DBProxyName"],
        TargetGroupName=GROUP,
        ConnectionPoolConfig=pool,
    )


def _create_targets(properties: dict, _name: str) -> str:
    name = properties["DBProxyName"]
    _check_targets(properties)
    _configure(properties)
    _call(rds.register_db_proxy_targets, DBProxyName=name, TargetGroupName=GROUP, **_targets(properties))
    return rds.db_proxies[name]["TargetGroup"]["TargetGroupArn"]


def _update_targets(_physical_id: str, old: dict, new: dict) -> None:
    _check_targets(new)
    _configure(new)
    if _targets(old) != _targets(new):
        _deregister(old)
        _call(rds.register_db_proxy_targets, DBProxyName=new["DBProxyName"], TargetGroupName=GROUP, **_targets(new))


def _deregister(properties: dict) -> None:
    """Take the targets away; the group itself goes with its proxy."""
    proxy = rds.db_proxies.get(properties["DBProxyName"])
    if proxy is not None and proxy["Targets"]:
        _call(
            rds.deregister_db_proxy_targets,
            DBProxyName=properties["DBProxyName"],
            TargetGroupName=GROUP,
            **_targets(properties),
        )


CHANGED = ("Auth", "DebugLogging", "DefaultAuthScheme", "IdleClientTimeout", "RequireTLS", "RoleArn")
"""Properties that ModifyDBProxy changes under their names in a template."""

TYPES = {
    PROXY: StandIn(
        _create_proxy,
        _delete_proxy,
        lambda i, p: {name: rds.db_proxies[i][name] for name in ("DBProxyArn", "Endpoint", "VpcId")},
        mutable=frozenset({*CHANGED, "VpcSecurityGroupIds"}),
        update=_update_proxy,
    ),
    TARGETS: StandIn(
        _create_targets,
        lambda i, p: _deregister(p),
        lambda i, p: {"TargetGroupArn": i},
        mutable=frozenset({"ConnectionPoolConfigurationInfo", "DBInstanceIdentifiers", "DBClusterIdentifiers"}),
        update=_update_targets,
    ),
}
