"""Policies that let a service of AWS write logs into a bucket or a log group."""

import json

from ministack.core.responses import get_account_id, get_region

from ...core.ministack_api import Refused
from ...core.seams import cloudwatch_logs, iam_evaluator, s3
from .. import cloudformation
from ..iam.evaluation import context_of

WRITER = "delivery.logs.amazonaws.com"
"""The service that delivers the logs of others."""


def lets(policies: list, service: str, action: str, resource: str, facts: dict) -> bool:
    """Whether one of a resource's policies lets a service of AWS act on behalf of this account, and none forbids it."""
    known = {"aws:sourceaccount": get_account_id(), **facts}
    answers = [
        iam_evaluator.evaluate_resource_policy(
            policy, context_of("", action, resource, get_region(), known), service=service
        ).decision
        for policy in policies
    ]
    return "Allow" in answers and "Deny" not in answers


def require_bucket(name: str, service: str, key: str, source_arn: str) -> None:
    """Refuse a bucket that does not exist, or whose policy does not let a service write under that key; the policy has
    to be there before."""
    if name not in s3.buckets:
        raise Refused(f"S3Bucket: {name} does not exist: order the bucket before its logs.")
    late = cloudformation.unordered("AWS::S3::BucketPolicy", Bucket=name)
    if late:
        raise Refused(f"Access Denied for bucket: {name}: order the source of its logs after {', '.join(late)}.")
    policy, resource = s3.bucket_policies.get(name), f"arn:aws:s3:::{name}/{key}"
    facts = {"aws:sourcearn": source_arn, "s3:x-amz-acl": "bucket-owner-full-control"}
    if not lets([policy], service, "s3:PutObject", resource, facts):
        raise Refused(
            f"Access Denied for bucket: {name}. Please check S3bucket permission: its policy must let "
            f"{service} s3:PutObject on {resource} for {source_arn}."
        )


def require_group(arn: str, source_arn: str) -> None:
    """Refuse a log group that does not exist in this account and region, or that no policy of CloudWatch Logs lets the
    delivery of logs write to; the policy has to be there before."""
    own = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:"
    name = arn.removeprefix(own)
    if not arn.startswith(own) or name not in cloudwatch_logs.log_groups:
        raise Refused(f"The log group {arn} does not exist in {get_region()}: its ARN must end in its name.")
    policies = [held["policyDocument"] for held in cloudwatch_logs.resource_policies.values()]
    late = [
        key
        for key, properties in cloudformation.unordered("AWS::Logs::ResourcePolicy").items()
        if own in json.dumps(properties.get("PolicyDocument", ""))
    ]
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        if late or not lets(policies, WRITER, action, f"{arn}:log-stream:example", {"aws:sourcearn": source_arn}):
            hint = f": order it after {', '.join(late)}" if late else f": let {WRITER} {action} there"
            raise Refused(f"No resource policy of CloudWatch Logs permits logs to {arn}{hint}.")
