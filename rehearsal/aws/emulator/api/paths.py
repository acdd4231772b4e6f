"""Paths by which the rehearsal questions and changes the emulator itself: /_rehearsal/… in front of MiniStack's own paths."""

import asyncio
import json
import sys
from collections.abc import Callable

from ministack.core.responses import get_region, request_scope
from ministack.core.router import extract_access_key_id

from ..core import account, outages, refusals
from ..core.seams import app, cloudformation
from ..core.standstill import Stuck
from ..kubernetes.programs import Ended
from ..services.backup import runs
from ..services.cloudformation import strikes
from ..services.cloudformation.stand_ins import recorded_types
from ..services.ecr import repositories
from ..services.eks import clusters, group_nodes, unreachable
from ..services.route53 import hosted_zones, name_server
from . import inventory, request_path, rows, secrets, stacks, weak_references, zones

Answer = Callable[[], object]
Change = Callable[[dict], dict]

ANSWERS: dict[str, Answer] = {
    "inventory": lambda: inventory.held(dict(sys.modules)),
    "resources": lambda: stacks.resources(cloudformation.stacks.all_items(), recorded_types()),
    "events": lambda: stacks.events(cloudformation.stack_events.all_items()),
    "manifests": lambda: stacks.manifests(cloudformation.stacks.all_items()),
    "secrets": secrets.secrets,
    "identities": secrets.identities,
    "logs": secrets.logs,
    "ended": lambda: group_nodes.ENDED,
    "images": repositories.images,
    "request-path": request_path.parts,
    "stale": weak_references.stale,
    "held": strikes.held,
    "name-server": lambda: {"address": name_server.ADDRESS[0]},
}
"""GET: the present state."""

CHANGES: dict[str, Change] = {
    "zones": zones.change,
    "hosted-zones": hosted_zones.provide,
    "account": account.provide,
    "pushed-images": repositories.pushed,
    "strikes": strikes.strike,
    "release": strikes.release,
    "unreachable": unreachable.change,
    "expired-sessions": refusals.expire,
    "rows": rows.change,
    "keys": rows.change_keys,
    "cache-snapshots": rows.snapshot_cache,
    "outages": outages.change,
    "backup-plans": runs.run_plans,
    "recovery-points": runs.recovery_points,
    "restore-testing": runs.run_trials,
}
"""POST: changes of the state, for the account of the request's credentials."""


def rounds() -> dict:
    """How many rounds every control loop of every cluster has completed by now, and why the last one failed."""
    return {
        name: vars(loop)
        for running in list(clusters.RUNNING.values())
        for name, loop in running.plane.all_rounds().items()
    }


def install() -> None:
    """Answers the paths in front of app.app, which knows none of them."""
    inner = app.app

    async def with_own_paths(scope: dict, receive: Callable, send: Callable) -> None:
        path = scope.get("path", "") if scope["type"] == "http" else ""
        name = path.removeprefix("/_rehearsal/") if path.startswith("/_rehearsal/") else ""
        if name in CHANGES:
            status, answer = await _change(_of_caller(scope, CHANGES[name]), await _body(receive))
        elif name == "rounds":
            status, answer = await _answer(rounds)
        elif name in ANSWERS:
            status, answer = 200, ANSWERS[name]()
        else:
            await inner(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    app.app = with_own_paths


async def _body(receive: Callable) -> bytes:
    """The body of a request."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


def _of_caller(scope: dict, function: Change) -> Change:
    """A function of the account that the request's credentials are of."""
    headers = {name.decode().lower(): value.decode() for name, value in scope.get("headers", [])}

    def called(given: dict) -> dict:
        with request_scope(extract_access_key_id(headers), get_region()):
            return function(given)

    return called


async def _change(function: Change, body: bytes) -> tuple[int, object]:
    """The result of a requested change."""
    return await _answer(lambda: function(json.loads(body)))


async def _answer(function: Answer) -> tuple[int, object]:
    """On a thread, as it may wait for Kubernetes, whose authentication asks this server."""
    try:
        return 200, await asyncio.to_thread(function)
    except ValueError as error:  # Refused is one
        return 400, {"message": str(error)}
    except (Stuck, Ended) as error:
        return 500, {"message": str(error)}
