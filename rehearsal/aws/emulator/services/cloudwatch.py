"""CloudWatch: composite alarms and alarms on expressions, which MiniStack lacks in CloudFormation; and what AWS refuses of
alarms, or says nothing about and never delivers."""

import re
from typing import Any

from ministack.core.responses import get_region

from ..core.ministack_api import Refused, result
from ..core.seams import cloudwatch
from . import cloudformation
from .cloudformation import Create, Made, StandIn, Update, register
from .sns import require_topic

ALARM, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
MAX_RULE_CHARACTERS = 10240
"""Characters of the rule of a composite alarm."""


def install() -> None:
    """Register the type and put the seam in."""
    register(TYPES)
    cloudformation.override(ALARM, create=_create_alarm, update=_update_alarm)


def refuse_actions(properties: dict) -> None:
    """Refuse actions of an alarm that reach nobody. An alarm notifies topics of its own region only."""
    for member in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        for arn in properties.get(member) or []:
            if ":sns:" not in arn:
                continue
            if arn.split(":")[3] != get_region():
                raise Refused(f"Invalid region {arn.split(':')[3]} specified. Only {get_region()} is supported: {arn}")
            require_topic(arn, "cloudwatch.amazonaws.com")


def _on_one_metric(properties: dict) -> dict:
    """An alarm on an expression as MiniStack takes it: on the first metric that goes in, which it never evaluates."""
    queries = properties.get("Metrics")
    if not queries:
        return properties
    ids = [query["Id"] for query in queries]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise Refused(f"The Ids of Metrics must be unique: {', '.join(twice)}")
    if [query for query in queries if query.get("ReturnData", True)] != [queries[0]]:
        raise Refused("Exactly one element of the metrics list should return data.")
    for query in queries:
        unknown = sorted(set(re.findall(r"\b[a-z]\w*\b", query.get("Expression", ""))) - set(ids))
        if unknown:
            raise Refused(
                f"Invalid metrics list: {query['Expression']} uses {', '.join(unknown)}, which are no elements of it."
            )
    stat = next(query["MetricStat"] for query in queries if "MetricStat" in query)
    return {
        **{name: value for name, value in properties.items() if name != "Metrics"},
        **stat["Metric"],
        "Period": stat["Period"],
        "Statistic": stat["Stat"],
    }


def _create_alarm(create: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
    refuse_actions(properties)
    if properties.get("AlarmName") in cloudwatch.alarms:
        raise Refused(f"{properties['AlarmName']} already exists.")
    return create(logical_id, _on_one_metric(properties), stack_name)


def _update_alarm(update: Update, physical_id: str, old: dict, new: dict, *names: Any) -> Made:
    refuse_actions(new)
    return update(physical_id, _on_one_metric(old), _on_one_metric(new), *names)


def _put_composite(properties: dict) -> None:
    refuse_actions(properties)
    if len(properties["AlarmRule"]) > MAX_RULE_CHARACTERS:
        raise Refused(f"The rule of {properties['AlarmName']} has more than {MAX_RULE_CHARACTERS} characters.")
    suppressor = properties.get("ActionsSuppressor", "").rpartition(":")[2]
    if suppressor and suppressor not in {**cloudwatch.alarms, **cloudwatch.composite_alarms}:
        raise Refused(f"ActionsSuppressor: the alarm {suppressor} does not exist.")
    result(cloudwatch.put_composite_alarm({}, properties, False, True))


def _create_composite(properties: dict, name: str) -> str:
    properties = {"AlarmName": name, **properties}
    if properties["AlarmName"] in cloudwatch.composite_alarms:
        raise Refused(f"{properties['AlarmName']} already exists.")
    _put_composite(properties)
    return properties["AlarmName"]


def _delete_composite(physical_id: str, _properties: dict) -> None:
    result(cloudwatch.delete_alarms({}, {"AlarmNames": [physical_id]}, False, True))


def _arn_of_alarm(physical_id: str, _properties: dict) -> dict:
    return {"Arn": cloudwatch.composite_alarms[physical_id]["AlarmArn"]}


TYPES = {
    COMPOSITE: StandIn(
        _create_composite,
        _delete_composite,
        _arn_of_alarm,
        mutable=frozenset(
            {
                "AlarmRule",
                "AlarmDescription",
                "AlarmActions",
                "OKActions",
                "ActionsSuppressor",
                "ActionsSuppressorWaitPeriod",
                "ActionsSuppressorExtensionPeriod",
            }
        ),
        update=lambda i, old, new: _put_composite({**new, "AlarmName": i}),
    )
}
