"""ElastiCache: replication groups as AWS makes them, and what it refuses of them. Users are in users.py.

MiniStack starts a Redis in a container for each shard where there is a Docker, and knows cluster mode only by the
number of shards. Here a replication group is a record, whose shards and endpoints are those of AWS.
"""

import time
import uuid
from xml.sax.saxutils import escape

from ministack.core.responses import get_region

from ...core.ministack_api import Refused, answer, is_true
from ...core.seams import cloudwatch_logs, elasticache, provisioners
from .. import cloudformation
from ..cloudformation import Create, Made, Update

GROUP = "AWS::ElastiCache::ReplicationGroup"
ENABLED = "cluster-enabled"
"""The parameter that a parameter group for cluster mode has set to yes."""


def install() -> None:
    """Put every seam of this module in."""
    elasticache.get_docker = lambda: None
    provisioners.RESOURCE_HANDLERS[GROUP]["snapshot"] = _snapshot
    cloudformation.override(GROUP, create=_create, update=_update)
    show_the_key()


def show_the_key() -> None:
    """Wraps elasticache.rg_xml, which leaves out the key and the time of creation, and takes a description for XML."""
    plain = elasticache.rg_xml

    def shown(group: dict) -> str:
        key = f"<KmsKeyId>{group['KmsKeyId']}</KmsKeyId>" if group.get("KmsKeyId") else ""
        made = group.get("_created")
        created = f"<ReplicationGroupCreateTime>{made}</ReplicationGroupCreateTime>" if made else ""
        return plain({**group, "Description": escape(group["Description"])}) + key + created

    elasticache.rg_xml = shown


def _in_cluster_mode(properties: dict) -> bool:
    """Cluster mode is asked for by name, by shards, or by the parameters: one shard can be in cluster mode too."""
    mode, shards = properties.get("ClusterMode"), int(properties.get("NumNodeGroups") or 1)
    return mode == "enabled" or (mode is None and (shards > 1 or _enables(properties.get("CacheParameterGroupName"))))


def _enables(name: str | None) -> bool:
    """Whether a parameter group enables cluster mode; a default one says so by its name."""
    if name is None:
        return False
    parameters = elasticache.param_group_params.get(name) or {}
    return name.endswith(".cluster.on") or parameters.get(ENABLED, {}).get("Value") == "yes"


def _replicas(properties: dict) -> int:
    """The replicas of each shard."""
    return provisioners.ec_rg_replicas(properties)


def _check(properties: dict) -> None:
    """Refuse what ElastiCache would."""
    fails_over = is_true(properties.get("AutomaticFailoverEnabled"))
    if _in_cluster_mode(properties) and not fails_over:
        raise Refused(
            "Redis with cluster mode enabled cannot be created with auto failover turned off: set "
            "AutomaticFailoverEnabled."
        )
    if (
        (fails_over and not _in_cluster_mode(properties)) or is_true(properties.get("MultiAZEnabled"))
    ) and not _replicas(properties):
        raise Refused(
            "Replication group must have at least one replica in each node group to enable Multi-AZ, or "
            "automatic failover outside of cluster mode: set ReplicasPerNodeGroup."
        )
    if is_true(properties.get("MultiAZEnabled")) and not fails_over:
        raise Refused("Multi-AZ cannot be enabled without AutomaticFailoverEnabled.")
    if properties.get("UserGroupIds") and not is_true(properties.get("TransitEncryptionEnabled")):
        raise Refused(
            "User group based access control requires encryption-in-transit to be enabled on the replication "
            "group: set TransitEncryptionEnabled."
        )
    _check_parameters(properties)
    _check_references(properties)


def _check_parameters(properties: dict) -> None:
    name = properties.get("CacheParameterGroupName")
    if name is None:
        return
    elasticache.seed_default_param_groups()
    group = elasticache.param_groups.get(name)
    if group is None:
        raise Refused(f"CacheParameterGroup {name} not found.")
    engine, version = properties.get("Engine", "redis"), str(properties.get("EngineVersion") or "")
    family = elasticache.param_group_family_for_engine(engine, version)
    if version and group["CacheParameterGroupFamily"] != family:
        raise Refused(
            f"Expected a parameter group of family {family} but found one of family "
            f"{group['CacheParameterGroupFamily']}: {name}"
        )
    if _in_cluster_mode(properties) and not _enables(name):
        raise Refused(f"The parameter group {name} can't be used in cluster mode: its parameter {ENABLED} must be yes.")


def _check_references(properties: dict) -> None:
    subnets = properties.get("CacheSubnetGroupName")
    if subnets and subnets not in elasticache.subnet_groups:
        raise Refused(f"Cache Subnet Group {subnets} does not exist.")
    for name in properties.get("UserGroupIds") or []:
        if name not in elasticache.user_groups:
            raise Refused(f"User group {name} was not found or does not exist.")
    for log in properties.get("LogDeliveryConfigurations") or []:
        name = log.get("DestinationDetails", {}).get("CloudWatchLogsDetails", {}).get("LogGroup")
        if name and name not in cloudwatch_logs.log_groups:
            raise Refused(
                f"The log group {name} for the {log.get('LogType')} does not exist: order the replication "
                "group after it."
            )


