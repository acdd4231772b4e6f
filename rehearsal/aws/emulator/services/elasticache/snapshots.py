"""ElastiCache: keys of a cache, for which no server runs here; snapshots that have them, their export, and caches that begin with them.

Rules: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html, of which the messages are too,
backups-seeding-redis.html and API_CreateReplicationGroup.
"""

import binascii
import hashlib
import json
import time
from collections.abc import Callable
from urllib.parse import parse_qs

from ministack.core.responses import get_region

from ...core.ministack_api import Fault, Refused, answer
from ...core.seams import elasticache, iam_evaluator, s3
from .. import cloudformation
from ..cloudformation import Create, Made
from ..iam import evaluation
from .replication_groups import GROUP

Keys = dict[str, str]
SLOTS = 16384
"""Slots of a cluster: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/"""
RDB = b"REDIS0011"
"""The beginning of a file. Here, JSON follows."""
PERMISSIONS = {
    "READ": ("s3:GetObject", "s3:ListBucket"),
    "WRITE": ("s3:PutObject", "s3:ListMultipartUploadParts", "s3:ListBucketMultipartUploads"),
    "READ_ACP": ("s3:GetBucketAcl",),
}
"""Actions that a bucket must allow ElastiCache, by the names in its messages."""
OF_BUCKETS = ("s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:GetBucketAcl")


def install() -> None:
    """Put every seam of this module in, around those of replication_groups.py."""
    cloudformation.override(GROUP, create=_create)
    _keep_keys()
    handle = elasticache.handle_request

    async def with_copies(method: str, path: str, headers: dict, body: bytes, query: dict) -> tuple:
        given = {**query, **parse_qs(body.decode())}
        if given.get("Action") not in (["CopySnapshot"], "CopySnapshot"):
            return await handle(method, path, headers, body, query)
        return copy_snapshot({name: value[0] if isinstance(value, list) else value for name, value in given.items()})

    elasticache.handle_request = with_copies


def keys_of(group: dict) -> Keys:
    """The keys of a cache."""
    return group.setdefault("_keys", {})


def checksum(keys: Keys) -> str:
    """The SHA-256 of keys with their values."""
    return hashlib.sha256(json.dumps(keys, sort_keys=True).encode()).hexdigest()


