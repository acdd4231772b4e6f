"""S3: the replication of a bucket, which MiniStack's CloudFormation drops:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html"""

from typing import Any

from ...core.ministack_api import Refused, answer
from ...core.seams import provisioners, s3
from .buckets import xml

SETTING = "ReplicationConfiguration"
NAMES = {"Rules": "Rule", "Id": "ID", "TagFilter": "Tag", "TagFilters": "Tag"}
"""Names of a template -> the API's, where they differ."""


def install() -> None:
    """Adds to provisioners.S3_BUCKET_CONFIGURATIONS, after the versions of the bucket, without which S3 takes no rule."""
    provisioners.S3_BUCKET_CONFIGURATIONS += (
        (SETTING, lambda given: xml(SETTING, _api(given)).encode(), _put, s3.delete_bucket_replication),
    )


def _api(value: Any) -> Any:
    if isinstance(value, dict):
        return {NAMES.get(name, name): _api(item) for name, item in value.items()}
    return [_api(item) for item in value] if isinstance(value, list) else value


def _put(name: str, body: bytes) -> None:
    """MiniStack takes a destination that does not exist."""
    answer(s3.put_bucket_replication(name, body))
    for rule in s3.bucket_replication[name]["Rules"]:
        destination = rule["Destination"]["Bucket"].rpartition(":::")[2]
        if s3.bucket_owner_account(destination) is None:
            s3.delete_bucket_replication(name)
            raise Refused(f"Destination bucket must exist: order the bucket {name} after {destination}.")
