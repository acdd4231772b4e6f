"""RDS: its refusals of a DB instance, replicas and final snapshots, which MiniStack's CloudFormation skips.

Limits are those of the RDS user guide, «Amazon RDS DB instance storage» and «Working with DB instance read replicas».
"""

import re
import uuid

from ministack.core.responses import get_region

from ...core.ministack_api import Refused, enabled_key, is_true, require_role
from ...core.seams import provisioners, rds
from .. import cloudformation
from ..cloudformation import Create, Delete, Made, Update

INSTANCE = "AWS::RDS::DBInstance"

LEAST_STORAGE = 20
"""GiB of general purpose storage that an instance of MySQL, MariaDB or PostgreSQL has at least."""

LEAST_PROVISIONED = 400
"""GiB from which the performance of gp3 can be set for MySQL, MariaDB and PostgreSQL; below, it is what it is."""

OF_THE_SOURCE = {
    "Engine": "Engine",
    "EngineVersion": "EngineVersion",
    "AllocatedStorage": "AllocatedStorage",
    "StorageType": "StorageType",
    "StorageEncrypted": "StorageEncrypted",
    "KmsKeyId": "KmsKeyId",
    "DBName": "DBName",
    "MasterUsername": "MasterUsername",
    "MasterUserPassword": "_MasterUserPassword",
}
"""Properties that a replica takes from its source: property -> field of the source's record."""

HELD = {
    "EnableCloudwatchLogsExports": ("EnabledCloudwatchLogsExports", list),
    "Iops": ("Iops", int),
    "StorageThroughput": ("StorageThroughput", int),
    "PerformanceInsightsKMSKeyId": ("PerformanceInsightsKMSKeyId", str),
    "PerformanceInsightsRetentionPeriod": ("PerformanceInsightsRetentionPeriod", int),
}
"""Properties that MiniStack's CloudFormation drops: property -> field of the record, type."""


def install() -> None:
    """Put every seam of this module in."""
    rds.get_docker = lambda: None
    cloudformation.override(INSTANCE, create=_create, update=_update, delete=_delete, snapshot=_snapshot)
    provisioners.replace("snapshot_id", lambda name: f"{name}-snapshot-{uuid.uuid4().hex[:12]}")
    show_what_is_held()


def show_what_is_held() -> None:
    """Wraps rds.instance_xml, which shows no exported logs and no key of Performance Insights."""
    empty = "<EnabledCloudwatchLogsExports/>"
    plain = rds.instance_xml

    def shown(instance: dict) -> str:
        logs = "".join(f"<member>{name}</member>" for name in instance.get("EnabledCloudwatchLogsExports") or [])
        key = instance.get("PerformanceInsightsKMSKeyId") or ""
        return plain(instance).replace(
            empty,
            (
                f"<EnabledCloudwatchLogsExports>{logs}</EnabledCloudwatchLogsExports>"
                f"<PerformanceInsightsKMSKeyId>{key}</PerformanceInsightsKMSKeyId>"
            ),
        )

    rds.instance_xml = shown


def family(engine: str, version: str) -> str:
    """The parameter group family of an engine's version: mysql8.4, postgres17."""
    parts = version.split(".")
    return engine + (parts[0] if engine == "postgres" else ".".join(parts[:2]))


def find(name: str, what: str) -> dict:
    """The record of an instance that something refers to by name, which orders nothing."""
    instance, late = rds.resolve_instance(name), cloudformation.unordered(INSTANCE, DBInstanceIdentifier=name)
    if instance is None or late:
        raise Refused(f"DBInstance {name} not found: order the {what} after {', '.join(late) or 'it'}.")
    return instance


def _source(properties: dict) -> dict | None:
    """The record of the instance that a replica follows, if the properties are a replica's."""
    name = properties.get("SourceDBInstanceIdentifier")
    if not name:
        return None
    return find(name, "replica")


def _complete(properties: dict, source: dict | None) -> dict:
    """An instance's properties, with those that a replica has from its source."""
    if source is None:
        return properties
    inherited = {name: source[field] for name, field in OF_THE_SOURCE.items()}
    inherited["DBSubnetGroupName"] = source["DBSubnetGroup"]["DBSubnetGroupName"]
    return {**inherited, "BackupRetentionPeriod": 0, "Port": source["Endpoint"]["Port"], **properties}


