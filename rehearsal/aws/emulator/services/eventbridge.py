"""EventBridge: rules that it refuses, and those that it takes and never delivers."""

from ..core.ministack_api import Refused
from . import cloudformation
from .sns import require_topic

RULE = "AWS::Events::Rule"
CATEGORIES = frozenset(
    [
        "availability",
        "backup",
        "configuration change",
        "creation",
        "deletion",
        "failover",
        "failure",
        "low storage",
        "maintenance",
        "notification",
        "read replica",
        "recovery",
        "restoration",
        "security",
        "security patching",
        "backtrack",
    ]
)
"""Categories of RDS events of instances."""


def install() -> None:
    """Put the seam in."""
    cloudformation.check(RULE, _check_rule)


def _check_rule(properties: dict, _physical_id: str | None) -> None:
    """Refuse a rule whose messages EventBridge could not deliver, or that waits for what RDS never tells."""
    pattern = properties.get("EventPattern") or {}
    told = (pattern.get("detail") or {}).get("EventCategories") or []
    unknown = sorted(set(told) - CATEGORIES) if "aws.rds" in pattern.get("source", []) else []
    if unknown:
        raise Refused(f"RDS publishes no event {', '.join(unknown)} of instances: {properties.get('Description', '')}")
    for target in properties.get("Targets") or []:
        if ":sns:" in target["Arn"]:
            require_topic(target["Arn"], "events.amazonaws.com")
