"""CloudFormation types that MiniStack lacks.

A stand-in creates the thing in MiniStack's own service where there is one. The rest (RECORDED) is only remembered:
its properties can be looked at, nothing behind them is checked.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from ministack.core.responses import get_account_id, get_region

from ...core import settings
from ...core.seams import provisioners
from .overrides import Made
from .provider_schemas import schema


@dataclass(frozen=True)
class StandIn:
    """A resource type. CloudFormation's registry says which changes replace the resource. Of a type that its extract lacks, a
    change outside `mutable` and Tags does."""

    create: Callable[[dict, str], str]
    """(properties, generated name) -> physical id"""
    delete: Callable[[str, dict], object]
    attributes: Callable[[str, dict], dict] = lambda physical_id, properties: {}
    mutable: frozenset[str] | None = frozenset()
    """Properties that the stand-in applies. None: every property"""
    update: Callable[[str, dict, dict], object] = lambda physical_id, old, new: None
    recorded: bool = False


REGISTERED: dict[str, StandIn] = {}


def register(types: dict[str, StandIn]) -> None:
    """Add types to provisioners.RESOURCE_HANDLERS, the engine's table."""
    for kind, stand_in in types.items():
        REGISTERED[kind] = stand_in
        provisioners.RESOURCE_HANDLERS[kind] = _handlers(kind, stand_in, provisioners.physical_name)


def recorded_types() -> set[str]:
    """The types that are only remembered."""
    return {kind for kind, stand_in in REGISTERED.items() if stand_in.recorded}


def _handlers(kind: str, stand_in: StandIn, physical_name: Callable) -> dict:
    def create(logical_id: str, properties: dict, stack_name: str) -> Made:
        physical_id = stand_in.create(properties, physical_name(stack_name, logical_id))
        return physical_id, stand_in.attributes(physical_id, properties)

    def update(physical_id: str, old: dict, new: dict, stack_name: str, logical_id: str | None = None) -> Made:
        changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        unknown = set() if stand_in.mutable is None else changed - stand_in.mutable - {"Tags"}
        if unknown and schema(kind) is None:
            return create(logical_id or physical_id, new, stack_name)
        if unknown:
            settings.note(
                f"the rehearsal ignores another {', '.join(sorted(unknown))} of {kind}, but CloudFormation updates it"
            )
        stand_in.update(physical_id, old, new)
        return physical_id, stand_in.attributes(physical_id, new)

    return {"create": create, "update": update, "update_with_logical_id": True, "delete": stand_in.delete}


def _record(
    reference: Callable[[dict, str], str], attributes: Callable[[str, dict], dict] = lambda physical_id, properties: {}
) -> StandIn:
    """A stand-in that only remembers; every property can change in place."""
    return StandIn(reference, lambda physical_id, properties: None, attributes, mutable=None, recorded=True)


def _arn(service: str, kind: str) -> Callable[[dict, str], str]:
    """A physical id that is an ARN ending in a random identifier."""

    def make(properties: dict, name: str) -> str:
        return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{kind}/{uuid.uuid4()}"

    return make


RECORDED = {
    "AWS::CodePipeline::Pipeline": _record(lambda p, name: p.get("Name") or name, lambda i, p: {"Version": "1"}),
    "AWS::CodeStarConnections::Connection": _record(
        _arn("codestar-connections", "connection"), lambda i, p: {"ConnectionArn": i, "ConnectionStatus": "PENDING"}
    ),
    "AWS::CodeConnections::Connection": _record(
        _arn("codeconnections", "connection"), lambda i, p: {"ConnectionArn": i, "ConnectionStatus": "PENDING"}
    ),
}
"""The types that nothing in MiniStack stands behind."""


def install() -> None:
    """Register what is only remembered."""
    register(RECORDED)
