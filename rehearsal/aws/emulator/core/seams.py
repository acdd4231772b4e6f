"""The seams of MiniStack: every private name of it that this package, or a test of it, looks at or puts something else in place of,
and why.

Nothing else names one (test/core/test_seams.py): a name that a new version of MiniStack has changed is found here, when the
emulator starts. A seam can go when MiniStack does the same by itself.
"""

import sys
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import Any

RECORDS = "records: what a template refers to has to be there, what is in use stays, and what AWS sets is set"
ACTIONS = "actions of the API: a stand-in or a test calls them, so that the thing is MiniStack's own"
ANSWERS = "answers that lack something, which is added"
TABLE = "the table of actions, of which some are wrapped or added"
NO_CONTAINER = "no container is started: what it would be is here, or is a record"


class Seam:
    """A module of MiniStack with its private names, which go without their underscore here, and its public ones.

    Each use looks into the module, as what is set here is set there.
    """

    def __init__(self, path: str, *why: tuple[str, str], added: str = ""):
        """Each of `why` is a reason and the names that it is of; `added` names stores that MiniStack does not have."""
        module = import_module(f"ministack.{path}")
        names = {name: reason for reason, several in why for name in several.split()}
        for name, reason in names.items():
            if not hasattr(module, f"_{name}"):
                raise ImportError(
                    f"MiniStack {version('ministack')} has no {module.__name__}._{name} ({reason}): "
                    "look for what does that now, and change it here and where it is used"
                )
        self.__dict__.update(module=module, private={*names, *added.split()})

    def __getattr__(self, name: str) -> Any:
        return getattr(self.module, self._real(name))

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.module, self._real(name), value)

    def __delattr__(self, name: str) -> None:
        delattr(self.module, self._real(name))

    def replace(self, name: str, new: Any) -> None:
        """Set a name, and wherever CloudFormation's modules imported the old one by name."""
        real = self._real(name)
        old = getattr(self.module, real)
        for module in [m for key, m in sys.modules.items() if key.startswith("ministack.services.cloudformation")]:
            if getattr(module, real, None) is old:
                setattr(module, real, new)
        setattr(self.module, real, new)

    def _real(self, name: str) -> str:
        return f"_{name}" if name in self.private else name


def entries(store: Any) -> dict:
    """The contents of a store for all accounts: (account, region if it has regions, key) -> value."""
    return store._data


def default_vpc(module: ModuleType) -> str | None:
    """The VPC that MiniStack gives to every account, if that is the module that has it."""
    return getattr(module, "_DEFAULT_VPC_ID", None)


