"""The parts that a viewer's request passes, for the orchestrator: GET /_rehearsal/request-path."""

from typing import Any

from ministack.core.responses import request_scope

from ..core.seams import acm, alb, cloudfront, entries, iam_evaluator, route53, s3
from ..services.elbv2 import listeners, target_health
from ..services.iam import evaluation

CLOUDFRONT = "cloudfront.amazonaws.com"


def parts() -> dict:
    """Records, distributions, VPC origins, load balancers and target groups of all accounts."""
    return {
        "records": [
            {
                "account": account,
                "name": record["Name"].rstrip("."),
                "type": record["Type"],
                "alias": record.get("AliasTarget", {}).get("DNSName", "").rstrip("."),
            }
            for (account, _), records in _items(route53.records)
            for record in records
        ],
        "distributions": [_distribution(account, one) for (account, _), one in _items(cloudfront.distributions)],
        "vpcOrigins": [
            {"account": account, "id": key, **_endpoint(one["VpcOriginEndpointConfig"])}
            for (account, key), one in _items(cloudfront.vpc_origins)
        ],
        "loadBalancers": [_balancer(account, region, one) for (account, region, _), one in _items(alb.lbs)],
        "targetGroups": [
            {
                "arn": arn,
                "name": one["TargetGroupName"],
                "targets": [
                    {"address": target["Id"], "port": target["Port"], "fault": target.get(target_health.FAULT)}
                    for target in alb.targets.get_scoped(account, None, arn) or []
                ],
            }
            for (account, _, arn), one in _items(alb.tgs)
        ],
    }


def _items(store: Any) -> list[tuple[tuple, Any]]:
    """The entries of a store of all accounts: (account, region if it has regions, key) -> value."""
    return list(entries(store).items())


def _endpoint(config: dict) -> dict:
    return {
        "balancer": config["Arn"],
        "protocol": config["OriginProtocolPolicy"],
        "httpPort": int(config["HTTPPort"]),
        "httpsPort": int(config["HTTPSPort"]),
    }


def _distribution(account: str, record: dict) -> dict:
    with request_scope(account, "us-east-1"):
        plain = cloudfront.parse_distribution_dataplane_config(record)
        config = cloudfront.dist_config_el(record)
        behaviours = [*plain["ordered_behaviors"], plain["default_behavior"]]
        return {
            "account": account,
            "id": record["Id"],
            "domain": record["DomainName"],
            "enabled": record["enabled"],
            "ipv6": cloudfront.text(config, "IsIPV6Enabled") == "true",
            "aliases": cloudfront.get_distribution_aliases(record),
            "behaviours": [
                {
                    "path": one["path_pattern"] or "*",
                    "origin": one["target_origin_id"],
                    "forwardsHost": _forwards_host(one),
                }
                for one in behaviours
            ],
            "origins": [_origin(account, record, one, config) for one in plain["origins"].values()],
        }


def _forwards_host(behaviour: dict) -> bool:
    """Whether the origin gets the viewer's Host, rather than its own name."""
    policy = cloudfront.origin_request_policy_config(behaviour["origin_request_policy_id"]) or {}
    in_key = cloudfront.cache_policy_params(behaviour["cache_policy_id"]) or {}
    sent, kept = ([name.lower() for name in one.get("Headers", [])] for one in (policy, in_key))
    kind = policy.get("HeaderBehavior", "none")
    if kind == "allExcept":
        return "host" not in sent
    return kind.startswith("allViewer") or "host" in sent + kept


def _origin(account: str, distribution: dict, origin: dict, config: Any) -> dict:
    element = next(
        one
        for one in config.iter()
        if cloudfront.local_tag_name(one) == "Origin" and cloudfront.text(one, "Id") == origin["id"]
    )
    vpc = cloudfront.find(element, "VpcOriginConfig")
    return {
        "id": origin["id"],
        "domain": origin["domain_name"],
        "headers": {name.lower(): value for name, value in origin["custom_headers"]},
        "vpcOrigin": cloudfront.text(vpc, "VpcOriginId") if vpc is not None else None,
        "bucket": origin["s3_bucket"],
        "unreadable": _unreadable(account, distribution, origin) if origin["s3_bucket"] else None,
    }


def _unreadable(account: str, distribution: dict, origin: dict) -> str | None:
    """Why a distribution cannot read a bucket, or None."""
    bucket = origin["s3_bucket"]
    if bucket not in s3.buckets:
        return f"the bucket {bucket} does not exist"
    if not origin["oac_id"]:
        return f"the origin {origin['id']} has no origin access control"
    facts = {"aws:sourceaccount": account, "aws:sourcearn": distribution["ARN"]}
    context = evaluation.context_of("", "s3:GetObject", f"arn:aws:s3:::{bucket}/any", "us-east-1", facts)
    answer = iam_evaluator.evaluate_resource_policy(s3.bucket_policies.get(bucket), context, service=CLOUDFRONT)
    return (
        None
        if answer.decision == "Allow"
        else (f"the policy of the bucket {bucket} does not let the distribution {distribution['Id']} read")
    )


def _balancer(account: str, region: str, record: dict) -> dict:
    with request_scope(account, region):
        listeners = [one for one in alb.listeners.values() if one["LoadBalancerArn"] == record["LoadBalancerArn"]]
        return {
            "arn": record["LoadBalancerArn"],
            "name": record["LoadBalancerName"],
            "domain": record["DNSName"],
            "listeners": [
                {
                    "port": one["Port"],
                    "protocol": one["Protocol"],
                    "open": _is_open(record, one["Port"]),
                    "names": [name for arn in one.get("Certificates", []) for name in _names_of(arn)],
                    "rules": [
                        _rule(rule)
                        for rule in sorted(alb.rules.values(), key=alb.rule_sort_key)
                        if rule["ListenerArn"] == one["ListenerArn"]
                    ],
                }
                for one in listeners
            ],
        }


def _is_open(balancer: dict, port: int) -> bool:
    """Whether some security group of a load balancer lets CloudFront in: a prefix list."""
    return any(
        target_health.passes(rule, port) and rule.get("PrefixListIds")
        for group in balancer["SecurityGroups"]
        for rule in target_health.rules(group, "IpPermissions")
    )


def _names_of(certificate: str) -> list[str]:
    """The names in a certificate."""
    held = acm.certificates.get(certificate) or {}
    return list(dict.fromkeys([held.get("DomainName", ""), *(held.get("SubjectAlternativeNames") or [])]))


def _rule(rule: dict) -> dict:
    return {
        "conditions": [_condition(one) for one in rule["Conditions"]],
        "targetGroups": [
            {"arn": arn, "weight": weight}
            for action in rule["Actions"]
            for arn, weight in listeners.forwarded(action).items()
        ],
    }


def _condition(given: dict) -> dict:
    detail = given.get("HttpHeaderConfig") or given.get("HostHeaderConfig") or {}
    return {
        "field": given["Field"],
        "header": detail.get("HttpHeaderName", "").lower(),
        "values": detail.get("Values") or given.get("Values") or [],
    }
