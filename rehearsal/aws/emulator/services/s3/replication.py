"""S3: the replication of a bucket, which MiniStack's CloudFormation drops:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html

MiniStack replicates an object or a delete marker as soon as it is there, by the rule's prefix and tags. It gives the copy another
version id, and replicates what is encrypted with KMS like everything else.
"""

from contextvars import ContextVar
from typing import Any

from ministack.core.responses import get_region

from ...core import outages
from ...core.ministack_api import Refused, answer, enabled_key
from ...core.seams import provisioners, s3
from .. import cloudformation
from ..iam import evaluation
from .buckets import BUCKET, xml

SETTING = "ReplicationConfiguration"
NAMES = {"Rules": "Rule", "Id": "ID", "TagFilter": "Tag", "TagFilters": "Tag"}
"""Names of a template -> the API's, where they differ."""
SSE, SSE_KEY = "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"
PRINCIPAL = "s3.amazonaws.com"
MARKER: ContextVar[str | None] = ContextVar("rehearsal_delete_marker", default=None)
"""Version id of the delete marker that is being replicated."""


def install() -> None:
    """Put every seam of this module in. A bucket gets its rules after its versions, without which S3 takes none."""
    provisioners.S3_BUCKET_CONFIGURATIONS += (
        (SETTING, lambda given: xml(SETTING, _api(given)).encode(), _put, s3.delete_bucket_replication),
    )
    _replicate_as_s3_does()
    _keep_version_ids()


def _api(value: Any) -> Any:
    if isinstance(value, dict):
        return {NAMES.get(name, name): _api(item) for name, item in value.items()}
    return [_api(item) for item in value] if isinstance(value, list) else value


def _put(name: str, body: bytes) -> None:
    """MiniStack takes a destination that does not exist."""
    answer(s3.put_bucket_replication(name, body))
    for rule in s3.bucket_replication[name]["Rules"]:
        destination = rule["Destination"]["Bucket"].rpartition(":::")[2]
        late = cloudformation.unordered(BUCKET, BucketName=destination)
        if late or s3.bucket_owner_account(destination) is None:
            s3.delete_bucket_replication(name)
            raise Refused(f"Destination bucket must exist: order the bucket {name} after {destination}.")


def _replicate_as_s3_does() -> None:
    """Wraps s3.maybe_replicate."""
    plain = s3.maybe_replicate

    def replicate(bucket: str, key: str, record: dict, data: Any, tags: dict | None = None) -> None:
        rule, role = s3.replication_rule_for(bucket, key, tags)
        if rule is None:
            return
        encrypted = str(record["preserved_headers"].get(SSE)).startswith("aws:kms")
        replica_key = rule["Destination"].get("EncryptionConfiguration", {}).get("ReplicaKmsKeyID")
        if encrypted and not _takes_encrypted(rule):
            return
        if not evaluation.trusts(role, PRINCIPAL) or (encrypted and not _usable(replica_key)):
            record["replication_status"] = "FAILED"
            return

        def copied() -> None:
            plain(bucket, key, record, data, tags)
            if "_replica" in record:
                _finish(bucket, key, record, replica_key if encrypted else None, tags)

        if not outages.when_reachable(_region(rule), copied):
            record["replication_status"] = "PENDING"

    s3.maybe_replicate = replicate


def _finish(bucket: str, key: str, record: dict, replica_key: str | None, tags: dict | None) -> None:
    """Give a copy its key. One that is late, as its region was out, has its version id from its source, which has got one by now."""
    name, version, account = record["_replica"]
    replica = s3.buckets.get_scoped(account, None, name)["objects"][key]
    held = next(
        each for each in s3.object_versions.get_scoped(account, None, (name, key)) if each["version_id"] == version
    )
    if replica_key:
        headers = {**held["preserved_headers"], SSE_KEY: replica_key}
        held["preserved_headers"] = replica["preserved_headers"] = headers
    if not record.get("version_id"):
        return
    held["version_id"] = replica["version_id"] = record["version_id"]
    for own in s3.object_versions[(bucket, key)]:
        if own["version_id"] == record["version_id"]:
            own["replication_status"] = record["replication_status"]
    if tags:
        s3.object_tags.set_scoped(account, None, (name, key, record["version_id"]), dict(tags))


def _region(rule: dict) -> str:
    """The region of a rule's destination; the own one if there is none."""
    name = rule["Destination"]["Bucket"].rpartition(":::")[2]
    owner = s3.bucket_owner_account(name)
    return str(s3.buckets.get_scoped(owner, None, name).get("region")) if owner else get_region()


def _takes_encrypted(rule: dict) -> bool:
    """By default, nothing is replicated that is encrypted with KMS:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html"""
    chosen = rule.get("SourceSelectionCriteria", {}).get("SseKmsEncryptedObjects", {})
    return chosen.get("Status") == "Enabled"


def _usable(key: str | None) -> bool:
    """Whether the key of the copies is there, in the region that its ARN names."""
    return bool(key) and enabled_key(key, str(key).split(":")[3]) is not None


def _keep_version_ids() -> None:
    """Wraps s3.record_object_version, s3.record_delete_marker and s3.maybe_replicate_delete_marker: a copy has the version id of
    its source (https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html). The copy of an
    object is made first, so the source takes its id. MiniStack replicates no marker of DeleteObjects."""
    record_version, record_marker = s3.record_object_version, s3.record_delete_marker
    replicate_marker = s3.maybe_replicate_delete_marker

    def recorded(bucket: str, key: str, prior: dict | None, record: dict, data: Any) -> str | None:
        version = record_version(bucket, key, prior, record, data)
        copied = record["_replica"][1] if version and "_replica" in record else None
        if copied is None:
            return version
        s3.object_versions[(bucket, key)][-1]["version_id"] = record["version_id"] = copied
        return copied

    def marked(bucket: str, key: str, prior: dict | None) -> str:
        own, source = record_marker(bucket, key, prior), MARKER.get()
        if source is not None:
            s3.object_versions[(bucket, key)][-1]["version_id"] = source
            return source

        def copied() -> None:
            token = MARKER.set(own)
            try:
                replicate_marker(bucket, key)
            finally:
                MARKER.reset(token)

        rule = s3.replication_rule_for(bucket, key, None)[0]
        outages.when_reachable(_region(rule) if rule else get_region(), copied)
        return own

    s3.record_object_version, s3.record_delete_marker = recorded, marked
    s3.maybe_replicate_delete_marker = lambda bucket, key: None
