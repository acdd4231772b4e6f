import os

import boto3

GROUP = os.environ["GROUP"]
BUCKET = os.environ["BUCKET"]


def handler(event, context):
    elasticache = boto3.client("elasticache")
    pages = elasticache.get_paginator("describe_snapshots").paginate(ReplicationGroupId=GROUP)
    snapshots = [
        snapshot
        for page in pages
        for snapshot in page["Snapshots"]
        if snapshot["SnapshotStatus"] == "available" and snapshot["SnapshotSource"] == "automated"
    ]
    if not snapshots:
        raise RuntimeError(f"{GROUP} has no automatic snapshot that is available")
    newest = max(snapshots, key=lambda one: max(node["SnapshotCreateTime"] for node in one["NodeSnapshots"]))
    # ElastiCache names its own with a dot, which the name of a copy may not have.
    name = newest["SnapshotName"].replace(".", "-")
    if boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=name)["KeyCount"] > 0:
        return  # it was exported before
    elasticache.copy_snapshot(SourceSnapshotName=newest["SnapshotName"], TargetSnapshotName=name, TargetBucket=BUCKET)
