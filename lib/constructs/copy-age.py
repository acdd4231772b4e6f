import datetime as dt
import os

import boto3

IDENTIFIER = os.environ["IDENTIFIER"]
NAMESPACE = os.environ["NAMESPACE"]
METRIC = os.environ["METRIC"]
REGION = os.environ["RECOVERY_REGION"]
SNAPSHOTS = os.environ["SNAPSHOTS"]
BACKED_UP = os.environ["BACKED_UP"].split(",")


def handler(event, context):
    now = dt.datetime.now(dt.UTC)
    ages = {}
    failures = []
    for tier, newest in {"mysql": replicated_logs, "redis": exported_snapshot, "backups": backup}.items():
        try:
            ages[tier] = (now - newest()).total_seconds() / 60
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


def replicated_logs():
    """The last moment to which MySQL can be restored in the recovery region. Before the first copy, when the instance was made."""
    copies = away("rds").describe_db_instance_automated_backups(DBInstanceIdentifier=IDENTIFIER)
    moments = [
        copy["RestoreWindow"]["LatestTime"]
        for copy in copies["DBInstanceAutomatedBackups"]
        if "LatestTime" in copy.get("RestoreWindow", {})
    ]
    if moments:
        return max(moments)
    return boto3.client("rds").describe_db_instances(DBInstanceIdentifier=IDENTIFIER)["DBInstances"][0][
        "InstanceCreateTime"
    ]


def exported_snapshot():
    """The newest file of a snapshot of Redis in the recovery region. Before the first one, when the group was made."""
    pages = away("s3").get_paginator("list_objects_v2").paginate(Bucket=SNAPSHOTS)
    moments = [file["LastModified"] for page in pages for file in page.get("Contents", [])]
    if moments:
        return max(moments)
    groups = boto3.client("elasticache").describe_replication_groups(ReplicationGroupId=IDENTIFIER)
    return groups["ReplicationGroups"][0]["ReplicationGroupCreateTime"]


def backup():
    """The newest backup in the recovery region of the kind whose newest one is oldest. Before the first one, when the vault was made."""
    vault = away("backup")
    made = vault.describe_backup_vault(BackupVaultName=IDENTIFIER)["CreationDate"]
    return min(newest_of(vault, kind) or made for kind in BACKED_UP)


def newest_of(vault, kind):
    pages = vault.get_paginator("list_recovery_points_by_backup_vault").paginate(
        BackupVaultName=IDENTIFIER, ByResourceType=kind
    )
    return max(
        (
            point["CreationDate"]
            for page in pages
            for point in page["RecoveryPoints"]
            if point["Status"] in ("COMPLETED", "AVAILABLE")
        ),
        default=None,
    )


def away(service):
    return boto3.client(service, region_name=REGION)
