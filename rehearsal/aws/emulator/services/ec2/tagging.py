"""Tags of what stand-ins make in EC2."""

from ...core.seams import provisioners


def retag(physical_id: str, old: dict, new: dict) -> None:
    """Put the tags of new properties in place of those of the old ones."""
    provisioners.ec2_apply_tags(physical_id, new, old)


def tagged(physical_id: str, properties: dict) -> str:
    """Tag what has just been made, whose id this returns."""
    retag(physical_id, {}, properties)
    return physical_id
