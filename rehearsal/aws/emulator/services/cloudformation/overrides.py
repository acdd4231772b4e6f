"""Functions around those that create, update and delete a type of resource in MiniStack's CloudFormation."""

import functools
from collections.abc import Callable
from typing import Any

from ...core.seams import provisioners

Made = tuple[str, dict]
"""Physical id and attributes of a resource."""
Create = Callable[[str, dict, str], Made]
"""(logical id, properties, stack's name)"""
Update = Callable[..., Made]
"""(physical id, old properties, new ones, stack's name and, of some types, logical id)"""
Delete = Callable[[str, dict], None]
"""(physical id, properties)"""


def override(kind: str, **wrappers: Any) -> None:
    """Put wrapper(original, …) in place of the functions that create, update or delete a type: in the engine's table,
    and where provisioners calls them by name."""
    handlers = provisioners.RESOURCE_HANDLERS[kind]
    for action, wrapper in wrappers.items():
        original = handlers[action]
        handlers[action] = functools.wraps(original)(functools.partial(wrapper, original))
        provisioners.replace(original.__name__, handlers[action])


def check(kind: str, refuse: Callable[[dict, str | None], None]) -> None:
    """Have refuse(properties, physical id or None) look at every resource of a type that is created or updated."""

    def create(make: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
        refuse(properties, None)
        return make(logical_id, properties, stack_name)

    def update(change: Update, physical_id: str, old: dict, new: dict, *names: Any) -> Made:
        refuse(new, physical_id)
        return change(physical_id, old, new, *names)

    override(kind, create=create, update=update)


def check_deletion(kind: str, refuse: Callable[[str], None]) -> None:
    """Have refuse(physical id) look at every resource of a type that is deleted."""

    def delete(remove: Delete, physical_id: str, properties: dict) -> None:
        refuse(physical_id)
        remove(physical_id, properties)

    override(kind, delete=delete)
