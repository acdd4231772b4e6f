"""Refusals that somebody has asked for (`refused` and `allowed` of account.py), as AWS sends them, whatever the service.

One that ends is an object: `code`, and optionally `message`, `status` of HTTP and `times`, the number of requests that it refuses.
Sessions that have expired are refused everything:
https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html (ExpiredTokenException, in query services ExpiredToken).
"""

from typing import Any

from ministack.core.iam_actions import access_denied_response, extract_iam_action
from ministack.core.responses import get_account_id
from ministack.core.router import extract_access_key_id

from . import account
from .ministack_api import Refused
from .seams import app, sts

EXPIRED: set[str] = set()
"""Access keys of sessions whose time is over."""
EXPIRY = {"code": "ExpiredToken", "status": 403, "message": "The security token included in the request is expired"}


def install() -> None:
    """Wraps app.dispatch_service_request, which lets everybody do everything."""
    dispatch = app.dispatch_service_request

    async def refusing(
        method: str, path: str, headers: dict, body: bytes, query_params: dict, request_id: str
    ) -> tuple:
        is_expired = extract_access_key_id(headers) in EXPIRED
        if is_expired or account.field("refused", None) is not None or account.field("allowed", None) is not None:
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
    refusal = _asked_for(action, extract_access_key_id(headers))
    if refusal is None:
        return None
    caller = f"arn:aws:iam::{get_account_id()}:user/somebody"
    code, given = refusal["code"], {}
    if code != "AccessDenied":
        given = {"error_code": code, "message": refusal.get("message", "refused")}
    status, *rest = access_denied_response(service, action, caller, request_id, headers=headers, **given)
    return (refusal.get("status", status), *rest)


def _asked_for(action: str, access_key: str) -> dict[str, Any] | None:
    """The refusal of an action, of which one request fewer is refused from now on."""
    if access_key in EXPIRED:
        return EXPIRY
    refused = account.field("refused", {})
    name = next((name for name in (action, f"{action.partition(':')[0]}:*") if name in refused), None)
    if name is not None:
        asked = refused[name]
        if isinstance(asked, str):
            return {"code": asked}
        if asked.get("times", 1) > 0:
            if "times" in asked:
                asked["times"] -= 1
            return asked
    allowed = account.field("allowed", None)
    if allowed is not None and action not in (*allowed, "sts:GetCallerIdentity"):
        return {"code": "AccessDenied"}
    return None


def expire(given: dict) -> dict:
    """Let every session end that STS has given out so far: POST /_rehearsal/expired-sessions with {}."""
    if given:
        raise Refused(f"expired-sessions takes an empty object, not {', '.join(given)}")
    ended = set(sts.sessions) - EXPIRED
    EXPIRED.update(ended)
    return {"expired": len(ended)}
