"""Drift: types that MiniStack does not compare, and change sets that revert drift, which it does not know.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html: with DeploymentMode REVERT_DRIFT, a change set
compares the template with the actual state of the resources. Its execution puts what differs back, and creates what was deleted anew.
"""

import copy
import json
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ...core.seams import cloudformation, cloudwatch, drift, ec2, eks, handlers, secretsmanager, stacks

Actual = dict[str, dict | None]
"""Logical id of each drifted resource -> its properties as they are; None of one that is deleted."""
Reader = Callable[[str, dict], dict | None]
"""(physical id, properties of the template) -> properties as they are, None of one that is deleted."""

REVERTED: ContextVar[Actual | None] = ContextVar("reverted", default=None)
"""Of the change set that is being created."""
SECRET = "AWS::SecretsManager::Secret"
KEY = "_rehearsal_actual"
"""The same in the record of a change set."""


def _rule(store: str, peer: str) -> Reader:
    """A rule of a security group; `peer` is how its properties call the other group."""

    def read(physical_id: str, properties: dict) -> dict | None:
        rules = ec2.security_groups.get(properties["GroupId"], {}).get(store, [])
        rule = next((one for one in rules if one.get("SecurityGroupRuleId") == physical_id), None)
        if rule is None:
            return None
        [(kind, entry)] = [
            (kind, rule[kind][0])
            for kind in ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds")
            if rule.get(kind)
        ]
        names = {
            "IpRanges": ("CidrIp", "CidrIp"),
            "Ipv6Ranges": ("CidrIpv6", "CidrIpv6"),
            "UserIdGroupPairs": (f"{peer}SecurityGroupId", "GroupId"),
            "PrefixListIds": (f"{peer}PrefixListId", "PrefixListId"),
        }
        own, others = names[kind]
        return {
            "IpProtocol": rule.get("IpProtocol"),
            "FromPort": rule.get("FromPort"),
            "ToPort": rule.get("ToPort"),
            "Description": entry.get("Description"),
            own: entry[others],
        }

    return read


def _node_group(physical_id: str, properties: dict) -> dict | None:
    group = eks.nodegroups.get(f"{properties['ClusterName']}/{physical_id}")
    if group is None:
        return None
    sizes = group["scalingConfig"]
    return {"ScalingConfig": {name: sizes[f"{name[0].lower()}{name[1:]}"] for name in properties["ScalingConfig"]}}


def _alarm(physical_id: str, properties: dict) -> dict | None:
    alarm = cloudwatch.alarms.get(physical_id)
    return None if alarm is None else {name: _number(alarm[name]) for name in ALARM if name in alarm}


def _number(value: Any) -> Any:
    """A whole number as templates write it: MiniStack keeps thresholds as floats."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _secret(read: Reader) -> Reader:
    """MiniStack's reader knows a secret by its name: the physical id is the ARN, as on AWS."""

    def read_by_arn(physical_id: str, properties: dict) -> dict | None:
        secret = secretsmanager.resolve(physical_id)[1]
        return None if secret is None or secret.get("DeletedDate") else read(secret["Name"], properties)

    return read_by_arn


RULE = frozenset({"IpProtocol", "FromPort", "ToPort", "Description", "CidrIp", "CidrIpv6"})
ALARM = frozenset({"Threshold", "EvaluationPeriods", "ComparisonOperator", "TreatMissingData"})

READERS: dict[str, tuple[Reader, frozenset[str]]] = {
    "AWS::EC2::SecurityGroupIngress": (
        _rule("IpPermissions", "Source"),
        RULE | {"SourceSecurityGroupId", "SourcePrefixListId"},
    ),
    "AWS::EC2::SecurityGroupEgress": (
        _rule("IpPermissionsEgress", "Destination"),
        RULE | {"DestinationSecurityGroupId", "DestinationPrefixListId"},
    ),
    "AWS::EKS::Nodegroup": (_node_group, frozenset({"ScalingConfig"})),
    "AWS::CloudWatch::Alarm": (_alarm, ALARM),
}
"""Type -> how it is read, and the properties that are compared."""


def install() -> None:
    """Add the readers; wraps CreateChangeSet, ExecuteChangeSet and stacks.diff_resources."""
    drift.DRIFT_READERS.update(READERS)
    read, properties = drift.DRIFT_READERS[SECRET]
    drift.DRIFT_READERS[SECRET] = _secret(read), properties
    actions = handlers.ACTION_HANDLERS
    actions["CreateChangeSet"] = _create(actions["CreateChangeSet"])
    actions["ExecuteChangeSet"] = _execute(actions["ExecuteChangeSet"])
    diff = stacks.diff_resources

    def diff_with_actual(old: dict, *args: Any, **more: Any) -> list:
        reverted = REVERTED.get()
        if reverted:
            old = {**old, "Resources": _as_they_are(old.get("Resources", {}), reverted)}
        return diff(old, *args, **more)

    stacks.replace("diff_resources", diff_with_actual)


def actual(stack: dict) -> Actual:
    """The drifted resources of a stack."""
    found: Actual = {}
    for logical_id, record in stack.get("_resources", {}).items():
        if not drift.supports_drift(record.get("ResourceType", "")):
            continue
        told = drift.detect_resource_drift(stack, logical_id, record, "")
        if told["StackResourceDriftStatus"] == "DELETED":
            found[logical_id] = None
        if told["StackResourceDriftStatus"] == "MODIFIED":
            now = json.loads(told["ActualProperties"])
            names = {one["PropertyPath"].split("/")[1] for one in told["PropertyDifferences"]}
            found[logical_id] = {name: now.get(name) for name in names}
    return found


def _as_they_are(resources: dict, reverted: Actual) -> dict:
    """Resources, or records of some, with the properties that they have instead of those that they should have."""
    return {
        logical_id: {**one, "Properties": {**(one.get("Properties") or {}), **(reverted.get(logical_id) or {})}}
        for logical_id, one in resources.items()
        if reverted.get(logical_id, {}) is not None
    }


def _first(params: dict, name: str) -> str:
    value = params.get(name, "")
    return value[0] if isinstance(value, list) else value


def _stack(params: dict) -> dict:
    name = _first(params, "StackName")
    return cloudformation.stacks.get(name.split("/")[1] if name.startswith("arn:") else name) or {}


def _change_set(params: dict) -> dict | None:
    name, stack = _first(params, "ChangeSetName"), _stack(params)
    for key, one in cloudformation.change_sets.items():
        if name == key or (one["ChangeSetName"] == name and one["StackName"] == stack.get("StackName")):
            return one
    return None


def _create(create: Callable) -> Callable:
    def create_reverting(params: dict) -> tuple:
        if _first(params, "DeploymentMode") != "REVERT_DRIFT":
            return create(params)
        reverted = actual(_stack(params))
        token = REVERTED.set(reverted)
        try:
            answer = create(params)
        finally:
            REVERTED.reset(token)
        made = _change_set(params)
        if made is not None:
            made[KEY] = reverted
        return answer

    return create_reverting


def _execute(execute: Callable) -> Callable:
    def execute_reverting(params: dict) -> tuple:
        made = _change_set(params)
        reverted = (made or {}).get(KEY)
        if made and reverted and made["ExecutionStatus"] == "AVAILABLE":
            stack = cloudformation.stacks[made["StackName"]]
            stack["_resources"] = _as_they_are(copy.deepcopy(stack["_resources"]), reverted)
        return execute(params)

    return execute_reverting
