"""Functions around those that create, update and delete a type of resource in MiniStack's CloudFormation."""

import functools
from collections.abc import Callable

from ...core.seams import provisioners


def override(kind: str, **wrappers) -> None:
    """Put wrapper(original, …) in place of the functions that create, update or delete a type: in the engine's table,
    and where provisioners calls them by name."""
    handlers = provisioners.RESOURCE_HANDLERS[kind]
    for action, wrapper in wrappers.items():
        original = handlers[action]
        handlers[action] = functools.wraps(original)(functools.partial(wrapper, original))
        provisioners.replace(original.__name__, handlers[action])


def check(kind: str, refuse: Callable[[dict, str | None], None]) -> None:
    """Have refuse(properties, physical id or None) look at every resource of a type that is created or updated."""

    def create(make, logical_id, properties, stack_name):
        refuse(properties, None)
        return make(logical_id, properties, stack_name)

    def update(change, physical_id, old, new, *names):
        refuse(new, physical_id)
        return change(physical_id, old, new, *names)

    override(kind, create=create, update=update)


def check_deletion(kind: str, refuse: Callable[[str], None]) -> None:
    """Have refuse(physical id) look at every resource of a type that is deleted."""

    def delete(remove, physical_id, properties):
        refuse(physical_id)
        remove(physical_id, properties)

    override(kind, delete=delete)