app = Seam(
    "app",
    (
        "where a request arrives: refusals that somebody asked for come before",
        "dispatch_service_request routing_params",
    ),
)
acm = Seam("services.acm", (RECORDS, "certificates"))
alb = Seam(
    "services.alb",
    (RECORDS, "lbs lb_attrs listeners rules tgs targets tags"),
    (TABLE, "ACTION_MAP"),
    (ACTIONS, "register_targets deregister_targets"),
    ("how an action reads a parameter and refuses, for those that are wrapped", "p error"),
    ("the order of the rules of a listener", "rule_sort_key"),
)
backup = Seam(
    "services.backup",
    (RECORDS, "jobs plans selections vaults"),
    (ACTIONS, "create_selection create_vault"),
    ("how an action refuses, for those that are added", "err"),
    added="copy_jobs recovery_points restore_jobs restore_testing_plans restore_testing_selections",
)
budgets = Seam("services.budgets", (RECORDS, "budgets"), (ACTIONS, "create_budget delete_budget"))
cloudfront = Seam(
    "services.cloudfront",
    (RECORDS, "distributions vpc_origins oacs tags"),
    (RECORDS, "cache_policies origin_request_policies response_headers_policies"),
    (
        "the policies that every account has",
        "MANAGED_CACHE_POLICIES MANAGED_ORIGIN_REQUEST_POLICIES MANAGED_RESPONSE_HEADERS_POLICIES",
    ),
    (ACTIONS, "create_vpc_origin update_vpc_origin delete_vpc_origin"),
    ("what its API says of a VPC origin", "vpc_origin_etag vpc_origin_in_use VPC_ORIGIN_IN_USE"),
    (
        "how it reads the configuration of a distribution",
        "dist_config_el find text local_tag_name get_distribution_aliases",
    ),
)
cloudwatch = Seam(
    "services.cloudwatch", (RECORDS, "alarms composite_alarms"), (ACTIONS, "put_composite_alarm delete_alarms")
)
cloudwatch_logs = Seam(
    "services.cloudwatch_logs",
    (RECORDS, "log_groups resource_policies deliveries delivery_destinations delivery_sources"),
    (ACTIONS, "create_delivery delete_delivery put_delivery_source delete_delivery_source"),
    (ACTIONS, "put_delivery_destination delete_delivery_destination create_log_group create_log_stream put_log_events"),
    added="saved_queries",
)
ec2 = Seam(
    "services.ec2",
    (RECORDS, "addresses flow_logs internet_gateways launch_templates nat_gateways network_acls route_tables"),
    (RECORDS, "security_groups subnets tags vpcs"),
    (TABLE, "ACTION_MAP"),
    (ACTIONS, "allocate_address release_address create_flow_logs delete_flow_logs create_nat_gateway describe_vpcs"),
    (ACTIONS, "create_security_group delete_security_group create_network_acl delete_network_acl"),
    (ACTIONS, "create_network_acl_entry replace_network_acl_entry delete_network_acl_entry"),
    ("how an action reads its parameters, for those that are added", "parse_filters parse_member_list"),
    (
        "zones are numbered by their letters: an account has its own",
        "az_id_for_zone_name az_id_prefix zone_name_for_az_id",
    ),
    (ANSWERS, "vpc_fields_xml sg_rule_xml"),
    ("the id of a rule, which MiniStack makes of what the rule says", "sg_rule_id"),
    ("what every account has from the beginning, which the inventory leaves out", "ensure_defaults_initialized"),
)
ecr = Seam(
    "services.ecr",
    (RECORDS, "repositories images layer_blobs manifest_blobs"),
    (ACTIONS, "create_repository put_image v2_put_manifest"),
    (ANSWERS, "describe_registry"),
    added="replication_configurations signing_configurations signing_profiles",
)
eks = Seam(
    "services.eks",
    (RECORDS, "access_entries addons clusters nodegroups pod_identity_associations"),
    (ACTIONS, "create_access_entry update_access_entry delete_access_entry associate_access_policy"),
    (ACTIONS, "disassociate_access_policy list_associated_access_policies create_addon update_addon delete_addon"),
    (ACTIONS, "delete_cluster create_nodegroup delete_nodegroup"),
    (ACTIONS, "create_pod_identity_association update_pod_identity_association delete_pod_identity_association"),
    ("keys of records", "ae_key pod_identity_association_arn"),
    (NO_CONTAINER, "get_docker"),
    ("what has a control plane ask MiniStack who has a token", "k3s_auth_webhook_config"),
    ("actions that are added go before", "handle_request_sync"),
)
elasticache = Seam(
    "services.elasticache",
    (RECORDS, "clusters param_groups param_group_params replication_groups snapshots subnet_groups user_groups users"),
    (ACTIONS, "create_snapshot"),
    (NO_CONTAINER, "get_docker docker"),
    (ANSWERS, "rg_xml user_xml"),
    ("how an action reads, answers and refuses, for those that are added", "arn_snapshot error p snapshot_xml xml"),
    ("how it names and reads what a replication group has", "arn_cluster extract_log_delivery_configs"),
    ("parameter groups that every account has", "param_group_family_for_engine seed_default_param_groups"),
)
eventbridge = Seam(
    "services.eventbridge",
    ("what every account has from the beginning, which the inventory leaves out", "ensure_default_bus event_buses"),
)
iam = Seam(
    "services.iam",
    (RECORDS, "roles oidc_providers lookup_policy"),
    (TABLE, "IAM_HANDLERS"),
    (ACTIONS, "create_oidc_provider delete_oidc_provider create_role put_role_policy"),
)
iam_evaluator = Seam(
    "core.iam_evaluator",
    ("the policies of a role that is no caller's", "gather_role_policies permissions_boundary"),
    ("a simulation leaves out the context that is given", "resolve_condition_key"),
)
kms = Seam("services.kms", (RECORDS, "keys resolve_key"))
lambda_svc = Seam(
    "services.lambda_svc", ("the configuration of the function that applies manifests", "get_func_record_for_ref")
)
rds = Seam(
    "services.rds",
    (RECORDS, "db_proxies instances param_groups snapshots subnet_groups resolve_instance"),
    ("a snapshot has the rows of its instance", "create_snapshot_internal"),
    ("how an action answers and refuses, for those that are added", "error single_instance_response snapshot_xml xml"),
    (TABLE, "ACTION_MAP"),
    (ACTIONS, "create_db_proxy modify_db_proxy delete_db_proxy modify_db_proxy_target_group"),
    (ACTIONS, "register_db_proxy_targets deregister_db_proxy_targets"),
    (NO_CONTAINER, "get_docker docker"),
    (ANSWERS, "instance_xml"),
    added="automated_backups",
)
route53 = Seam(
    "services.route53",
    (RECORDS, "zones records"),
    (ACTIONS, "delete_hosted_zone"),
    ("a zone that was there before has an id of its own", "default_records normalise_name zone_id_re"),
    ("the name servers of every zone", "DEFAULT_NS"),
)
s3 = Seam(
    "services.s3",
    (
        RECORDS,
        "buckets bucket_encryption bucket_logging_config bucket_policies bucket_versioning object_versions object_tags",
    ),
    (
        ACTIONS,
        "delete_bucket put_bucket_encryption delete_bucket_encryption put_bucket_lifecycle delete_bucket_lifecycle",
    ),
    (ACTIONS, "put_bucket_logging put_bucket_ownership_controls delete_bucket_ownership_controls"),
    (ACTIONS, "put_bucket_tagging delete_bucket_tagging put_bucket_replication delete_bucket_replication"),
    (RECORDS, "bucket_replication bucket_owner_account replication_rule_for"),
    (
        "what is replicated, and with which id",
        "maybe_replicate maybe_replicate_delete_marker record_object_version record_delete_marker",
    ),
    ("text as XML has it", "esc"),
    (ACTIONS, "create_bucket put_object get_object head_object delete_object delete_objects"),
    ("whose bucket a request is for", "parse_bucket_key"),
    ("an asset, a file of a cache", "get_object_data"),
)
secretsmanager = Seam(
    "services.secretsmanager",
    (RECORDS, "secrets resource_policies resolve find_stage_version is_replica"),
    ("replicas end, and become secrets of their own", "delete_replicas unlink_from_primary replica_mutation_error"),
    ("a replica is in step with its primary", "sync_replicas"),
    (
        ACTIONS,
        "create_secret delete_secret put_secret_value get_random_password put_resource_policy delete_resource_policy",
    ),
    ("a hosted rotation puts another password in", "rotate_secret"),
)
sts = Seam("services.sts", ("sessions, which can be made to expire", "sessions"))
sns = Seam("services.sns", (RECORDS, "topics"), (ACTIONS, "publish"), added="slack_channels")
waf = Seam(
    "services.waf",
    (RECORDS, "associations ip_sets web_acls"),
    (ACTIONS, "create_ip_set update_ip_set delete_ip_set"),
    added="logging_configurations",
)