def _refuse_replica(properties: dict, source: dict) -> None:
    named = [name for name in ("StorageEncrypted", "KmsKeyId") if name in properties]
    if named:
        raise Refused(
            f"{' and '.join(named)} can't be specified for a read replica in the Region of its source: it is "
            "encrypted as its source is."
        )
    if not source.get("BackupRetentionPeriod"):
        raise Refused(
            "Automated backups are not enabled for this database instance. To enable automated backups, set "
            f"the BackupRetentionPeriod of {source['DBInstanceIdentifier']} to a non-zero value."
        )


def _refuse_user(properties: dict) -> None:
    """The rules for the master user of MySQL."""
    if is_true(properties.get("ManageMasterUserPassword")):
        return
    for name in ("MasterUsername", "MasterUserPassword"):
        if not properties.get(name):
            raise Refused(f"The parameter {name} must be provided and must not be blank.")
    password = properties["MasterUserPassword"]
    if not re.fullmatch(r"[!-~]{8,41}", password) or set(password) & set("/'\"@"):
        raise Refused(
            "The parameter MasterUserPassword is not a valid password. Only 8 to 41 printable ASCII "
            "characters besides '/', ''', '@', '\"', ' ' may be used: exclude these when it is generated."
        )


def _refuse_storage(properties: dict, held: int) -> None:
    storage, kind = int(properties.get("AllocatedStorage") or 0), properties.get("StorageType", "gp2")
    engine, most = properties["Engine"], properties.get("MaxAllocatedStorage")
    if kind in ("gp2", "gp3") and storage < LEAST_STORAGE:
        raise Refused(
            f"Invalid storage size for engine name {engine} and storage type {kind}: {storage}. It has at "
            f"least {LEAST_STORAGE} GiB."
        )
    if storage < held:
        raise Refused(f"The allocated storage can't be reduced from {held} to {storage} GiB.")
    if most is not None and int(most) <= storage:
        raise Refused(
            f"Invalid max storage size for engine name {engine} and storage type {kind}: {most}. "
            f"MaxAllocatedStorage must be greater than AllocatedStorage, which is {storage}."
        )
    provisioned = properties.get("Iops") or properties.get("StorageThroughput")
    if kind == "gp3" and storage < LEAST_PROVISIONED and provisioned:
        raise Refused(
            f"You can't specify IOPS or storage throughput for engine {engine} and a storage size less than "
            f"{LEAST_PROVISIONED}."
        )


def _refuse_references(properties: dict) -> None:
    """Refuse references of an instance to resources that do not exist or do not fit it."""
    expected = family(properties["Engine"], properties.get("EngineVersion", ""))
    parameters, subnets = properties.get("DBParameterGroupName"), properties.get("DBSubnetGroupName")
    if parameters and parameters != f"default.{expected}":
        group = rds.param_groups.get(parameters)
        if group is None:
            raise Refused(f"DBParameterGroup not found: {parameters}")
        if group["DBParameterGroupFamily"] != expected:
            raise Refused(
                f"The parameter group {parameters} with DBParameterGroupFamily "
                f"{group['DBParameterGroupFamily']} can't be used for this instance. Use a parameter group "
                f"with DBParameterGroupFamily {expected}."
            )
    if subnets not in (None, "default", *rds.subnet_groups):  # the default one is of the default VPC
        raise Refused(f"DBSubnetGroup not found: {subnets}")
    if properties.get("MonitoringRoleArn"):
        require_role(properties["MonitoringRoleArn"])
    elif int(properties.get("MonitoringInterval") or 0):
        raise Refused("A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.")


