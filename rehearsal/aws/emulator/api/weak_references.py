"""Values that stacks have read from outputs of others (Fn::GetStackOutput) and that are others by now. AWS tells nobody: "the
consuming stack is not automatically updated or notified"
(https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html)."""

import copy
import json

from ministack.core.responses import request_scope

from ..core.records import is_gone
from ..core.seams import cloudformation, engine


def stale() -> list[dict]:
    """Every resource and every output that holds an old value: where it is, and which properties."""
    found = []
    for (account, region, name), stack in cloudformation.stacks.all_items():
        if not is_gone(stack):
            with request_scope(account, region):
                found += [
                    {"account": account, "region": region, "stack": name, **each} for each in _stale_of(name, stack)
                ]
    return found


def _stale_of(name: str, stack: dict) -> list[dict]:
    template, parameters = stack.get("_template") or {}, stack.get("_resolved_params") or {}
    made = stack.get("_resources") or {}
    conditions = engine.evaluate_conditions(template, parameters)
    held = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs") or []}
    readers = [
        ("resource", key, definition.get("Properties"), made[key]["Properties"])
        for key, definition in (template.get("Resources") or {}).items()
        if key in made
    ]
    readers += [
        ("output", key, {"Value": definition.get("Value")}, {"Value": held[key]})
        for key, definition in (template.get("Outputs") or {}).items()
        if key in held
    ]
    found = []
    for kind, key, written, known in readers:
        reading = {each for each, value in (written or {}).items() if "Fn::GetStackOutput" in json.dumps(value)}
        if not reading:
            continue
        try:
            now = engine.resolve_refs(
                copy.deepcopy(written),
                made,
                parameters,
                conditions,
                template.get("Mappings", {}),
                name,
                stack["StackId"],
            )
        except ValueError as error:  # the output is gone
            found.append({"kind": kind, "logicalId": key, "properties": [str(error)]})
            continue
        changed = sorted(each for each in reading if now[each] != known.get(each))
        found += [{"kind": kind, "logicalId": key, "properties": changed}] if changed else []
    return found
