"""Records of MiniStack's services that only remember."""

from typing import Any


def is_gone(value: Any) -> bool:
    """Whether a record only remembers something that was deleted."""
    if not isinstance(value, dict):
        return False
    is_layer = "next_version" in value
    return (
        value.get("StackStatus") == "DELETE_COMPLETE"
        or value.get("KeyState") == "PendingDeletion"
        or (is_layer and all(version.get("_deleted") for version in value["versions"]))
    )
