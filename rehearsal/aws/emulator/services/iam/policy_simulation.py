"""iam:SimulatePrincipalPolicy with the context that is given: MiniStack leaves ContextEntries out."""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from ...core.seams import iam, iam_evaluator

GIVEN: ContextVar[Mapping[str, str | list[str]]] = ContextVar("given", default=MappingProxyType({}))


def install() -> None:
    """Put the given context before what MiniStack knows of a request."""
    simulate = iam.IAM_HANDLERS["SimulatePrincipalPolicy"]
    resolve = iam_evaluator.resolve_condition_key

    def with_context(parameters: dict) -> tuple:
        held = GIVEN.set(entries(parameters))
        try:
            return simulate(parameters)
        finally:
            GIVEN.reset(held)

    def resolved(key: str, context: Any) -> Any:
        given = GIVEN.get()
        return given[key.lower()] if key.lower() in given else resolve(key, context)

    iam.IAM_HANDLERS["SimulatePrincipalPolicy"] = with_context
    iam_evaluator.resolve_condition_key = resolved


def entries(parameters: dict) -> dict[str, str | list[str]]:
    """The values of each key of ContextEntries, in lower case: one, or a list of several."""
    names: dict[str, str] = {}
    values: dict[str, list[str]] = {}
    for name, value in parameters.items():
        found = re.fullmatch(r"ContextEntries\.member\.(\d+)\.(ContextKeyName|ContextKeyValues\.member\.\d+)", name)
        if found and found[2] == "ContextKeyName":
            names[found[1]] = value[0].lower()
        elif found:
            values.setdefault(found[1], []).append(value[0])
    return {key: values[at][0] if len(values.get(at, [])) == 1 else values.get(at, []) for at, key in names.items()}
