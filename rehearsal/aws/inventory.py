"""What the rehearsal holds, for the orchestrator: GET /_rehearsal/inventory, /_rehearsal/resources, /_rehearsal/ended
(the nodes that updates ended) and what secret_access.py, ecr.py, name_server.py, request_path.py and weak_references.py
add; POST /_rehearsal/zones is of zones.py, /_rehearsal/hosted-zones of hosted_zones.py, /_rehearsal/account of
account.py."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterable
from datetime import datetime

import account
import eks
import hosted_zones
import zones
from programs import Ended
from standstill import Stuck

PREFIX = "ministack.services."

RECORDS = {
    "_tags": "tags, which may outlive their resource",
    "_resource_tags": "tags",
    "_stack_events": "the history of stacks",
    "_change_sets": "the history of stacks",
    "_sessions": "a client's, which end by themselves",
    "_events": "a log of what happened",
    "_events_log": "a log of what happened",
    "_alarm_history": "a log of what happened",
    "_parameter_history": "a log of what happened",
    "_completed_multipart_uploads": "a log of what happened",
    "_aws_managed_attachment_counts": "counts of what roles hold",
    "_executions": "a log of what happened",
    "_metrics": "measurements",
    "_param_group_params": "values, which go with their parameter group",
    "_invocations": "a log of what happened",
    "_invalidations": "a log of what happened",
    "_changes": "a log of what happened",
    "_caller_refs": "names of requests",
    "_lb_attrs": "values, which go with their load balancer",
    "_tg_attrs": "values, which go with their target group",
    "_listener_attrs": "values, which may outlive their listener",
}
"""Stores that are records rather than resources, with the reason."""


def held(modules: dict) -> list[dict]:
    """Every entry of every scoped store of the given service modules, sorted."""
    entries = []
    for module_name, module in modules.items():
        if not module_name.startswith(PREFIX):
            continue
        for store_name, store in list(vars(module).items()):
            kind = type(store).__name__
            if kind not in ("AccountScopedDict", "AccountRegionScopedDict") or store_name in RECORDS:
                continue
            for scope, value in list(store._data.items()):
                if not is_default(module, value) and not is_gone(value):
                    account, region, key = scope if kind == "AccountRegionScopedDict" else (scope[0], "", scope[-1])
                    entries += [{"service": module_name.removeprefix(PREFIX), "store": store_name,
                                 "account": account, "region": region, "key": part}
                                for part in parts(module_name, store_name, key, value)]
    return sorted({json.dumps(e): e for e in entries}.values(), key=lambda e: tuple(map(str, e.values())))


def parts(module_name: str, store_name: str, key, value) -> list[str]:
    """The keys of what an entry holds: of a hosted zone's records each is one, as a zone can be older than they."""
    if (module_name, store_name) == (PREFIX + "route53", "_records"):
        return [f"{key} {record['Name']} {record['Type']}" for record in hosted_zones.own_records(value)]
    return [str(key)]


def is_default(module, value) -> bool:
    """Whether AWS gives this to every account: the default VPC and what is in it, ElastiCache's parameter groups, the
    default event bus."""
    if not isinstance(value, dict):
        return False
    if value.get("CacheParameterGroupName", "").startswith("default.") or str(value.get("Arn")).endswith(
            ":event-bus/default"):
        return True
    default = getattr(module, "_DEFAULT_VPC_ID", None)
    if default is None:
        return False
    attachments = [attachment.get("VpcId") for attachment in value.get("Attachments") or []]
    return value.get("VpcId") == default or default in attachments


def is_gone(value) -> bool:
    """Whether a record only remembers something that was deleted."""
    if not isinstance(value, dict):
        return False
    is_layer = "next_version" in value
    return (value.get("StackStatus") == "DELETE_COMPLETE"
            or value.get("KeyState") == "PendingDeletion"
            or is_layer and all(version.get("_deleted") for version in value["versions"]))


