"""Attributes that MiniStack's types do not return."""

from collections.abc import Callable
from typing import Any

from ...core.seams import provisioners
from .overrides import Made


class Attributes(dict):
    """Attributes of a resource; one that MiniStack does not return is read from the property of the same name."""

    def __init__(self, attributes: dict, properties: dict):
        super().__init__(attributes)
        self.properties = properties

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or self._property(str(name)) is not None

    def __missing__(self, name: str) -> Any:
        value = self._property(name)
        if value is None:
            raise KeyError(name)
        return value

    def _property(self, name: str) -> Any:
        value: Any = self.properties
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value


def install() -> None:
    """Wraps provisioners.provision_resource and update_resource, whose attributes are incomplete (a VPC has no
    CidrBlock): the stack would fail with «Requested attribute … does not exist in schema»."""

    def wrap(function: Callable, properties_at: int) -> Callable:
        def wrapped(*args: Any, **kwargs: Any) -> Made:
            physical_id, attributes = function(*args, **kwargs)
            return physical_id, Attributes(attributes or {}, args[properties_at])

        return wrapped

    provisioners.replace("provision_resource", wrap(provisioners.provision_resource, 2))
    provisioners.replace("update_resource", wrap(provisioners.update_resource, 3))