cloudformation = Seam(
    "services.cloudformation",
    ("stacks, what they export and what happened to them", "stacks exports change_sets stack_events"),
)
changesets = Seam(
    "services.cloudformation.changesets", ("a change of outputs alone is a change", "resolve_props_for_diff")
)
custom_resource = Seam("services.cloudformation.custom_resource")
drift = Seam(
    "services.cloudformation.drift", ("types that it does not compare are added to those that it does", "DRIFT_READERS")
)
engine = Seam(
    "services.cloudformation.engine",
    ("the order of creation: a lucky name hides a missing edge", "topological_sort extract_deps"),
    ("conditions with Fn::Join are evaluated, and those of a template that is deployed", "evaluate_conditions"),
    ("outputs of other regions are read, by a role that may", "resolve_refs"),
    ("the transform of hosted rotation stays in the template", "apply_transforms without_transform"),
)
handlers = Seam(
    "services.cloudformation.handlers",
    ("a deployment is given a role, which is remembered", "ACTION_HANDLERS"),
    ("who imports what a stack exports", "imported_export_names"),
)
helpers = Seam("services.cloudformation.helpers", ("how an action reads a parameter, and refuses", "p error"))
provisioners = Seam(
    "services.cloudformation.provisioners",
    ("the functions of each type, some of which are wrapped and others added", "RESOURCE_HANDLERS"),
    (
        "every creation, update and deletion: permissions, attributes, what is replaced and what may go side by side",
        "provision_resource update_resource delete_resource",
    ),
    ("CloudFormation's registry says what replaces a resource", "property_recreation replacing_change"),
    ("manifests are refused that would fail or never end", "custom_resource_create custom_resource_delete"),
    ("what a deployment waits for in the cluster comes to its end first", "custom_resource_update"),
    ("names that CloudFormation makes", "physical_name snapshot_id"),
    ("settings of a bucket that are dropped", "S3_BUCKET_CONFIGURATIONS"),
    ("what a secret says is as AWS has it", "SM_TARGET_KEYS sm_rewrite_secret sm_secret_string sm_target_connection"),
    ("types that get the tags of their stack", "STACK_TAG_PROPERTY"),
    (
        "how properties become records and parameters of the API",
        "ec2_apply_tags ec2_sg_permissions ec_query ec_rg_attrs ec_rg_replicas eks_cluster_attrs r53_resolve_hosted_zone_id",
    ),
)
stacks = Seam(
    "services.cloudformation.stacks",
    ("a template is known while it is deployed", "deploy_stack_async"),
    ("manifests are deleted side by side", "delete_stack_async"),
    ("a custom resource whose create failed is deleted", "roll_back_operation add_event"),
    ("a change of outputs alone is a change, and exports in use stay", "diff_resources resolve_stack_outputs"),
    ("types of EKS wait for Kubernetes, which asks MiniStack in turn", "runs_on_worker_thread"),
)
