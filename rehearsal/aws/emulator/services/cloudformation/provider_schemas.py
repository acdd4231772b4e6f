"""Resource types by CloudFormation's registry, and the names of their resources: files of rehearsal/src/provider."""

import functools
import json
import re
from typing import Any

from ...core import settings


@functools.cache
def registry() -> dict:
    """The generated extract: types, actions of IAM, and ARNs of IAM's resource types."""
    return json.loads((settings.PROVIDER / "registry.json").read_text(encoding="utf-8"))


@functools.cache
def names() -> dict:
    """How the resources of each type are named."""
    return json.loads((settings.PROVIDER / "names.json").read_text(encoding="utf-8"))


def schema(kind: str) -> dict | None:
    """The schema of a type; every custom resource has the same one. None if the extract has none."""
    return registry()["types"].get("Custom::" if kind.startswith("Custom::") else kind)


def at(properties: Any, path: str) -> Any:
    """The value at a path like Budget/BudgetName."""
    for key in path.split("/"):
        properties = properties.get(key) if isinstance(properties, dict) else None
    return properties


def name_on_aws(kind: str, logical_id: str, properties: dict, stack_name: str) -> str:
    """The name that a resource has, or that CloudFormation would generate; see rehearsal/src/provider/naming.ts."""
    naming = names()[kind]
    given = at(properties, naming["name"]) if "name" in naming else None
    if given:
        name = str(given)
    else:
        name = {
            "stack": f"{stack_name}-{logical_id}-0A1B2C3D4E5F",
            "logical": f"{logical_id}-0A1B2C3D4E5F",
            "short": f"{stack_name[:6].rstrip('-')}-{logical_id[:5]}-0A1B2C3D4E5F",
            "project": f"{logical_id[:27]}-0A1B2C3D4E5F",
            "ssm": f"CFN-{logical_id}-0A1B2C3D4E5F",
        }.get(naming.get("generated"), "0a1b2c3d4e5f")
    return name.lower() if naming.get("lowerCase") else name


def arn(resource: str, name: str, account: str, region: str) -> str:
    """The ARN of a thing of one of IAM's resource types: variables after the name are something or other."""
    name = name.removeprefix("alias/") if resource == "kms:alias" else name
    name = name.removeprefix("/") if resource == "ssm:parameter" else name
    fixed = {"Partition": "aws", "Region": region, "Account": account, "Scope": "any", "ConfigurationType": "any"}
    variables = iter([name])
    return re.sub(
        r"\$\{(\w+)\}", lambda found: fixed.get(found[1]) or next(variables, "any"), registry()["resources"][resource]
    )
