"""Service Quotas, which MiniStack lacks: the default values of every account, and those granted to an account that is in use."""

import json
import re
from collections.abc import Callable

from ministack.core import router
from ministack.core.responses import get_account_id, get_region

from ..core import account, settings
from ..core.answers import answer
from ..core.seams import app, iam

QUOTAS = json.loads((settings.PROVIDER / "quotas.json").read_text(encoding="utf-8"))
"""SERVICE/CODE -> name, default, source; see rehearsal/src/provider/service-quotas.ts."""

GRANTED = {"ec2/L-1216C47A": 1920, "lambda/L-B99A9384": 1000}
"""Quotas of an account that is in use."""

TARGET = "ServiceQuotasV20190624"


def install() -> None:
    """Register the service."""
    router.SERVICE_PATTERNS["servicequotas"] = {"target_prefixes": [TARGET]}
    app.SERVICE_HANDLERS["servicequotas"] = handle_request
    handlers = iam.IAM_HANDLERS
    handlers["GetAccountSummary"] = _with_granted(handlers["GetAccountSummary"])


async def handle_request(_method: str, _path: str, headers: dict, body: bytes, _query: dict) -> tuple:
    """GetServiceQuota has what was granted only, GetAWSDefaultServiceQuota what every account has."""
    operation, given = headers["x-amz-target"].rpartition(".")[2], json.loads(body or b"{}")
    key = f"{given.get('ServiceCode')}/{given.get('QuotaCode')}"
    granted = {**GRANTED, **account.field("quotas", {})}
    values = {"GetServiceQuota": granted, "GetAWSDefaultServiceQuota": {k: v["default"] for k, v in QUOTAS.items()}}
    if operation not in values:
        return _error("InvalidAction", f"{operation} is not emulated")
    if key not in QUOTAS or key not in values[operation]:
        return _error("NoSuchResourceException", "The request failed because the specified quota does not exist.")
    return answer("service-quotas", operation, {"Quota": _quota(key, float(values[operation][key]))})


def _with_granted(original: Callable) -> Callable:
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
    service, _, code = key.partition("/")
    return {
        "ServiceCode": service,
        "QuotaCode": code,
        "QuotaName": QUOTAS[key]["name"],
        "Value": value,
        "Unit": "None",
        "QuotaArn": f"arn:aws:servicequotas:{get_region()}:{get_account_id()}:{key}",
        "Adjustable": True,
        "GlobalQuota": service in ("cloudfront", "iam"),
    }


def _error(code: str, message: str) -> tuple:
    body = json.dumps({"__type": code, "Message": message}).encode()
    return 400, {"Content-Type": "application/x-amz-json-1.1"}, body
