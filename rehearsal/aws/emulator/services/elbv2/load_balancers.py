"""Application load balancers: Elastic Load Balancing's refusals of one, and the network that MiniStack leaves out of
its record."""

from collections.abc import Callable

from ministack.core.responses import get_account_id, get_region

from ...core.ministack_api import Refused, is_true
from ...core.seams import alb, ec2, s3
from .. import cloudformation
from ..cloudformation import Create, Made
from ..logs import access

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LOGS = "logdelivery.elasticloadbalancing.amazonaws.com"
LOG_KINDS = ("access_logs", "connection_logs", "health_check_logs")
PROTECTION = "deletion_protection.enabled"

ATTRIBUTES = frozenset(
    """
deletion_protection.enabled load_balancing.cross_zone.enabled ipv6.deny_all_igw_traffic zonal_shift.config.enabled
idle_timeout.timeout_seconds client_keep_alive.seconds routing.http.desync_mitigation_mode
routing.http.drop_invalid_header_fields.enabled routing.http.preserve_host_header.enabled
routing.http.x_amzn_tls_version_and_cipher_suite.enabled routing.http.xff_client_port.enabled
routing.http.xff_header_processing.mode routing.http2.enabled waf.fail_open.enabled
""".split()
) | {f"{kind}.s3.{name}" for kind in LOG_KINDS for name in ("enabled", "bucket", "prefix")}
"""Attributes of a load balancer of type application."""


def install() -> None:
    """Put every seam of this module in."""
    cloudformation.check(BALANCER, refuse_balancer)
    cloudformation.override(BALANCER, create=_create_balancer)
    keep(BALANCER, protection, "DeleteLoadBalancer")


def keep(kind: str, problem: Callable[[str], str | None], action: str) -> None:
    """Refuse the deletion of what has a problem(ARN), by a stack and by an action of the API."""
    delete = alb.ACTION_MAP[action]

    def refuse(arn: str) -> None:
        if problem(arn):
            raise Refused(problem(arn))

    def checked(params: dict) -> tuple:
        arn = alb.p(params, "LoadBalancerArn") or alb.p(params, "TargetGroupArn")
        return alb.error("OperationNotPermitted", problem(arn)) if problem(arn) else delete(params)

    cloudformation.check_deletion(kind, refuse)
    alb.ACTION_MAP[action] = checked


def given_attributes(listed: list[dict] | None) -> dict[str, str]:
    """Attributes of a template or of a record."""
    return {one["Key"]: str(one.get("Value", "")) for one in listed or []}


def protection(arn: str) -> str | None:
    """Why a load balancer cannot be deleted."""
    if is_true(given_attributes(alb.lb_attrs.get(arn)).get(PROTECTION)):
        return f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
    return None


def refuse_balancer(properties: dict, _physical_id: str | None) -> None:
    """Refuse a load balancer as Elastic Load Balancing does."""
    _refuse_subnets(properties.get("Subnets") or [])
    groups = ec2.security_groups
    for group in properties.get("SecurityGroups") or []:
        if group not in groups:
            raise Refused(f"The security group '{group}' does not exist")
    attributes = given_attributes(properties.get("LoadBalancerAttributes"))
    refuse_unknown(attributes, ATTRIBUTES, "Load balancer")
    for kind in LOG_KINDS:
        if is_true(attributes.get(f"{kind}.s3.enabled")):
            _refuse_logs(attributes.get(f"{kind}.s3.bucket", ""), attributes.get(f"{kind}.s3.prefix", ""))


def _refuse_subnets(subnets: list[str]) -> None:
    missing = [one for one in subnets if one not in ec2.subnets]
    if missing:
        raise Refused(f"The subnet ID '{missing[0]}' is not valid")
    zones = [ec2.subnets[one]["AvailabilityZone"] for one in subnets]
    if len(set(zones)) < 2:
        raise Refused(
            "At least two subnets in two different Availability Zones must be specified, not "
            f"{', '.join(sorted(set(zones))) or 'none'}"
        )
    if len(set(zones)) < len(zones):
        raise Refused("A load balancer cannot be attached to multiple subnets in the same Availability Zone")


def refuse_unknown(attributes: dict, known: frozenset[str], what: str) -> None:
    """Refuse attributes that there are not."""
    unknown = sorted(attributes.keys() - known)
    if unknown:
        raise Refused(f"{what} attribute key '{unknown[0]}' is not recognized")


def _refuse_logs(bucket: str, prefix: str) -> None:
    """Refuse a bucket of another region, with a key of its own, or that takes no logs of load balancers."""
    account, region = get_account_id(), get_region()
    source = f"arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/name/0123456789abcdef"
    access.require_bucket(bucket, LOGS, f"{prefix}/AWSLogs/{account}/ELBAccessLogTestFile".lstrip("/"), source)
    home = s3.buckets[bucket].get("region") or region
    if home != region:
        raise Refused(f"The bucket {bucket} of a load balancer's logs is in {home}, not in {region}.")
    if "aws:kms" in s3.bucket_encryption.get(bucket, ""):
        raise Refused(f"Access Denied for bucket: {bucket}. A load balancer cannot write to a bucket with a KMS key.")


def _create_balancer(create: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
    """A load balancer is in the VPC of its subnets, which MiniStack does not look at."""
    arn, attributes = create(logical_id, properties, stack_name)
    alb.lbs[arn]["VpcId"] = ec2.subnets[properties["Subnets"][0]]["VpcId"]
    return arn, attributes
