"""Alarms and who hears of them: composite alarms, alarms on expressions, budgets, channels of Slack, what CloudFront
measures additionally and saved queries, which MiniStack lacks in CloudFormation; and what AWS refuses of them, or says nothing about and never
delivers."""

import re

import cloudformation
from log_access import lets
from ministack_api import Refused, require_role, result
from stand_ins import StandIn, register

ALARM, COMPOSITE, TOPIC = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::SNS::Topic"
RULE, BUDGET = "AWS::Events::Rule", "AWS::Budgets::Budget"
MEASURED = "AWS::CloudFront::MonitoringSubscription"
SLACK, QUERY = "AWS::Chatbot::SlackChannelConfiguration", "AWS::Logs::QueryDefinition"
MOST_OF_RULE = 10240
"""Characters of the rule of a composite alarm."""
CATEGORIES = frozenset(["availability", "backup", "configuration change", "creation", "deletion", "failover", "failure",
                        "low storage", "maintenance", "notification", "read replica", "recovery", "restoration",
                        "security", "security patching", "backtrack"])
"""What RDS tells of instances."""


def install() -> None:
    """Register the types and put every seam in. What MiniStack has no service for are own stores, for the inventory."""
    from ministack.core.responses import AccountRegionScopedDict
    from ministack.services import cloudwatch_logs, sns

    cloudwatch_logs._saved_queries = AccountRegionScopedDict()
    sns._slack_channels = AccountRegionScopedDict()
    register(TYPES)
    cloudformation.override(ALARM, create=_create_alarm, update=_update_alarm)
    cloudformation.override(TOPIC, create=_create_topic, update=_update_topic)
    cloudformation.override(RULE, create=_create_rule, update=_update_rule)


def _cloudwatch():
    from ministack.services import cloudwatch

    return cloudwatch


def _create_topic(create, logical_id, properties, stack_name):
    arn, attributes = create(logical_id, properties, stack_name)
    _keep_key(arn, properties)
    return arn, attributes


def _update_topic(update, physical_id, old, new, *names):
    arn, attributes = update(physical_id, old, new, *names)
    _keep_key(arn, new)
    return arn, attributes


def _keep_key(arn: str, properties: dict) -> None:
    """MiniStack forgets the key of a topic."""
    from ministack.services import sns

    sns._topics[arn]["attributes"]["KmsMasterKeyId"] = properties.get("KmsMasterKeyId")


def require_topic(arn: str, service: str) -> dict:
    """Refuse a topic that does not exist, or whose key a service of AWS may not use: what it publishes would be lost."""
    from ministack.services import kms, sns

    held = sns._topics.get(arn)
    if held is None:
        raise Refused(f"The topic {arn} does not exist: name one of this region and order it before.")
    key = held["attributes"].get("KmsMasterKeyId")
    policy = kms.key_policy_for_arn(key)[0] if key else None
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        if policy and not lets([policy], service, action, key, {}):
            raise Refused(f"{service} cannot publish to {arn}: the policy of the topic's key has to let it {action}.")
    return held


def refuse_actions(properties: dict) -> None:
    """Refuse actions of an alarm that reach nobody. An alarm notifies topics of its own region only."""
    from ministack.core.responses import get_region

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
            raise Refused(f"Invalid metrics list: {query['Expression']} uses {', '.join(unknown)}, which no element is.")
    stat = next(query["MetricStat"] for query in queries if "MetricStat" in query)
    return {**{name: value for name, value in properties.items() if name != "Metrics"}, **stat["Metric"],
            "Period": stat["Period"], "Statistic": stat["Stat"]}


def _create_alarm(create, logical_id, properties, stack_name):
    refuse_actions(properties)
    if properties.get("AlarmName") in _cloudwatch()._alarms:
        raise Refused(f"{properties['AlarmName']} already exists.")
    return create(logical_id, _on_one_metric(properties), stack_name)


def _update_alarm(update, physical_id, old, new, *names):
    refuse_actions(new)
    return update(physical_id, _on_one_metric(old), _on_one_metric(new), *names)


def _put_composite(properties: dict) -> None:
    refuse_actions(properties)
    if len(properties["AlarmRule"]) > MOST_OF_RULE:
        raise Refused(f"The rule of {properties['AlarmName']} has more than {MOST_OF_RULE} characters.")
    suppressor = properties.get("ActionsSuppressor", "").rpartition(":")[2]
    if suppressor and suppressor not in {**_cloudwatch()._alarms, **_cloudwatch()._composite_alarms}:
        raise Refused(f"ActionsSuppressor: the alarm {suppressor} does not exist.")
    result(_cloudwatch()._put_composite_alarm({}, properties, False, True))


def _create_composite(properties: dict, name: str) -> str:
    properties = {"AlarmName": name, **properties}
    if properties["AlarmName"] in _cloudwatch()._composite_alarms:
        raise Refused(f"{properties['AlarmName']} already exists.")
    _put_composite(properties)
    return properties["AlarmName"]


