"""S3: the settings of a bucket that MiniStack's CloudFormation drops, and no deletion of a bucket that is not empty."""

from collections.abc import Callable
from typing import Any

from ...core.ministack_api import Refused, answer
from ...core.seams import provisioners, s3
from .. import cloudformation
from ..cloudformation import Create, Delete, Made, Update

BUCKET = "AWS::S3::Bucket"


def install() -> None:
    """Put every seam of this module in."""
    hold_settings()
    cloudformation.override(BUCKET, create=_create, update=_update, delete=_delete)


def xml(tag: str, value: Any) -> str:
    """A value of a template as an element; a list becomes an element for each of its items, None nothing."""
    if isinstance(value, list):
        return "".join(xml(tag, item) for item in value)
    if value is None:
        return ""
    if isinstance(value, dict):
        text = "".join(xml(name, item) for name, item in value.items())
    else:
        text = s3.esc(str(value).lower() if isinstance(value, bool) else str(value))
    return f"<{tag}>{text}</{tag}>"


def _encryption(given: dict) -> dict:
    return {
        "Rule": [
            {
                "ApplyServerSideEncryptionByDefault": _with_key(rule.get("ServerSideEncryptionByDefault")),
                "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
            }
            for rule in given["ServerSideEncryptionConfiguration"]
        ]
    }


def _with_key(default: dict | None) -> dict | None:
    """KMS without a key means the account's aws/s3, which MiniStack does not have."""
    if default and default.get("SSEAlgorithm") == "aws:kms":
        return {**default, "KMSMasterKeyID": default.get("KMSMasterKeyID") or "alias/aws/s3"}
    return default


def _logging(given: dict) -> dict:
    return {
        "LoggingEnabled": {
            "TargetBucket": given.get("DestinationBucketName"),
            "TargetPrefix": given.get("LogFilePrefix", ""),
        }
    }


def _ownership(given: dict) -> dict:
    return {"Rule": given.get("Rules")}


def _lifecycle(given: dict) -> dict:
    return {"Rule": [_lifecycle_rule(rule) for rule in given.get("Rules") or []]}


def _lifecycle_rule(rule: dict) -> dict:
    """A rule under the API's names. A template has three ways to say when a version that is not current expires."""
    expiration = {
        "Days": rule.get("ExpirationInDays"),
        "Date": rule.get("ExpirationDate"),
        "ExpiredObjectDeleteMarker": rule.get("ExpiredObjectDeleteMarker"),
    }
    old = rule.get("NoncurrentVersionExpiration") or {"NoncurrentDays": rule.get("NoncurrentVersionExpirationInDays")}
    actions = {
        "Expiration": _given(expiration),
        "NoncurrentVersionExpiration": _given(old),
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload"),
        "Transition": [
            {
                "Days": item.get("TransitionInDays"),
                "Date": item.get("TransitionDate"),
                "StorageClass": item["StorageClass"],
            }
            for item in rule.get("Transitions") or []
        ]
        or None,
        "NoncurrentVersionTransition": [
            {
                "NoncurrentDays": item.get("TransitionInDays"),
                "StorageClass": item["StorageClass"],
                "NewerNoncurrentVersions": item.get("NewerNoncurrentVersions"),
            }
            for item in rule.get("NoncurrentVersionTransitions") or []
        ]
        or None,
    }
    if not _given(actions):
        raise Refused(f"At least one action needs to be specified in the lifecycle rule {rule.get('Id', '')}.")
    return {"ID": rule.get("Id"), "Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}, **actions}


def _given(values: dict) -> dict | None:
    """The entries that are not None, if there are any."""
    return {name: value for name, value in values.items() if value is not None} or None


def hold_settings() -> None:
    """Adds to provisioners.S3_BUCKET_CONFIGURATIONS, through which MiniStack calls its S3 for a property."""

    def setting(name: str, root: str, convert: Callable, put: Callable, delete: Callable) -> tuple:
        return (name, lambda value: xml(root, convert(value)).encode(), lambda *given: answer(put(*given)), delete)

    provisioners.S3_BUCKET_CONFIGURATIONS += (
        # The CDK's function that empties a bucket asks its tags whether it may.
        setting(
            "Tags", "Tagging", lambda given: {"TagSet": {"Tag": given}}, s3.put_bucket_tagging, s3.delete_bucket_tagging
        ),
        setting(
            "BucketEncryption",
            "ServerSideEncryptionConfiguration",
            _encryption,
            s3.put_bucket_encryption,
            s3.delete_bucket_encryption,
        ),
        setting(
            "LifecycleConfiguration",
            "LifecycleConfiguration",
            _lifecycle,
            s3.put_bucket_lifecycle,
            s3.delete_bucket_lifecycle,
        ),
        setting(
            "LoggingConfiguration",
            "BucketLoggingStatus",
            _logging,
            s3.put_bucket_logging,
            lambda name: s3.bucket_logging_config.pop(name, None),
        ),
        setting(
            "OwnershipControls",
            "OwnershipControls",
            _ownership,
            s3.put_bucket_ownership_controls,
            s3.delete_bucket_ownership_controls,
        ),
    )


def _check(properties: dict) -> None:
    """The bucket that access is logged to is there before; without a name it is the bucket itself."""
    target = (properties.get("LoggingConfiguration") or {}).get("DestinationBucketName")
    if target and target not in s3.buckets:
        raise Refused(f"The target bucket for logging does not exist: {target}")
    _lifecycle(properties.get("LifecycleConfiguration") or {})


def _create(create: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
    """A bucket whose settings S3 refuses goes again, as CloudFormation deletes it."""
    _check(properties)
    before = set(s3.buckets)
    try:
        return create(logical_id, properties, stack_name)
    except ValueError:
        name = properties.get("BucketName") or provisioners.physical_name(
            stack_name, logical_id, lowercase=True, max_len=63
        )
        if name not in before:
            s3.delete_bucket(name)
        raise


def _update(update: Update, physical_id: str, old: dict, new: dict, stack_name: str) -> Made:
    _check(new)
    return update(physical_id, old, new, stack_name)


def _delete(_delete_anyway: Delete, physical_id: str, _properties: dict) -> None:
    """DeleteBucket, where MiniStack's CloudFormation deletes a bucket whatever is in it."""
    if physical_id in s3.buckets:
        answer(s3.delete_bucket(physical_id))
