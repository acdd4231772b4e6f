"""Refusals that somebody has asked for (`refused` and `allowed` of account.py), as AWS sends them, whatever the service."""

from ministack.core.iam_actions import access_denied_response, extract_iam_action
from ministack.core.responses import get_account_id

from . import account
from .seams import app


def install() -> None:
    """Wraps app.dispatch_service_request, which lets everybody do everything."""
    dispatch = app.dispatch_service_request

    async def refusing(
        method: str, path: str, headers: dict, body: bytes, query_params: dict, request_id: str
    ) -> tuple:
        if account.field("refused", None) is not None or account.field("allowed", None) is not None:
            response = _refusal(method, path, headers, body, query_params, request_id)
            if response:
                return response
        return await dispatch(method, path, headers, body, query_params, request_id)

    app.dispatch_service_request = refusing


def _refusal(method: str, path: str, headers: dict, body: bytes, query_params: dict, request_id: str) -> tuple | None:
    parameters = app.routing_params(method, path, headers, body, query_params)
    service = app.detect_service(method, path, headers, parameters)
    if service in ("servicequotas", "chatbot", "codeconnections"):
        named = headers.get("x-amz-target", "DescribeSlackWorkspaces").rpartition(".")[2]
        action = f"{service}:{named}"
    else:
        action = extract_iam_action(service, method, path, headers, body, parameters)
    allowed = account.field("allowed", None)
    code = account.field("refused", {}).get(action)
    if code is None and allowed is not None and action not in (*allowed, "sts:GetCallerIdentity"):
        code = "AccessDenied"
    if code is None:
        return None
    caller = f"arn:aws:iam::{get_account_id()}:user/somebody"
    given = {} if code == "AccessDenied" else {"error_code": code, "message": "refused"}
    return access_denied_response(service, action, caller, request_id, headers=headers, **given)
