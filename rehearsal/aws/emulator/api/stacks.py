"""The resources of stacks and the events of stacks."""

import json
from collections.abc import Iterable
from datetime import datetime

from ..core.records import is_gone
from ..services.eks.manifests import MANIFEST


def resources(stacks: Iterable[tuple], recorded: set[str]) -> list[dict]:
    """Every resource of every existing stack, and who holds it."""

    def holder(kind: str) -> str:
        if kind in recorded:
            return "recorded"
        return "kubernetes" if kind.startswith("Custom::AWSCDK-EKS-") else "service"

    found = []
    for (account, region, name), stack in stacks:
        if is_gone(stack):
            continue
        definitions = (stack.get("_template") or {}).get("Resources") or {}
        for logical_id, resource in sorted(stack.get("_resources", {}).items()):
            kind = resource.get("ResourceType", "")
            found.append(
                {
                    "account": account,
                    "region": region,
                    "stack": name,
                    "logicalId": logical_id,
                    "type": kind,
                    "physicalId": resource.get("PhysicalResourceId", ""),
                    "held": holder(kind),
                    "deletionPolicy": (definitions.get(logical_id) or {}).get("DeletionPolicy", "Delete"),
                }
            )
    return found


def events(scoped: Iterable[tuple]) -> list[dict]:
    """The events of all stacks in their order, those that are gone too."""
    found = [
        {
            "stack": event["StackName"],
            "logicalId": event["LogicalResourceId"],
            "type": event["ResourceType"],
            "status": event["ResourceStatus"],
            "time": datetime.fromisoformat(event["Timestamp"]).timestamp() * 1000,
        }
        for _, stack in scoped
        for event in stack
    ]
    return sorted(found, key=lambda event: event["time"])


def manifests(stacks: Iterable[tuple]) -> list[dict]:
    """The Kubernetes objects that every existing stack has applied, as CloudFormation knows them."""
    return [
        {"stack": name, "logicalId": logical_id, "objects": json.loads(resource["Properties"]["Manifest"])}
        for (_, _, name), stack in stacks
        if not is_gone(stack)
        for logical_id, resource in sorted(stack.get("_resources", {}).items())
        if resource.get("ResourceType") == MANIFEST
    ]
