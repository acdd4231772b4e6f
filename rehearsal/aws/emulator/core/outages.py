"""The outage of a region: POST /_rehearsal/outages with {"region": …, "out": true} has every request to it fail as a service that is not
there does, until it is told false. The API servers of clusters go on, and nothing is lost: copies into the region wait until it is back."""

from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any

from ministack.core.iam_actions import access_denied_response
from ministack.core.responses import get_region

from .ministack_api import Refused
from .seams import app, s3

OUT: set[str] = set()
"""Regions that are out."""
WAITING: list[tuple[str, Context, Callable[[], object]]] = []
"""Copies into regions that are out, with the account and region of what caused them."""


def when_reachable(region: str, act: Callable[[], object]) -> bool:
    """Do something in a region now, or as soon as it is back; whether it is done."""
    if region in OUT:
        WAITING.append((region, copy_context(), act))
        return False
    act()
    return True


def change(given: dict) -> dict:
    """Begin or end an outage; says which regions are out then."""
    region, out = given.get("region"), given.get("out")
    if not isinstance(region, str) or not region or not isinstance(out, bool):
        raise Refused(f"region must be the name of one, and out true or false, not {region!r} and {out!r}")
    OUT.add(region) if out else OUT.discard(region)
    waiting = [each for each in WAITING if each[0] not in OUT]
    WAITING[:] = [each for each in WAITING if each[0] in OUT]
    for _, context, act in waiting:
        context.run(act)
    return {"out": sorted(OUT)}


def install() -> None:
    """Wraps app.dispatch_service_request."""
    dispatch = app.dispatch_service_request

    async def reaching(method: str, path: str, headers: dict, body: bytes, query: dict, *more: Any) -> tuple:
        response = _refusal(method, path, headers, body, query) if OUT else None
        return response or await dispatch(method, path, headers, body, query, *more)

    app.dispatch_service_request = reaching


def _refusal(method: str, path: str, headers: dict, body: bytes, query: dict) -> tuple | None:
    """The answer of a service whose region is out. A bucket is where it is, wherever the caller is."""
    parameters = app.routing_params(method, path, headers, body, query)
    service = app.detect_service(method, path, headers, parameters)
    bucket = s3.parse_bucket_key(path, headers)[0] if service == "s3" else None
    region = (bucket and s3.bucket_region(bucket)) or get_region()
    if region not in OUT:
        return None
    given = {"error_code": "ServiceUnavailable", "message": f"{region} is out"}
    _, answered, text = access_denied_response(service, "", "", "outage", headers=headers, **given)
    return 503, answered, text
