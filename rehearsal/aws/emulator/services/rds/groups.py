"""RDS's refusals of groups of subnets and of parameters."""

from ...core.ministack_api import Refused
from ...core.seams import ec2, rds
from .. import cloudformation
from ..cloudformation import Create, Delete, Made, Update

SUBNETS, PARAMETERS = "AWS::RDS::DBSubnetGroup", "AWS::RDS::DBParameterGroup"


def install() -> None:
    """Put every seam of this module in."""
    cloudformation.override(
        SUBNETS, create=_create_subnet_group, update=_update_subnet_group, delete=_delete_subnet_group
    )
    cloudformation.override(PARAMETERS, delete=_delete_parameter_group)


def refuse_few_zones(subnet_ids: list[str], what: str) -> None:
    """Refuse subnets that cover fewer than two zones; subnets that do not exist are refused by MiniStack."""
    zones = sorted({ec2.subnets[i]["AvailabilityZone"] for i in subnet_ids if i in ec2.subnets})
    if len(zones) == 1:
        raise Refused(
            f"The {what} doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: "
            f"{zones[0]}. Add subnets to cover at least 2 AZs."
        )


def _create_subnet_group(create: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
    if properties.get("DBSubnetGroupName") in rds.subnet_groups:
        raise Refused(f"DB subnet group {properties['DBSubnetGroupName']} already exists.")
    refuse_few_zones(properties.get("SubnetIds") or [], "DB subnet group")
    return create(logical_id, properties, stack_name)


def _update_subnet_group(
    update: Update, physical_id: str, old: dict, new: dict, stack_name: str, logical_id: str | None = None
) -> Made:
    refuse_few_zones(new.get("SubnetIds") or [], "DB subnet group")
    return update(physical_id, old, new, stack_name, logical_id)


def _delete_subnet_group(delete: Delete, physical_id: str, properties: dict) -> None:
    for name, instance in rds.instances.items():
        if instance["DBSubnetGroup"]["DBSubnetGroupName"] == physical_id:
            raise Refused(
                f"Cannot delete the subnet group '{physical_id}' because at least one database instance: "
                f"{name} is still using it."
            )
    delete(physical_id, properties)


def _delete_parameter_group(delete: Delete, physical_id: str, properties: dict) -> None:
    for name, instance in rds.instances.items():
        if instance["DBParameterGroups"][0]["DBParameterGroupName"] == physical_id:
            raise Refused(
                "One or more database instances are still members of this parameter group "
                f"{physical_id}, so the group cannot be deleted: {name}"
            )
    delete(physical_id, properties)
