import datetime as dt
import os
import re

import boto3

IDENTIFIER = os.environ["IDENTIFIER"]
NAMESPACE = os.environ["NAMESPACE"]
METRIC = os.environ["METRIC"]
REGION = os.environ["RECOVERY_REGION"]
SNAPSHOTS = os.environ["SNAPSHOTS"]
UPLOADS = os.environ["UPLOADS"]
REPLICA = os.environ["REPLICA"]
RULE = os.environ["RULE"]
BACKED_UP = os.environ["BACKED_UP"].split(",")


def handler(event, context):
    now = dt.datetime.now(dt.UTC)
    ages = {}
    failures = []
    for tier, newest in {
        "mysql": replicated_logs,
        "uploads": replicated_objects,
        "redis": exported_snapshot,
        "backups": backup,
    }.items():
        try:
            ages[tier] = (now - (newest(now) or made())).total_seconds() / 60
        except Exception as error:  # the others are measured, and the alarm of this one fires because its metric is missing
            failures.append(f"{tier}: {error}")
    boto3.client("cloudwatch").put_metric_data(
        Namespace=NAMESPACE,
        MetricData=[
            {
                "MetricName": METRIC,
                "Dimensions": [{"Name": "Environment", "Value": IDENTIFIER}, {"Name": "Tier", "Value": tier}],
                "Value": age,
            }
            for tier, age in ages.items()
        ],
    )
    if failures:
        raise RuntimeError("; ".join(failures))


def made():
    """When the copies could begin: before the first one, their age is that of the vault."""
    return away("backup").describe_backup_vault(BackupVaultName=IDENTIFIER)["CreationDate"]


def replicated_logs(now):
    """The last moment to which MySQL can be restored in the recovery region."""
    copies = away("rds").describe_db_instance_automated_backups(DBInstanceIdentifier=IDENTIFIER)
    return max(
        (
            copy["RestoreWindow"]["LatestTime"]
            for copy in copies["DBInstanceAutomatedBackups"]
            if "LatestTime" in copy.get("RestoreWindow", {})
        ),
        default=None,
    )


def replicated_objects(now):
    """The moment up to which uploads are replicated. S3 publishes the latency in the region of the copies, while it replicates."""
    points = away("cloudwatch").get_metric_statistics(
        Namespace="AWS/S3",
        MetricName="ReplicationLatency",
        Dimensions=[
            {"Name": "SourceBucket", "Value": UPLOADS},
            {"Name": "DestinationBucket", "Value": REPLICA},
            {"Name": "RuleId", "Value": RULE},
        ],
        StartTime=now - dt.timedelta(minutes=30),
        EndTime=now,
        Period=300,
        Statistics=["Maximum"],
    )["Datapoints"]
    return now - dt.timedelta(seconds=max((point["Maximum"] for point in points), default=0))


def exported_snapshot(now):
    """The newest snapshot of Redis in the recovery region, by the time in its name, or when its file was written."""
    pages = away("s3").get_paginator("list_objects_v2").paginate(Bucket=SNAPSHOTS)
    files = [file for page in pages for file in page.get("Contents", [])]
    return max((snapshot_time(file["Key"]) or file["LastModified"] for file in files), default=None)


def snapshot_time(key):
    found = re.search(r"\d{4}(-\d\d){4}", key)
    return dt.datetime.strptime(found[0], "%Y-%m-%d-%H-%M").replace(tzinfo=dt.UTC) if found else None


def backup(now):
    """The newest backup in the recovery region, of the kind whose newest one is oldest."""
    newest = [newest_of(kind) for kind in BACKED_UP]
    return None if None in newest else min(newest)


def newest_of(kind):
    pages = (
        away("backup")
        .get_paginator("list_recovery_points_by_backup_vault")
        .paginate(BackupVaultName=IDENTIFIER, ByResourceType=kind)
    )
    return max(
        (
            point.get("InitiationDate") or point["CreationDate"]
            for page in pages
            for point in page["RecoveryPoints"]
            if point["Status"] in ("COMPLETED", "AVAILABLE")
        ),
        default=None,
    )


def away(service):
    return boto3.client(service, region_name=REGION)
