"""SNS: the key of a topic, which MiniStack forgets, and what SNS refuses of a message, which MiniStack takes: of its subject. The
size it checks itself, attributes included."""

import re
from typing import Any

from ..core.ministack_api import Refused
from ..core.seams import kms, sns
from . import cloudformation
from .cloudformation import Create, Made, Update
from .logs.access import lets

TOPIC = "AWS::SNS::Topic"
SUBJECT = re.compile(r"[\x20-\x7e]{1,99}")
"""Publish, in the service model of botocore 1.43.11: no line breaks or control characters, less than 100 characters. The developer guide
wants ASCII, which is the narrower of the two."""


def install() -> None:
    """Put every seam of this module in."""
    keep_keys()
    check_subjects()


def keep_keys() -> None:
    """MiniStack forgets the key of a topic."""
    cloudformation.override(TOPIC, create=_create_topic, update=_update_topic)


def check_subjects() -> None:
    """Wraps sns.publish_internal, by which every message goes."""
    publish = sns.publish_internal

    def checked(topic_arn: str, message: str, subject: str = "", **more: Any) -> Any:
        if subject and not SUBJECT.fullmatch(subject):
            raise sns.SnsPublishError("InvalidParameter", "Invalid parameter: Subject")
        return publish(topic_arn, message, subject, **more)

    sns.publish_internal = checked


def _create_topic(create: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
    arn, attributes = create(logical_id, properties, stack_name)
    _keep_key(arn, properties)
    return arn, attributes


def _update_topic(update: Update, physical_id: str, old: dict, new: dict, *names: Any) -> Made:
    arn, attributes = update(physical_id, old, new, *names)
    _keep_key(arn, new)
    return arn, attributes


def _keep_key(arn: str, properties: dict) -> None:
    sns.topics[arn]["attributes"]["KmsMasterKeyId"] = properties.get("KmsMasterKeyId")


def require_topic(arn: str, service: str) -> dict:
    """Refuse a topic that does not exist, or whose key a service of AWS may not use: its messages would be lost."""
    held = sns.topics.get(arn)
    if held is None:
        raise Refused(f"The topic {arn} does not exist: name a topic of this region, and order it first.")
    key = held["attributes"].get("KmsMasterKeyId")
    policy = kms.key_policy_for_arn(key)[0] if key else None
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        if policy and not lets([policy], service, action, key, {}):
            raise Refused(f"{service} cannot publish to {arn}: the policy of the topic's key has to let it {action}.")
    return held
