"""Service Quotas, which MiniStack lacks: what every account has, and what an account that is in use was granted."""

import json
import re

import account
from answers import answer

DEFAULTS = {
    "acm/L-F141DD1D": ("ACM certificates", 2500),
    "acm/L-FB94F0B0": ("Domain names per ACM certificate", 10),
    "cloudfront/L-24B04930": ("Distributions per AWS account", 200),
    "ebs/L-09BD8365": ("Storage for Provisioned IOPS SSD (io2) volumes, in TiB", 20),
    "ebs/L-7A658B76": ("Storage for General Purpose SSD (gp3) volumes, in TiB", 50),
    "ebs/L-8D977E7E": ("IOPS for Provisioned IOPS SSD (io2) volumes", 100000),
    "ec2/L-0263D0A3": ("EC2-VPC Elastic IPs", 5),
    "ec2/L-1216C47A": ("Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 5),
    "eks/L-1194D53C": ("Clusters", 100),
    "eks/L-6D54EA21": ("Managed node groups per cluster", 30),
    "eks/L-BD136A63": ("Nodes per managed node group", 450),
    "elasticache/L-DFE45DF3": ("Nodes per Region", 300),
    "elasticloadbalancing/L-53DA6B97": ("Application Load Balancers per Region", 50),
    "lambda/L-B99A9384": ("Concurrent executions", 1000),
    "rds/L-5BC124EF": ("Read replicas per primary", 15),
    "rds/L-D94C7EA3": ("Proxies", 20),
    "vpc/L-0EA8095F": ("Inbound or outbound rules per security group", 60),
    "vpc/L-29B6F2EB": ("Interface VPC endpoints per VPC", 50),
    "vpc/L-2AFB9258": ("Security groups per network interface", 5),
    "vpc/L-83CA0A9D": ("IPv4 CIDR blocks per VPC", 5),
    "vpc/L-A4707A72": ("Internet gateways per Region", 5),
    "vpc/L-F678F1CE": ("VPCs per Region", 5),
    "vpc/L-FE5A380F": ("NAT gateways per Availability Zone", 5),
}
"""SERVICE/CODE -> name and default, of docs.aws.amazon.com/general/latest/gr/aws-service-information.html"""

GRANTED = {"ec2/L-1216C47A": 1920, "lambda/L-B99A9384": 1000}
"""What an account that is in use has."""

TARGET = "ServiceQuotasV20190624"


def install() -> None:
    """Register the service."""
    import ministack.app
    from ministack.core import router
    from ministack.services import iam

    router.SERVICE_PATTERNS["servicequotas"] = {"target_prefixes": [TARGET]}
    ministack.app.SERVICE_HANDLERS["servicequotas"] = handle_request
    handlers = iam._IAM_HANDLERS
    handlers["GetAccountSummary"] = _with_granted(handlers["GetAccountSummary"])


async def handle_request(_method: str, _path: str, headers: dict, body: bytes, _query: dict) -> tuple:
    """GetServiceQuota has what was granted only, GetAWSDefaultServiceQuota what every account has."""
    operation, given = headers["x-amz-target"].rpartition(".")[2], json.loads(body or b"{}")
    key = f"{given.get('ServiceCode')}/{given.get('QuotaCode')}"
    granted = {**GRANTED, **account.field("quotas", {})}
    values = {"GetServiceQuota": granted, "GetAWSDefaultServiceQuota": {k: v for k, (_, v) in DEFAULTS.items()}}
    if operation not in values:
        return _error("InvalidAction", f"{operation} is not emulated")
    if key not in DEFAULTS or key not in values[operation]:
        return _error("NoSuchResourceException", "The request failed because the specified quota does not exist.")
    return answer("service-quotas", operation, {"Quota": _quota(key, float(values[operation][key]))})


def _with_granted(original):
    """IAM tells its quotas itself."""

    def summary(query: dict) -> tuple:
        status, headers, body = original(query)
        text = body.decode()
        for code, name in (("iam/L-FE177D64", "RolesQuota"), ("iam/L-E95E4862", "PoliciesQuota")):
            granted = account.field("quotas", {}).get(code)
            if granted is not None:
                text = re.sub(rf"(<key>{name}</key><value>)\d+", rf"\g<1>{granted}", text)
        return status, headers, text.encode()

    return summary


def _quota(key: str, value: float) -> dict:
    from ministack.core.responses import get_account_id, get_region

    service, _, code = key.partition("/")
    return {"ServiceCode": service, "QuotaCode": code, "QuotaName": DEFAULTS[key][0], "Value": value, "Unit": "None",
            "QuotaArn": f"arn:aws:servicequotas:{get_region()}:{get_account_id()}:{key}", "Adjustable": True,
            "GlobalQuota": service in ("cloudfront", "iam")}


def _error(code: str, message: str) -> tuple:
    body = json.dumps({"__type": code, "Message": message}).encode()
    return 400, {"Content-Type": "application/x-amz-json-1.1"}, body
