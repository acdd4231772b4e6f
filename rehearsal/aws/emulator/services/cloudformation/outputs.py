"""Outputs and exports of stacks: those of other regions, changes of them alone, and the exports that are in use."""

from typing import Any

from ministack.core.responses import get_account_id

from ...core.seams import changesets, cloudformation, engine, handlers, stacks


def install() -> None:
    """Put every seam of this module in."""
    read_outputs_of_other_regions()
    keep_changes_of_outputs()
    guard_exports()


def read_outputs_of_other_regions() -> None:
    """Wraps engine.resolve_refs, which looks for Fn::GetStackOutput in the consumer's own region only. The CDK makes
    it of a weak reference."""
    resolve = engine.resolve_refs

    def wrapped(value: Any, *context: Any) -> Any:
        spec = value.get("Fn::GetStackOutput") if isinstance(value, dict) else None
        if not isinstance(spec, dict) or "Region" not in spec:
            return resolve(value, *context)
        region, stack_name, key = (resolve(spec[part], *context) for part in ("Region", "StackName", "OutputName"))
        stack = cloudformation.stacks.get_scoped(get_account_id(), region, stack_name) or {}
        is_deleted = stack.get("StackStatus") == "DELETE_COMPLETE"  # the record keeps its outputs
        for output in stack.get("Outputs", []):
            if output["OutputKey"] == key and not is_deleted:
                return output["OutputValue"]
        raise ValueError(f"Output '{key}' not found in stack '{stack_name}' of {region}: deploy that stack first.")

    engine.replace("resolve_refs", wrapped)


class OnlyOutputs(list):
    """The changes of a change set that changes no resource and yet is not empty."""

    def __bool__(self) -> bool:
        return True


def keep_changes_of_outputs() -> None:
    """Wraps changesets.resolve_props_for_diff and diff_resources, which look at resources only: a stack that gains
    an output for a new consumer would be skipped as unchanged, and the consumer would then fail."""
    resolve, diff = changesets.resolve_props_for_diff, stacks.diff_resources

    def resolve_with_outputs(template: dict | None, *args: Any) -> dict:
        return {**resolve(template, *args), "Outputs": (template or {}).get("Outputs") or {}}

    def diff_with_outputs(old: dict, new: dict, *args: Any, **kwargs: Any) -> list:
        changes = diff(old, new, *args, **kwargs)
        return changes or (OnlyOutputs() if old.get("Outputs", {}) != new.get("Outputs", {}) else changes)

    changesets.replace("resolve_props_for_diff", resolve_with_outputs)
    stacks.replace("diff_resources", diff_with_outputs)


def guard_exports() -> None:
    """Wraps stacks.resolve_stack_outputs, the last of an update that can fail. MiniStack protects what other stacks
    import from a deletion only: an update may change it or take it away, and what it takes away stays listed."""
    resolve = stacks.resolve_stack_outputs

    def wrapped(
        definitions: dict,
        conditions: dict,
        resources: dict,
        parameters: dict,
        mappings: dict,
        stack_name: str,
        stack_id: str,
    ) -> Any:
        outputs, new = resolve(definitions, conditions, resources, parameters, mappings, stack_name, stack_id)
        old = {name: held for name, held in cloudformation.exports.items() if held["StackId"] == stack_id}
        for name in sorted(name for name in old if new.get(name) != old[name]):
            users = importers(name)
            if users:
                done = "updated" if name in new else "deleted"
                raise ValueError(f"Export {name} cannot be {done} as it is in use by {', '.join(users)}")
        for name in old.keys() - new.keys():
            cloudformation.exports.pop(name)
        return outputs, new

    stacks.replace("resolve_stack_outputs", wrapped)


def importers(export: str) -> list[str]:
    """The stacks of this region whose deployed template imports a value."""
    return sorted(
        name
        for name, stack in cloudformation.stacks.items()
        if stack["StackStatus"] != "DELETE_COMPLETE"  # the record keeps its template
        and export in handlers.imported_export_names(stack, name)
    )
