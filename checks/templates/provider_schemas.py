"""Facts of CloudFormation's registry about resource types, from the schemas that cfn-lint packages: types in, JSON out."""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import cfnlint

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"
HANDLERS = ("create", "read", "update", "delete")  # `list` is for importing and drift, which no deployment does


def properties(schema: dict, kind: str) -> list[str]:
    """Paths like Budget/BudgetName: `*` is every item of a list."""
    return sorted(path.removeprefix("/properties/").replace("/properties/", "/") for path in schema.get(kind, []))


def extract(schema: dict) -> dict:
    """The part of a schema that says what an update may change and what deploying it takes."""
    handlers = schema.get("handlers", {})
    create_only, conditional, read_only, identifier = (
        properties(schema, kind)
        for kind in (
            "createOnlyProperties",
            "conditionalCreateOnlyProperties",
            "readOnlyProperties",
            "primaryIdentifier",
        )
    )
    # An identifying property cannot change in place, although one schema, of record sets, does not list it.
    unlisted = {path for path in identifier if path not in create_only and path not in read_only}
    return {
        "createOnly": create_only,
        "conditionalCreateOnly": sorted({*conditional, *unlisted}),
        "primaryIdentifier": [path.removeprefix("/properties/") for path in schema.get("primaryIdentifier", [])],
        "replacementStrategy": schema.get("replacementStrategy", "create_then_delete"),
        "handlers": {name: sorted(set(handlers[name].get("permissions", []))) for name in HANDLERS if name in handlers},
    }


# us-east-1 has every type.
hashes = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
types = json.load(sys.stdin)
unknown = [kind for kind in types if kind not in hashes]
if unknown:
    sys.exit(f"CloudFormation's registry has no type {', '.join(unknown)}")
read = [json.loads((SCHEMAS / "resources" / f"{hashes[kind]}.json").read_text(encoding="utf-8")) for kind in types]
date = json.loads((SCHEMAS / "version.json").read_text(encoding="utf-8"))["schema_date"]
json.dump(
    {
        "source": f"cfn-lint {version('cfn-lint')}, schemas of {date}",
        "types": {schema["typeName"]: extract(schema) for schema in read},
    },
    sys.stdout,
)