def resources(stacks: Iterable[tuple], recorded: set[str]) -> list[dict]:
    """Every resource of every existing stack, and who holds it."""

    def holder(kind: str) -> str:
        if kind in recorded:
            return "recorded"
        return "kubernetes" if kind.startswith("Custom::AWSCDK-EKS-") else "service"

    found = []
    for (account, region, name), stack in stacks:
        if is_gone(stack):
            continue
        definitions = (stack.get("_template") or {}).get("Resources") or {}
        for logical_id, resource in sorted(stack.get("_resources", {}).items()):
            kind = resource.get("ResourceType", "")
            found.append({
                "account": account, "region": region, "stack": name, "logicalId": logical_id, "type": kind,
                "physicalId": resource.get("PhysicalResourceId", ""), "held": holder(kind),
                "deletionPolicy": (definitions.get(logical_id) or {}).get("DeletionPolicy", "Delete"),
            })
    return found


def install() -> None:
    """Answers the paths in front of ministack.app.app, which knows none of them."""
    import ministack.app
    from ministack.services import cloudformation

    import ecr
    import name_server
    import node_groups
    import request_path
    import secret_access
    import stand_ins
    import weak_references

    answers = {
        "/_rehearsal/inventory": lambda: held(dict(sys.modules)),
        "/_rehearsal/resources": lambda: resources(cloudformation._stacks.all_items(), stand_ins.recorded_types()),
        "/_rehearsal/events": lambda: events(cloudformation._stack_events.all_items()),
        "/_rehearsal/secrets": secret_access.secrets,
        "/_rehearsal/identities": secret_access.identities,
        "/_rehearsal/logs": secret_access.logs,
        "/_rehearsal/ended": lambda: node_groups.ENDED,
        "/_rehearsal/images": ecr.images,
        "/_rehearsal/request-path": request_path.parts,
        "/_rehearsal/stale": weak_references.stale,
        "/_rehearsal/name-server": lambda: {"address": name_server.ADDRESS[0]},
    }
    app = ministack.app.app

    async def with_inventory(scope, receive, send):
        path = scope.get("path") if scope["type"] == "http" else None
        if path == "/_rehearsal/zones":
            status, answer = await _change(zones.change, await _body(receive))
        elif path == "/_rehearsal/hosted-zones":
            status, answer = await _change(_of_caller(scope, hosted_zones.provide), await _body(receive))
        elif path == "/_rehearsal/account":
            status, answer = await _change(_of_caller(scope, account.provide), await _body(receive))
        elif path == "/_rehearsal/rounds":
            status, answer = await _answer(rounds)
        elif path in answers:
            status, answer = 200, answers[path]()
        else:
            return await app(scope, receive, send)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    ministack.app.app = with_inventory


async def _body(receive) -> bytes:
    """The body of a request."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


def _of_caller(scope: dict, function: Callable[[dict], dict]) -> Callable[[dict], dict]:
    """A function of the account that the request's credentials are of."""
    from ministack.core.responses import get_region, request_scope
    from ministack.core.router import extract_access_key_id

    headers = {name.decode().lower(): value.decode() for name, value in scope.get("headers", [])}

    def called(given: dict) -> dict:
        with request_scope(extract_access_key_id(headers), get_region()):
            return function(given)

    return called


def events(scoped: Iterable[tuple]) -> list[dict]:
    """The events of all stacks in their order, those that are gone too."""
    found = [{"stack": event["StackName"], "logicalId": event["LogicalResourceId"], "type": event["ResourceType"],
              "status": event["ResourceStatus"], "time": datetime.fromisoformat(event["Timestamp"]).timestamp() * 1000}
             for _, stack in scoped for event in stack]
    return sorted(found, key=lambda event: event["time"])


def rounds() -> dict:
    """How many rounds every control loop of every cluster has completed by now, and why the last one failed."""
    return {name: vars(loop) for running in list(eks.RUNNING.values())
            for name, loop in running.plane.all_rounds().items()}


async def _change(function: Callable[[dict], dict], body: bytes) -> tuple[int, dict]:
    """What a change that is asked for comes to."""
    return await _answer(lambda: function(json.loads(body)))


async def _answer(function: Callable[[], dict]) -> tuple[int, dict]:
    """On a thread, as it may wait for Kubernetes, whose authentication asks this server."""
    try:
        return 200, await asyncio.to_thread(function)
    except ValueError as error:  # Refused is one
        return 400, {"message": str(error)}
    except (Stuck, Ended) as error:
        return 500, {"message": str(error)}
