"""What SNS refuses of a message, which MiniStack takes: of its subject. The size it checks itself, attributes included."""

import re

SUBJECT = re.compile(r"[\x20-\x7e]{1,99}")
"""Publish, in the service model of botocore 1.43.11: no line breaks or control characters, less than 100 characters. The developer guide
wants ASCII, which is the narrower of the two."""


def install() -> None:
    """Wraps sns.publish_internal, by which every message goes."""
    from ministack.services import sns

    publish = sns.publish_internal

    def checked(topic_arn, message, subject="", **more):
        if subject and not SUBJECT.fullmatch(subject):
            raise sns.SnsPublishError("InvalidParameter", "Invalid parameter: Subject")
        return publish(topic_arn, message, subject, **more)

    sns.publish_internal = checked
