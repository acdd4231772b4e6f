"""Start the rehearsal's AWS: MiniStack with the seams of this folder, on GATEWAY_PORT.

Environment: GATEWAY_PORT, REHEARSAL_STATE, KUBERNETES_BIN, REHEARSAL_SEED, EKS_BASE_PORT; REHEARSAL_DEBUG=1 for more
of MiniStack's log. SIGTERM, SIGINT or the parent's death end everything.
"""

import os
import sys

import processes
import settings


def configure() -> None:
    """MiniStack reads its environment while it is imported, so this comes first."""
    settings.SCRATCH.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        TMPDIR=str(settings.SCRATCH),
        LOG_LEVEL="DEBUG" if settings.DEBUG else "WARNING",
        BIND_HOST="127.0.0.1",
        SFTP_ENABLED="0",
        IMDS_ENABLED="0",
    )
    # The caller's endpoint and profile are for its own commands: functions get theirs from MiniStack.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]


def serve() -> None:
    """Put the seams in, then hand over to MiniStack."""
    sys.stdout = sys.stderr
    import autoscaler
    import certificates
    import chatbot
    import cloudformation
    import cloudfront
    import conditions
    import custom_resources
    import deletion
    import ecr
    import eks
    import eks_access
    import eks_addons
    import elasticache
    import elasticache_users
    import helm
    import hosted_zones
    import inventory
    import ip_sets
    import jobs
    import lambdas
    import listeners
    import load_balancer_controller
    import load_balancers
    import log_delivery
    import monitoring
    import name_server
    import network
    import node_groups
    import offers
    import permissions
    import policy_simulation
    import polling
    import rds
    import rds_groups
    import rds_proxy
    import refusals
    import replacement
    import s3
    import secret_rotation
    import secrets_manager
    import service_quotas
    import stand_ins
    import topics
    import vpc_origins
    import web_acls
    import zone_ids

    for module in (cloudformation, conditions, custom_resources, deletion, network, ecr, eks, eks_access, eks_addons,
                   helm, node_groups, autoscaler, load_balancer_controller, jobs, rds, rds_groups, rds_proxy, secrets_manager,
                   secret_rotation, elasticache, elasticache_users, s3, lambdas, hosted_zones, certificates,
                   load_balancers, listeners, ip_sets, web_acls, log_delivery, vpc_origins, cloudfront, monitoring,
                   topics, stand_ins, replacement, permissions, service_quotas, chatbot, offers, name_server, refusals,
                   policy_simulation, polling, inventory, zone_ids):
        module.install()

    import ministack.app

    sys.argv = sys.argv[:1]
    ministack.app.main()


if __name__ == "__main__":
    configure()
    sys.exit(processes.supervise(serve, settings.SCRATCH))
