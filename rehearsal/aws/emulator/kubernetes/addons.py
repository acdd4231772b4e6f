"""EKS add-ons: the objects that they bring into the cluster and how configuration changes those.

kubernetes/addons/<name>.yaml holds the objects, <name>.schema.yaml the fields of the configuration (JSON Schema with keys of its
own, explained in definitions.yaml). All of it is data; nothing here knows a particular add-on.
"""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from ..core import settings
from ..core.ministack_api import Refused

YAML = yaml.CSafeLoader
"""libyaml's parser, which takes a tenth of the time of Python's."""

NAMESPACE = "kube-system"
"""Where they live that do not bring a namespace."""


def load(name: str) -> tuple[list[dict], dict]:
    """The objects and the schema of an add-on."""
    file = settings.ADDONS / f"{name}.yaml"
    if not file.exists():
        raise Refused(
            f"Add-on {name} is not known to the rehearsal: add its objects as "
            f"rehearsal/kubernetes/addons/{name}.yaml and its schema as {name}.schema.yaml."
        )
    return read(file)


def read(file: Path) -> tuple[list[dict], dict]:
    """The objects in a file, and the schema beside it with the definitions that all share."""
    with (
        open(file, encoding="utf-8") as objects,
        open(file.with_suffix(".schema.yaml"), encoding="utf-8") as schema,
        open(settings.ADDONS / "definitions.yaml", encoding="utf-8") as shared,
    ):
        return list(yaml.load_all(objects, YAML)), {**yaml.load(schema, YAML), "$defs": yaml.load(shared, YAML)}


def problems(schema: dict, values: dict) -> str:
    """Violations of a schema, by key; empty if there are none."""
    validator = jsonschema.Draft202012Validator(schema)
    errors = sorted(validator.iter_errors(values), key=lambda error: error.json_path)
    return "; ".join(f"{error.json_path}: {error.message}" for error in errors)


def refuse_invalid(name: str, schema: dict, values: dict) -> None:
    """Refuse configuration that the add-on's schema does not allow, naming add-on and key."""
    listed = problems(schema, values)
    if listed:
        raise Refused(
            f"ConfigurationValue provided in request is not supported by add-on {name}: "
            f"Json schema validation failed with error: [{listed}]"
        )


def changes(schema: dict, values: dict) -> Iterator[tuple[str, object]]:
    """The targets (KIND/NAME PATH) that configuration sets, and their values: first those that a chart takes for all of its parts, then
    those for one part, whatever their order."""
    found = sorted(_changes(schema, values, 0), key=lambda change: change[0])
    yield from ((target, value) for _depth, target, value in found)


def _changes(schema: dict, values: dict, depth: int) -> Iterator[tuple[int, str, object]]:
    for key, value in values.items():
        described = schema.get("properties", {}).get(key, {})
        target = described.get("x-sets")
        if target is None:
            if isinstance(value, dict):
                yield from _changes(described, value, depth + 1)
        else:
            made = described["x-format"].format(**value) if "x-format" in described else value
            if "x-each" in described:
                made = [merged(item, described["x-each"]) for item in made]
            for one in [target] if isinstance(target, str) else target:
                if "x-replaces" not in described:
                    yield depth, one, made
                elif made:
                    yield from ((depth, one, None), (depth, one, made))


def merged(one: dict, other: dict) -> dict:
    """Two maps as Helm merges them: the other's values go before."""
    return {
        **one,
        **{
            key: merged(one[key], value) if isinstance(value, dict) and isinstance(one.get(key), dict) else value
            for key, value in other.items()
        },
    }


def left_out(schema: dict, values: dict) -> Iterator[str]:
    """The objects (KIND/NAME) that are not there because the key that brings them is false or empty."""
    for key, described in schema.get("properties", {}).items():
        value = values.get(key, described.get("default"))
        if not value:
            yield from described.get("x-brings", ())
        yield from left_out(described, value if isinstance(value, dict) else {})


def set_path(parent: Any, path: list[str], value: Any) -> None:
    """Put a value into an object: maps are merged, lists and scalars replaced, a map for `env` becomes its list, a flag
    (`--flag`) an argument."""
    key, rest = path[0], path[1:]
    if isinstance(parent, list) and key.startswith("-"):
        text = str(value).lower() if isinstance(value, bool) else value
        parent[:] = [item for item in parent if not item.startswith(f"{key}=")] + [f"{key}={text}"]
    elif isinstance(parent, list):
        set_path({item["name"]: item for item in parent}[key], rest, value)
    elif rest:
        set_path(parent.setdefault(key, {}), rest, value)
    elif key == "env" and isinstance(value, dict):
        parent[key] = [{"name": name, "value": text} for name, text in value.items()]
    elif isinstance(value, dict) and isinstance(parent.get(key), dict):
        for name, item in value.items():
            set_path(parent[key], [name], item)
    else:
        parent[key] = value


def configured(objects: list[dict], schema: dict, values: dict) -> list[dict]:
    """The objects of an add-on under a configuration."""
    objects = copy.deepcopy(objects)
    named = {f"{obj['kind']}/{obj['metadata']['name']}": obj for obj in objects}
    for target, value in changes(schema, values):
        name, _, path = target.partition(" ")
        set_path(named[name], path.split("."), value)
    absent = set(left_out(schema, values))
    return [obj for name, obj in named.items() if name not in absent]


def values(name: str, configuration: str | None) -> dict:
    """The ConfigurationValues of an add-on, parsed."""
    try:
        return yaml.load(configuration or "{}", YAML) or {}
    except yaml.YAMLError as error:
        raise Refused(f"ConfigurationValue of add-on {name} is neither JSON nor YAML: {error}") from error


def render(name: str, configuration: str | None) -> list[dict]:
    """The objects that an add-on with that ConfigurationValues (JSON or YAML) brings; Refused if it is not valid."""
    objects, schema = load(name)
    given = values(name, configuration)
    refuse_invalid(name, schema, given)
    return configured(objects, schema, given)
