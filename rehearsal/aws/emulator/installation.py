"""Everything that is put into MiniStack, in its order: a wrapper of a function that another one has wrapped comes after it."""

from .api import paths
from .controllers import autoscaler, jobs, load_balancer_controller, volumes
from .core import outages, refusals
from .services import acm, awslambda, budgets, chatbot, cloudwatch, codeconnections, eventbridge, servicequotas, sns
from .services.backup import api as backup_api
from .services.backup import jobs as backup_jobs
from .services.backup import plans, restore_testing, vaults
from .services.cloudformation import (
    at_work,
    attributes,
    conditions,
    custom_resources,
    deployments,
    drift,
    order,
    outputs,
    permissions,
    polling,
    replacement,
    rollback_triggers,
    stand_ins,
    strikes,
)
from .services.cloudfront import aliases, distributions, metrics, vpc_origins
from .services.ec2 import network, network_acls, offers, security_groups, zone_ids
from .services.ecr import replication as ecr_replication
from .services.ecr import repositories, signing
from .services.eks import access, addons, awaited, clusters, deletion, helm, manifests, node_groups
from .services.eks import offers as eks_offers
from .services.elasticache import replication_groups, users
from .services.elasticache import snapshots as cache_snapshots
from .services.elbv2 import listeners, load_balancers, target_health
from .services.iam import oidc_providers, policy_simulation
from .services.logs import delivery, queries
from .services.rds import automated_backups, groups, instances, proxies, restores, snapshots
from .services.rds import offers as rds_offers
from .services.route53 import hosted_zones, name_server
from .services.s3 import buckets
from .services.s3 import replication as s3_replication
from .services.secretsmanager import replicas, rotation, secrets
from .services.wafv2 import ip_sets, web_acls

ENGINE = (order, attributes, outputs, drift, rollback_triggers, deployments, conditions, custom_resources, deletion)
"""How stacks are deployed."""

EKS = (clusters, access, awaited, manifests, addons, helm, node_groups)
"""Clusters and what belongs to one."""

SERVICES = (
    network,
    security_groups,
    network_acls,
    repositories,
    signing,
    ecr_replication,
    *EKS,
    instances,
    automated_backups,
    snapshots,
    restores,
    groups,
    proxies,
    secrets,
    replicas,
    rotation,
    replication_groups,
    users,
    cache_snapshots,
    buckets,
    s3_replication,
    vaults,
    plans,
    restore_testing,
    backup_jobs,
    backup_api,
    awslambda,
    hosted_zones,
    acm,
    load_balancers,
    listeners,
    target_health,
    ip_sets,
    web_acls,
    delivery,
    queries,
    vpc_origins,
    distributions,
    aliases,
    metrics,
    cloudwatch,
    eventbridge,
    budgets,
    sns,
    chatbot,
    codeconnections,
    stand_ins,
    oidc_providers,
)
"""Services of AWS: the types that MiniStack lacks, and the checks with which AWS refuses requests."""

CONTROLLERS = (volumes, autoscaler, load_balancer_controller, jobs)
"""Controllers beside every cluster."""

AROUND = (
    replacement,
    permissions,
    strikes,
    at_work,
    servicequotas,
    offers,
    rds_offers,
    eks_offers,
    name_server,
    refusals,
    outages,
    policy_simulation,
    polling,
    paths,
    zone_ids,
)
"""Wrappers around all resources, all requests and all accounts."""


def install() -> None:
    """Put everything in, once."""
    for module in (*ENGINE, *SERVICES, *CONTROLLERS, *AROUND):
        module.install()