def _delete_composite(physical_id: str, _properties: dict) -> None:
    result(_cloudwatch()._delete_alarms({}, {"AlarmNames": [physical_id]}, False, True))


def _arn_of_alarm(physical_id: str, _properties: dict) -> dict:
    return {"Arn": _cloudwatch()._composite_alarms[physical_id]["AlarmArn"]}


def _create_rule(create, logical_id, properties, stack_name):
    _check_rule(properties)
    return create(logical_id, properties, stack_name)


def _update_rule(update, physical_id, old, new, *names):
    _check_rule(new)
    return update(physical_id, old, new, *names)


def _check_rule(properties: dict) -> None:
    """Refuse a rule whose messages EventBridge could not deliver, or that waits for what RDS never tells."""
    pattern = properties.get("EventPattern") or {}
    told = (pattern.get("detail") or {}).get("EventCategories") or []
    unknown = sorted(set(told) - CATEGORIES) if "aws.rds" in pattern.get("source", []) else []
    if unknown:
        raise Refused(f"RDS tells nothing of {', '.join(unknown)} of instances: {properties.get('Description', '')}")
    for target in properties.get("Targets") or []:
        if ":sns:" in target["Arn"]:
            require_topic(target["Arn"], "events.amazonaws.com")


def _measure(properties: dict, _name: str) -> str:
    from ministack.services import cloudfront

    held = cloudfront._distributions.get(properties["DistributionId"])
    if held is None:
        raise Refused(f"NoSuchDistribution: {properties['DistributionId']} does not exist.")
    held["MonitoringSubscription"] = properties["MonitoringSubscription"]["RealtimeMetricsSubscriptionConfig"]
    return properties["DistributionId"]


def _measure_no_more(physical_id: str, _properties: dict) -> None:
    from ministack.services import cloudfront

    cloudfront._distributions.get(physical_id, {}).pop("MonitoringSubscription", None)


def _create_budget(properties: dict, name: str) -> str:
    from ministack.services import budgets

    for entry in properties.get("NotificationsWithSubscribers") or []:
        for subscriber in entry["Subscribers"]:
            if subscriber["SubscriptionType"] == "SNS":
                require_topic(subscriber["Address"], "budgets.amazonaws.com")
    given = properties["Budget"]
    limit = {member: str(value) for member, value in given["BudgetLimit"].items()}
    budget = {"BudgetName": name, **given, "BudgetLimit": limit}
    result(budgets._create_budget({**properties, "Budget": budget}))
    return budget["BudgetName"]


def _delete_budget(physical_id: str, _properties: dict) -> None:
    from ministack.services import budgets

    if physical_id in budgets._budgets:
        result(budgets._delete_budget({"BudgetName": physical_id}))


def _update_budget(physical_id: str, old: dict, new: dict) -> None:
    _delete_budget(physical_id, old)
    _create_budget(new, physical_id)


def _join_channel(properties: dict, name: str) -> str:
    from ministack.services import sns

    require_role(properties["IamRoleArn"])
    for arn in properties.get("SnsTopicArns") or []:
        if not [held for (_account, _region, held), _ in sns._topics.all_items() if held == arn]:
            raise Refused(f"The topic {arn} does not exist: order it before.")
    channel = properties["SlackChannelId"]
    if channel in [held["SlackChannelId"] for held in sns._slack_channels.values()]:
        raise Refused(f"There is a configuration of the channel {channel} already.")
    sns._slack_channels[properties.get("ConfigurationName") or name] = properties
    return properties.get("ConfigurationName") or name


def _leave_channel(physical_id: str, _properties: dict) -> None:
    from ministack.services import sns

    sns._slack_channels.pop(physical_id, None)


def _save_query(properties: dict, name: str) -> str:
    from ministack.services import cloudwatch_logs

    for group in properties.get("LogGroupNames") or []:
        if group not in cloudwatch_logs._log_groups:
            raise Refused(f"The query {properties['Name']} is about {group}, a log group that does not exist.")
    cloudwatch_logs._saved_queries[name] = properties
    return name


def _forget_query(physical_id: str, _properties: dict) -> None:
    from ministack.services import cloudwatch_logs

    cloudwatch_logs._saved_queries.pop(physical_id, None)


TYPES = {
    COMPOSITE: StandIn(_create_composite, _delete_composite, _arn_of_alarm,
                       mutable=frozenset({"AlarmRule", "AlarmDescription", "AlarmActions", "OKActions",
                                          "ActionsSuppressor", "ActionsSuppressorWaitPeriod",
                                          "ActionsSuppressorExtensionPeriod"}),
                       update=lambda i, old, new: _put_composite({**new, "AlarmName": i})),
    MEASURED: StandIn(_measure, _measure_no_more),
    BUDGET: StandIn(_create_budget, _delete_budget, mutable=frozenset({"Budget", "ResourceTags"}),
                    update=_update_budget),
    SLACK: StandIn(_join_channel, _leave_channel),
    QUERY: StandIn(_save_query, _forget_query, lambda i, p: {"QueryDefinitionId": i}, mutable=None,
                   update=lambda i, old, new: _save_query(new, i) and None),
}
