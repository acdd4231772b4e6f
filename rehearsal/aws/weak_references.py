"""Values that stacks have read from outputs of others (Fn::GetStackOutput) and that are others by now. AWS tells nobody: "the
consuming stack is not automatically updated or notified"
(https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html)."""

import copy
import json

from inventory import is_gone


def stale() -> list[dict]:
    """Every resource that holds an old value: where it is, and what it would hold."""
    from ministack.core.responses import request_scope
    from ministack.services import cloudformation

    found = []
    for (account, region, name), stack in cloudformation._stacks.all_items():
        if not is_gone(stack):
            with request_scope(account, region):
                found += [{"account": account, "region": region, "stack": name, **each} for each in _stale_of(name, stack)]
    return found


def _stale_of(name: str, stack: dict) -> list[dict]:
    from ministack.services.cloudformation import engine

    template, made = stack.get("_template") or {}, stack.get("_resources") or {}
    parameters = stack.get("_resolved_params") or {}
    conditions = engine._evaluate_conditions(template, parameters)
    found = []
    for logical_id, definition in (template.get("Resources") or {}).items():
        properties, record = definition.get("Properties"), made.get(logical_id)
        if record is None or "Fn::GetStackOutput" not in json.dumps(properties):
            continue
        try:
            now = engine._resolve_refs(copy.deepcopy(properties), made, parameters, conditions,
                                       template.get("Mappings", {}), name, stack["StackId"])
        except ValueError as error:  # the output is gone
            found.append({"logicalId": logical_id, "properties": [str(error)]})
            continue
        changed = sorted(key for key in now if now[key] != record["Properties"].get(key))
        found += [{"logicalId": logical_id, "properties": changed}] if changed else []
    return found
