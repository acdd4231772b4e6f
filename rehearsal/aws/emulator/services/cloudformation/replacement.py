"""Whether an update replaces a resource, from CloudFormation's registry: MiniStack knows it of some types, of the others only
their stand-ins do."""

from typing import Any

from ...core import settings
from ...core.seams import provisioners
from .overrides import Made
from .provider_schemas import schema


def values(properties: Any, path: list[str]) -> list:
    """The values at a path, of which `*` is every item of a list."""
    if not path:
        return [properties]
    head, rest = path[0], path[1:]
    if head == "*":
        return [found for item in properties for found in values(item, rest)] if isinstance(properties, list) else []
    return values(properties[head], rest) if isinstance(properties, dict) and head in properties else []


def changed(paths: list[str], old: dict, new: dict) -> list[str]:
    """Those of the properties that differ."""
    return [path for path in paths if values(old, path.split("/")) != values(new, path.split("/"))]


def replacing(kind: str, old: dict, new: dict) -> list[str] | None:
    """The changed properties that replace a resource. None: the registry's extract lacks the type."""
    known = schema(kind)
    return None if known is None else changed(known["createOnly"], old, new)


def perhaps(kind: str, old: dict, new: dict) -> list[str]:
    """The changed properties that may replace it, depending on their values."""
    return changed((schema(kind) or {"conditionalCreateOnly": []})["conditionalCreateOnly"], old, new)


def refusal(kind: str, old: dict, new: dict) -> str | None:
    """Why CloudFormation cannot make a change, or None."""
    known = schema(kind)
    if known is None or old == new:
        return None
    if not replacing(kind, old, new):
        if known["handlers"] and "update" not in known["handlers"]:
            return f"CloudFormation cannot update {kind}: it has no update handler, and no changed property replaces it"
        return None
    identity = [(old.get(name), new.get(name)) for name in known["primaryIdentifier"]]
    is_kept = bool(identity) and all(was is not None and was == now for was, now in identity)
    if is_kept and known["replacementStrategy"] == "create_then_delete":
        name = "|".join(str(now) for _, now in identity)
        return (
            f"CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename {name} and "
            "update the stack again."
        )
    return None


def install() -> None:
    """Wraps provisioners.property_recreation, replacing_change and update_resource."""
    recreation, replaces, update = (
        provisioners.property_recreation,
        provisioners.replacing_change,
        provisioners.update_resource,
    )

    def property_recreation(kind: str, name: str) -> str:
        known = schema(kind)
        if known is None:
            return recreation(kind, name)
        if name in known["createOnly"]:
            return "Always"
        some = known["createOnly"] + known["conditionalCreateOnly"]
        return "Conditionally" if any(path.split("/")[0] == name for path in some) else "Never"

    def replacing_change(kind: str, old: dict, new: dict) -> bool:
        found = replacing(kind, old, new)
        return replaces(kind, old, new) if found is None else bool(found)

    def update_as_registered(
        kind: str,
        physical_id: str,
        old: dict,
        new: dict,
        stack_name: str,
        logical_id: str | None = None,
        old_attrs: dict | None = None,
    ) -> Made:
        refused = refusal(kind, old, new)
        if refused:
            raise ValueError(refused)
        result = update(kind, physical_id, old, new, stack_name, logical_id, old_attrs)
        if schema(kind) and not kind.startswith("Custom::") and not replacing(kind, old, new):
            names = ", ".join(sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name)))
            uncertain = ", ".join(perhaps(kind, old, new))
            if uncertain:
                done = "replaced" if result[0] != physical_id else "kept"
                settings.note(
                    f"another {uncertain} may replace {kind} {physical_id}, depending on the value; the rehearsal {done} it"
                )
            elif result[0] != physical_id:
                settings.note(f"the rehearsal replaces {kind} for another {names}, but CloudFormation does not")
        return result

    provisioners.replace("property_recreation", property_recreation)
    provisioners.replace("replacing_change", replacing_change)
    provisioners.replace("update_resource", update_as_registered)