def _create(create: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
    """MiniStack refuses two shards, and warns of more than one: it makes the first, the others come in `_shape`."""
    name = properties.get("ReplicationGroupId")
    if name in elasticache.replication_groups:
        raise Refused(f"Replication group {name} already exists.")
    _check(properties)
    mode = "enabled" if _in_cluster_mode(properties) else "disabled"
    physical_id, _ = create(logical_id, {**properties, "NumNodeGroups": 1, "ClusterMode": mode}, stack_name)
    return _hold(physical_id, properties)


def _update(
    update: Update, physical_id: str, old: dict, new: dict, stack_name: str, logical_id: str | None = None
) -> Made:
    _check(new)
    physical_id, _ = update(physical_id, old, new, stack_name, logical_id)
    return _hold(physical_id, new)


def _hold(physical_id: str, properties: dict) -> tuple[str, dict]:
    """Set what MiniStack drops, at creation or when it changes, and the shards."""
    group, query = elasticache.replication_groups[physical_id], provisioners.ec_query(properties)
    group.update(
        KmsKeyId=properties.get("KmsKeyId"),
        LogDeliveryConfigurations=elasticache.extract_log_delivery_configs(query),
        SecurityGroups=[{"SecurityGroupId": i, "Status": "active"} for i in properties.get("SecurityGroupIds") or []],
        AutoMinorVersionUpgrade=is_true(properties.get("AutoMinorVersionUpgrade", True)),
        TransitEncryptionMode=properties.get("TransitEncryptionMode", group.get("TransitEncryptionMode")),
        PreferredMaintenanceWindow=properties.get("PreferredMaintenanceWindow", group["PreferredMaintenanceWindow"]),
    )
    group.setdefault("_created", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    _shape(group, properties)
    return physical_id, provisioners.ec_rg_attrs(physical_id)


def _shape(group: dict, properties: dict) -> None:
    """Give a replication group its shards with their nodes, and the endpoints: in cluster mode one for all of them,
    else those of the primary and of the readers."""
    name, port = group["ReplicationGroupId"], int(properties.get("Port") or 6379)
    domain = f"{name}.{group.setdefault('_domain', uuid.uuid4().hex[:6])}.{get_region()}.cache.amazonaws.com"
    in_cluster_mode, shards = _in_cluster_mode(properties), int(properties.get("NumNodeGroups") or 1)

    def endpoint(part: str) -> dict:
        return {"Address": f"{part}.{domain}", "Port": port}

    node = elasticache.clusters[group["MemberClusters"][0]]
    for member in group["MemberClusters"]:
        elasticache.clusters.pop(member, None)
    shared = endpoint("clustercfg") if in_cluster_mode else None
    group.update(
        NodeGroups=[],
        MemberClusters=[],
        ConfigurationEndpoint=shared,
        ClusterEnabled=in_cluster_mode,
        _num_node_groups=shards,
        _replicas_per_node_group=_replicas(properties),
    )
    for shard in range(1, shards + 1):
        members = []
        for number in range(1, _replicas(properties) + 2):
            member = f"{name}-{shard:04d}-{number:03d}" if in_cluster_mode else f"{name}-{number:03d}"
            zone, own = f"{get_region()}{'abc'[(number - 1) % 3]}", endpoint(member)
            members.append(
                {
                    "CacheClusterId": member,
                    "CacheNodeId": "0001",
                    "PreferredAvailabilityZone": zone,
                    "CurrentRole": "primary" if number == 1 else "replica",
                    "ReadEndpoint": own,
                }
            )
            elasticache.clusters[member] = {
                **node,
                "CacheClusterId": member,
                "CacheClusterArn": elasticache.arn_cluster(member),
                "_endpoint": own,
                "PreferredAvailabilityZone": zone,
                "CacheNodes": [{**node["CacheNodes"][0], "Endpoint": own}],
                **{
                    key: group[key]
                    for key in (
                        "SecurityGroups",
                        "CacheNodeType",
                        "EngineVersion",
                        "LogDeliveryConfigurations",
                        "PreferredMaintenanceWindow",
                    )
                },
            }
        group["NodeGroups"].append(
            {
                "NodeGroupId": f"{shard:04d}",
                "Status": "available",
                "NodeGroupMembers": members,
                "PrimaryEndpoint": shared or endpoint("master"),
                "ReaderEndpoint": shared or endpoint("replica"),
            }
        )
        group["MemberClusters"] += [member["CacheClusterId"] for member in members]


def _snapshot(physical_id: str, _properties: dict) -> None:
    """DeletionPolicy: Snapshot, for which MiniStack has no handler."""
    if physical_id in elasticache.replication_groups:
        answer(
            elasticache.create_snapshot(
                {"SnapshotName": provisioners.snapshot_id(physical_id), "ReplicationGroupId": physical_id}
            )
        )