def _refuse_replication(properties: dict) -> None:
    """Refuse automated backups that RDS could not replicate into another region:
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AutomatedBackups.Replicating.Enable.html"""
    region, key = (properties.get(f"AutomaticBackupReplication{name}") for name in ("Region", "KmsKeyId"))
    if not region:
        return
    if region == get_region():
        raise Refused(f"Automated backups can't be replicated within a Region: {region} is the Region of the instance.")
    if not int(properties.get("BackupRetentionPeriod", 1)):
        raise Refused(
            "Automated backups are not enabled for this database instance, so there is nothing to replicate: set its "
            "BackupRetentionPeriod to a non-zero value."
        )
    if is_true(properties.get("StorageEncrypted")) or properties.get("KmsKeyId"):
        require_key(key, region)


def require_key(key: str | None, region: str) -> str:
    """The ARN of a key with which a region encrypts copies: a copy of something encrypted needs one of the region where it is."""
    found = enabled_key(key, region)
    if not found:
        raise Refused(
            f"The KMS key {key} is not accessible in {region} (KMSKeyNotAccessibleFault): a copy of what is encrypted "
            "needs a key of the Region where it is."
        )
    return found["Arn"]


def _check(properties: dict, source: dict | None, held: int = 0) -> None:
    """Refuse what RDS would; `held` is the storage that there is already."""
    if properties.get("DBClusterIdentifier"):
        return  # storage, user and backups are the cluster's
    complete = _complete(properties, source)
    if source is not None:
        _refuse_replica(properties, source)
    elif not properties.get("DBSnapshotIdentifier"):
        _refuse_user(properties)
    _refuse_replication(properties)
    _refuse_storage(complete, max(held, source["AllocatedStorage"] if source else 0))
    _refuse_references(complete)


def _hold(instance: dict, properties: dict) -> None:
    """Set what MiniStack drops or guesses."""
    for name, (field, convert) in HELD.items():
        if name in properties:
            instance[field] = convert(properties[name])
        else:
            instance.pop(field, None)
    instance["DBName"] = properties.get("DBName", "")
    if not properties.get("DBParameterGroupName"):
        default = f"default.{family(instance['Engine'], instance['EngineVersion'])}"
        instance["DBParameterGroups"][0]["DBParameterGroupName"] = default


def _create(create: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
    name, source, instances = properties.get("DBInstanceIdentifier"), _source(properties), rds.instances
    if name in instances:
        raise Refused(f"DB instance already exists: {name}")
    _check(properties, source)
    complete = _complete(properties, source)
    physical_id, attributes = create(logical_id, complete, stack_name)
    _hold(instances[physical_id], complete)
    if source is not None:
        instances[physical_id]["ReadReplicaSourceDBInstanceIdentifier"] = source["DBInstanceIdentifier"]
        source["ReadReplicaDBInstanceIdentifiers"].append(physical_id)
    return physical_id, attributes


def _update(
    update: Update, physical_id: str, old: dict, new: dict, stack_name: str, logical_id: str | None = None
) -> Made:
    source, instances = _source(new), rds.instances
    _check(new, source, instances.get(physical_id, {}).get("AllocatedStorage", 0))
    complete = _complete(new, source)
    answer = update(physical_id, _complete(old, source), complete, stack_name, logical_id)
    _hold(instances[answer[0]], complete)
    return answer


def _refuse_protected(physical_id: str) -> None:
    if rds.instances.get(physical_id, {}).get("DeletionProtection"):
        raise Refused("Cannot delete protected DB Instance, please disable deletion protection and try again.")


def _delete(delete: Delete, physical_id: str, properties: dict) -> None:
    """A replica of the deleted instance becomes an instance of its own."""
    _refuse_protected(physical_id)
    delete(physical_id, properties)
    for instance in rds.instances.values():
        if instance.get("ReadReplicaSourceDBInstanceIdentifier") == physical_id:
            instance["ReadReplicaSourceDBInstanceIdentifier"] = ""
        replicas = instance.get("ReadReplicaDBInstanceIdentifiers", [])
        replicas[:] = [replica for replica in replicas if replica != physical_id]


def _snapshot(snapshot: Delete, physical_id: str, properties: dict) -> None:
    """The final snapshot comes before the deletion: none of an instance that stays, and none of a replica, as RDS
    refuses a final snapshot of one."""
    _refuse_protected(physical_id)
    if not rds.instances.get(physical_id, {}).get("ReadReplicaSourceDBInstanceIdentifier"):
        snapshot(physical_id, properties)
