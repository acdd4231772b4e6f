"""AWS Backup: what is in a backup of a resource, and how that comes back. Of a cluster, a backup has the record only.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-rds.html and restoring-s3.html
"""

import copy
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.core.responses import get_account_id, get_region

from ...core.ministack_api import Fault, Refused, answer, is_true
from ...core.seams import ec2, eks, provisioners, rds, s3
from ..rds import restores, rows
from ..rds.instances import INSTANCE


@dataclass(frozen=True)
class Kind:
    """A type of resource that AWS Backup backs up."""

    name: str
    """As AWS Backup names it"""
    pattern: str
    """Of its ARNs"""
    arns: Callable[[], list[str]]
    """The resources of the own region"""
    read: Callable[[str], dict]
    """ARN -> content; refuses what cannot be backed up"""
    restore: Callable[[dict, dict], str]
    """(content, metadata) -> ARN of what it made"""
    required: tuple[str, ...]
    """Metadata without which nothing is restored"""
    trial: Callable[[dict, str], dict]
    """(content, name) -> metadata that AWS Backup infers for a restore on trial"""
    remove: Callable[[str], None]
    """Deletes what a trial restored, of an ARN"""
    key: Callable[[dict], str | None] = lambda content: None
    """The key with which a content is encrypted, if that is the resource's own and not the vault's"""
    recovery_point: str = "arn:aws:backup:{region}:{account}:recovery-point:{identity}"


def kind_of(arn: str) -> Kind:
    """The type of a resource."""
    found = next((kind for kind in KINDS if re.fullmatch(kind.pattern, arn)), None)
    if found is None:
        raise Fault("InvalidParameterValueException", f"Unsupported resource type: {arn}")
    return found


def named(metadata: dict, name: str) -> str | None:
    """A field of the metadata of a restore, whose names are not always capitalized alike."""
    return next((value for key, value in metadata.items() if key.lower() == name.lower()), None)


def summary(content: dict) -> tuple[int, str]:
    """Bytes and SHA-256 of a content."""
    text = json.dumps(content["data"], sort_keys=True, default=lambda value: hashlib.sha256(value).hexdigest())
    size = content.get("size")
    return len(text) if size is None else size, hashlib.sha256(text.encode()).hexdigest()


def _read_database(arn: str) -> dict:
    instance = rds.instances.get(arn.rpartition(":")[2])
    if instance is None:
        raise Refused(f"DBInstance {arn} not found.")
    record = {name: copy.deepcopy(value) for name, value in instance.items() if name != "_history"}
    return {"data": rows.content(instance), "instance": record, "key": instance.get("KmsKeyId") or None}


def _restore_database(content: dict, metadata: dict) -> str:
    """A new instance: AWS Backup never writes into one that is there."""
    name = named(metadata, "DBInstanceIdentifier")
    if name in rds.instances:
        raise Refused(f"DB instance already exists: {name}")
    properties: dict[str, Any] = {
        key: named(metadata, key) for key in restores.GIVEN if named(metadata, key) is not None
    }
    groups = named(metadata, "VpcSecurityGroupIds") or "[]"
    properties["VPCSecurityGroups"] = json.loads(groups) if groups.startswith("[") else groups.split(",")
    missing = [group for group in properties["VPCSecurityGroups"] if group not in ec2.security_groups]
    if missing:
        raise Refused(f"Invalid security group: {', '.join(missing)} not found in {get_region()}.")
    origin = restores.Origin(content["instance"], content["data"], content["key"])
    return restores.restore_from(origin, {"DBInstanceIdentifier": name, **properties})["DBInstanceArn"]


def _remove_database(arn: str) -> None:
    provisioners.RESOURCE_HANDLERS[INSTANCE]["delete"](arn.rpartition(":")[2], {})