def shards_of(keys: Keys, count: int) -> list[Keys]:
    """The keys of each shard, of which each has as many slots."""
    shards: list[Keys] = [{} for _ in range(count)]
    for key, value in keys.items():
        shards[binascii.crc_hqx(key.encode(), 0) % SLOTS * count // SLOTS][key] = value
    return shards


def _keep_keys() -> None:
    """Wraps elasticache.create_snapshot, whose snapshots have one empty node."""
    create = elasticache.create_snapshot

    def created(parameters: dict) -> tuple:
        made = create(parameters)
        group = elasticache.replication_groups.get(elasticache.p(parameters, "ReplicationGroupId"))
        if made[0] < 400 and group:
            _fill(elasticache.snapshots[elasticache.p(parameters, "SnapshotName")], group)
        return made

    elasticache.create_snapshot = created


def _fill(snapshot: dict, group: dict) -> None:
    shards = shards_of(keys_of(group), len(group["NodeGroups"]))
    size = [f"{len(json.dumps(shard))} B" for shard in shards]
    snapshot["_shards"] = shards
    made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    snapshot["NodeSnapshots"] = [
        {"CacheNodeId": "0001", "SnapshotCreateTime": made, "CacheSize": each} for each in size
    ]


def snapshot_now(name: str) -> dict:
    """The automatic snapshot of the day, without waiting for its time; the snapshot's name."""
    group = elasticache.replication_groups.get(name)
    if group is None:
        raise Refused(f"Replication group {name} does not exist in {get_region()}.")
    if not group.get("SnapshotRetentionLimit"):
        raise Refused(f"{name} makes no automatic snapshots: its SnapshotRetentionLimit is 0.")
    first = time.strftime(f"automatic.{name}-%Y-%m-%d-%H-%M", time.gmtime())
    taken = [held for held in elasticache.snapshots if held.startswith(first)]
    named = f"{first}-{len(taken)}" if taken else first
    answer(elasticache.create_snapshot({"SnapshotName": named, "ReplicationGroupId": name}))
    elasticache.snapshots[named]["SnapshotSource"] = "automated"
    return {"snapshot": named}


def copy_snapshot(given: dict) -> tuple:
    """API_CopySnapshot: into the own region, or as files into a bucket."""
    try:
        made = _copied(given)
    except Refused as error:
        return elasticache.error(getattr(error, "code", "InvalidParameterValue"), str(error), 400)
    inner = f"<CopySnapshotResult><Snapshot>{elasticache.snapshot_xml(made)}</Snapshot></CopySnapshotResult>"
    return elasticache.xml(200, "CopySnapshotResponse", inner)


def _copied(given: dict) -> dict:
    source, target, bucket = (
        given.get(name, "") for name in ("SourceSnapshotName", "TargetSnapshotName", "TargetBucket")
    )
    snapshot = elasticache.snapshots.get(source)
    if snapshot is None:
        raise Fault("SnapshotNotFoundFault", f"Snapshot {source} not found")
    if snapshot["SnapshotStatus"] != "available":
        raise Fault("InvalidSnapshotState", f"Snapshot {source} is {snapshot['SnapshotStatus']}")
    if "." in target or not target:
        raise Refused(
            f"TargetSnapshotName must begin with a letter, and have letters, digits and hyphens only: {target}"
        )
    if not bucket:
        if target in elasticache.snapshots:
            raise Fault("SnapshotAlreadyExistsFault", f"Snapshot {target} already exists")
        made = {**snapshot, "SnapshotName": target, "SnapshotSource": "manual", "ARN": elasticache.arn_snapshot(target)}
        elasticache.snapshots[target] = made
        return made
    _refuse_bucket(bucket, tuple(PERMISSIONS))
    files = {f"{target}-{i:04d}.rdb": shard for i, shard in enumerate(snapshot["_shards"], 1)}
    for name in files:
        if name in s3.buckets[bucket]["objects"]:
            raise Refused(f"The S3 object {name} already exists.")
    for name, shard in files.items():
        answer(s3.put_object(bucket, name, RDB + json.dumps(shard, sort_keys=True).encode(), {}))
    return {**snapshot, "SnapshotName": target}


def _refuse_bucket(name: str, permissions: tuple[str, ...]) -> None:
    """A bucket of the own region that lets ElastiCache of that region in."""
    if name not in s3.buckets:
        raise Refused(f"The S3 bucket {name} does not exist.")
    if s3.buckets[name].get("region") != get_region():
        raise Refused(f"The S3 bucket {name} is outside of the region.")
    for permission in permissions:
        if not all(_allows(name, action) for action in PERMISSIONS[permission]):
            raise Refused(f"ElastiCache has not been granted {permission} permissions {name} on the S3 Bucket.")


def _allows(bucket: str, action: str) -> bool:
    policy = s3.bucket_policies.get(bucket)
    resource = f"arn:aws:s3:::{bucket}" + ("" if action in OF_BUCKETS else "/any")
    context = evaluation.context_of("", action, resource, get_region())
    principal = f"{get_region()}.elasticache-snapshot.amazonaws.com"
    return (
        bool(policy) and iam_evaluator.evaluate_resource_policy(policy, context, service=principal).decision == "Allow"
    )


def _create(create: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
    """A cache that begins with a snapshot or with files. It has the shards that it says, however many the source had."""
    keys: Keys = {}
    for read in _sources(properties):
        keys |= read()
    physical_id, attributes = create(logical_id, properties, stack_name)
    elasticache.replication_groups[physical_id]["_keys"] = keys
    return physical_id, attributes


def _sources(properties: dict) -> list[Callable[[], Keys]]:
    name = properties.get("SnapshotName")
    named = [lambda: _read_snapshot(name)] if name else []
    return [*named, *(lambda arn=arn: _read_file(arn) for arn in properties.get("SnapshotArns") or [])]


def _read_snapshot(name: str) -> Keys:
    snapshot = elasticache.snapshots.get(name)
    if snapshot is None:
        raise Refused(f"Snapshot {name} not found (SnapshotNotFoundFault)")
    return {key: value for shard in snapshot.get("_shards", []) for key, value in shard.items()}


def _read_file(arn: str) -> Keys:
    bucket, _, key = arn.removeprefix("arn:aws:s3:::").partition("/")
    _refuse_bucket(bucket, ("READ", "READ_ACP"))
    if key not in s3.buckets[bucket]["objects"]:
        raise Refused(f"The S3 object {key} does not exist in the bucket {bucket}.")
    body = s3.get_object_data(bucket, key)
    if not body or not body.startswith(RDB):
        raise Refused(f"The S3 object {key} is no valid RDB file.")
    return json.loads(body.removeprefix(RDB))
