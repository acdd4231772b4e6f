"""Calling MiniStack's own services from the stand-ins, so that what they make shows in the `aws` command."""

import json
import re
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope

from .seams import iam, kms


class Refused(ValueError):
    """A service's answer was an error; the message becomes the reason of the stack event."""


class Fault(Refused):
    """A refusal under a code of the service's API."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def answer(response: tuple) -> str:
    """The body of a service's (status, headers, body), or Refused with its message."""
    status, _headers, body = response
    text = body.decode() if isinstance(body, bytes) else body
    if status < 400:
        return text
    found = re.search(r"<Message>(.*?)</Message>", text, re.DOTALL)
    raise Refused(found[1] if found else json.loads(text).get("message", text))


def query(function: Callable, **parameters: Any) -> str:
    """Call an action of a query service (EC2, IAM); a list becomes NAME.1, NAME.2 and so on; None is left out."""
    flat = {}
    for name, value in parameters.items():
        if isinstance(value, list):
            flat.update({f"{name}.{i}": [str(item)] for i, item in enumerate(value, 1)})
        elif value is not None:
            flat[name] = [str(value).lower() if isinstance(value, bool) else str(value)]
    return answer(function(flat))


def element(tag: str, xml: str) -> str:
    """The text of the first element of that name."""
    found = re.search(rf"<{tag}>(.*?)</{tag}>", xml, re.DOTALL)
    if found is None:
        raise ValueError(f"there is no {tag} in {xml}")
    return found[1]


def result(response: tuple) -> dict:
    """The JSON body of a service's answer, or Refused."""
    return json.loads(answer(response))


def camel(value: Any) -> Any:
    """CloudFormation's PascalCase keys as the APIs' camelCase, at every depth."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: camel(item) for key, item in value.items()}
    if isinstance(value, list):
        return [camel(item) for item in value]
    return value


def is_true(value: Any) -> bool:
    """Whether a property of a template is true: CloudFormation takes text too."""
    return str(value).lower() == "true"


def tags(properties: dict) -> dict:
    """A resource's Tags, which come as a list of Key and Value or as a map."""
    given = properties.get("Tags") or {}
    return dict(given) if isinstance(given, dict) else {tag["Key"]: tag["Value"] for tag in given}


def require_role(arn: str) -> None:
    """Refuse a role of the own account that does not exist, as EKS does when it passes a role on."""
    account, _, resource = arn.partition(":iam::")[2].partition(":")
    name = resource.rpartition("/")[2]
    if account == get_account_id() and resource.startswith("role/") and iam.roles.get(name) is None:
        raise Refused(f"Role {arn} does not exist: order the resource that names it after the role.")


def enabled_key(key: str | None, region: str | None = None) -> dict | None:
    """The record of a key of the own account that can be used in a region, which is the own one by default."""
    with request_scope(get_account_id(), region or get_region()):
        found = kms.resolve_key(key) if key else None
    return found if found and found["KeyState"] == "Enabled" else None