def _read_bucket(arn: str) -> dict:
    """Every version of every object. A bucket without versions cannot be backed up
    (https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html)."""
    name = arn.rpartition(":")[2]
    if name not in s3.buckets:
        raise Refused(f"The bucket {name} does not exist.")
    if s3.bucket_versioning.get(name) != "Enabled":
        raise Refused(f"The bucket {name} has no versioning, which AWS Backup requires.")
    versions: dict[str, list[dict]] = {}
    for (bucket, key), held in s3.object_versions.items():
        if bucket == name:
            versions[key] = copy.deepcopy(list(held))
    data = {
        key: [[version["etag"], bool(version.get("is_delete_marker")), version.get("metadata", {})] for version in held]
        for key, held in versions.items()
    }
    size = sum(version["size"] for held in versions.values() for version in held)
    return {"data": data, "versions": versions, "size": size}


def _restore_bucket(content: dict, metadata: dict) -> str:
    """Every version becomes a new version of its key: nothing that is there goes."""
    name, is_new = str(named(metadata, "DestinationBucketName")), is_true(named(metadata, "NewBucket"))
    if is_new:
        region = f"<CreateBucketConfiguration><LocationConstraint>{get_region()}</LocationConstraint></CreateBucketConfiguration>"
        answer(s3.create_bucket(name, region.encode() if get_region() != "us-east-1" else b""))
        s3.bucket_versioning[name] = "Enabled"
    elif name not in s3.buckets:
        raise Refused(f"The bucket {name} does not exist: set NewBucket, or make it before.")
    elif s3.bucket_versioning.get(name) != "Enabled":
        raise Refused(f"The bucket {name} has no versioning, which AWS Backup requires.")
    for key, versions in content["versions"].items():
        for version in versions:
            if version.get("is_delete_marker"):
                answer(s3.delete_object(name, key, {}, {}))
            else:
                headers = {
                    f"x-amz-meta-{field}": value for field, value in _plain(version.get("metadata") or {}).items()
                }
                headers["content-type"] = version.get("content_type") or "application/octet-stream"
                answer(s3.put_object(name, key, version["data"] or b"", headers))
    return f"arn:aws:s3:::{name}"


def _plain(metadata: dict) -> dict:
    return {name.removeprefix("x-amz-meta-"): value for name, value in metadata.items()}


def _remove_bucket(arn: str) -> None:
    name = arn.rpartition(":")[2]
    for bucket, key in list(s3.object_versions):
        if bucket == name:
            del s3.object_versions[(bucket, key)]
    s3.buckets[name]["objects"].clear()
    answer(s3.delete_bucket(name))


def _read_cluster(arn: str) -> dict:
    cluster = eks.clusters.get(arn.rpartition("/")[2])
    if cluster is None:
        raise Refused(f"No cluster found for name: {arn.rpartition('/')[2]}.")
    return {"data": {"name": cluster["name"], "version": cluster["version"]}}


def _restore_cluster(_content: dict, _metadata: dict) -> str:
    raise Refused("The rehearsal restores no cluster: its backups have no content.")


def _arn_of_own(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


KINDS = (
    Kind(
        "RDS",
        r"arn:aws:rds:[^:]+:\d+:db:[^:]+",
        lambda: [instance["DBInstanceArn"] for instance in rds.instances.values()],
        _read_database,
        _restore_database,
        ("DBInstanceIdentifier",),
        lambda content, name: {"DBInstanceIdentifier": name, "DBInstanceClass": content["instance"]["DBInstanceClass"]},
        _remove_database,
        key=lambda content: content["key"],
        recovery_point="arn:aws:rds:{region}:{account}:snapshot:awsbackup:{job}-{identity}",
    ),
    Kind(
        "S3",
        r"arn:aws:s3:::[^/]+",
        lambda: [f"arn:aws:s3:::{name}" for name, bucket in s3.buckets.items() if bucket.get("region") == get_region()],
        _read_bucket,
        _restore_bucket,
        ("DestinationBucketName",),
        lambda _content, name: {"DestinationBucketName": name, "NewBucket": "true"},
        _remove_bucket,
    ),
    Kind(
        "EKS",
        r"arn:aws:eks:[^:]+:\d+:cluster/.+",
        lambda: [_arn_of_own("eks", f"cluster/{name}") for name in list(eks.clusters)],
        _read_cluster,
        _restore_cluster,
        ("clusterName",),
        lambda _content, name: {"clusterName": name},
        lambda _arn: None,
    ),
)
