"""A Multi-AZ instance goes on in its other zone when its own is lost, under the same name and endpoint:
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.Failover.html
"""

from ...core.ministack_api import is_true
from ...core.seams import entries, rds


def lose(zone: str) -> None:
    """Let every Multi-AZ instance of a zone fail over."""
    for instance in entries(rds.instances).values():
        other = _standby(instance)
        if instance["AvailabilityZone"] == zone and is_true(instance.get("MultiAZ")) and other:
            instance.update(AvailabilityZone=other, SecondaryAvailabilityZone=zone)


def _standby(instance: dict) -> str | None:
    """The zone of the standby: MiniStack records none, so it is the first other one of the subnet group."""
    subnets = instance["DBSubnetGroup"]["Subnets"]
    zones = sorted({subnet["SubnetAvailabilityZone"]["Name"] for subnet in subnets})
    others = [zone for zone in zones if zone != instance["AvailabilityZone"]]
    return instance.get("SecondaryAvailabilityZone") or next(iter(others), None)
