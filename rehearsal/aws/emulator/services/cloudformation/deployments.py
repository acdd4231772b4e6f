"""The template of the stack in deployment: a resource that is not ordered before another may be missing on AWS, too."""

import copy
import functools
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from ...core.seams import cloudformation, engine, provisioners, stacks


@dataclass(frozen=True)
class Deployment:
    """A stack that is being created or updated."""

    stack_name: str
    stack_id: str
    template: dict
    parameters: dict

    @functools.cached_property
    def resources(self) -> dict[str, dict]:
        """The resources of the template whose condition holds."""
        conditions = engine.evaluate_conditions(self.template, self.parameters)
        return {
            name: definition
            for name, definition in self.template.get("Resources", {}).items()
            if conditions.get(definition.get("Condition"), True)
        }

    @functools.cached_property
    def needs(self) -> dict[str, set[str]]:
        """The direct dependencies of each resource."""
        return {
            name: engine.extract_deps(definition, set(self.resources)) for name, definition in self.resources.items()
        }

    def properties(self, definition: dict) -> dict:
        """A resource's properties, without those that cannot be known yet."""
        made = cloudformation.stacks[self.stack_name].get("_resources", {})
        conditions = engine.evaluate_conditions(self.template, self.parameters)
        known = {}
        for name, value in definition.get("Properties", {}).items():
            try:
                known[name] = engine.resolve_refs(
                    copy.deepcopy(value),
                    made,
                    self.parameters,
                    conditions,
                    self.template.get("Mappings", {}),
                    self.stack_name,
                    self.stack_id,
                )
            except Exception:  # the functions fail in many ways on what is not made yet
                continue
        return known


DEPLOYMENT: ContextVar[Deployment | None] = ContextVar("rehearsal_deployment", default=None)
PROVISIONED: ContextVar[str | None] = ContextVar("rehearsal_provisioned", default=None)
"""Logical id of the resource of DEPLOYMENT that is being created or updated."""


def ancestors(name: str, dependencies: dict[str, set[str]]) -> set[str]:
    """Everything that a resource depends on, directly or through others."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = dependencies[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def unordered(kind: str, **properties: Any) -> dict[str, dict]:
    """The resources of the same stack that are of that type, have these properties, and are not ordered before the
    one that is being created: logical id -> properties. On AWS they may come later, whatever the seed makes of it.
    """
    deployment, name = DEPLOYMENT.get(), PROVISIONED.get()
    if deployment is None or name is None:
        return {}
    resources = deployment.resources
    others = {key for key, definition in resources.items() if definition["Type"] == kind and key != name}
    late = others - ancestors(name, deployment.needs) if others else others
    found = {key: deployment.properties(resources[key]) for key in sorted(late)}
    return {key: known for key, known in found.items() if properties.items() <= _comparable(known).items()}


def _comparable(properties: dict) -> dict:
    """Those of the properties that are text."""
    return {name: value for name, value in properties.items() if isinstance(value, str)}


def install() -> None:
    """Wraps stacks.deploy_stack_async, provisioners.provision_resource and update_resource, for `unordered`. The
    context goes along to worker threads; a nested stack, which is deployed inside of its parent's, has none."""
    deploy = stacks.deploy_stack_async

    async def deploy_known(
        stack_name: str, stack_id: str, template: dict, param_values: dict, *args: Any, **kwargs: Any
    ) -> None:
        DEPLOYMENT.set(Deployment(stack_name, stack_id, template, param_values))
        return await deploy(stack_name, stack_id, template, param_values, *args, **kwargs)

    def wrap(function: Callable, stack_at: int, name_at: int) -> Callable:
        def wrapped(*args: Any) -> Any:
            deployment = DEPLOYMENT.get()
            is_of_it = deployment and len(args) > name_at and args[stack_at] == deployment.stack_name
            token = PROVISIONED.set(args[name_at] if is_of_it else None)
            try:
                return function(*args)
            finally:
                PROVISIONED.reset(token)

        return wrapped

    stacks.replace("deploy_stack_async", deploy_known)
    provisioners.replace("provision_resource", wrap(provisioners.provision_resource, 3, 1))
    provisioners.replace("update_resource", wrap(provisioners.update_resource, 4, 5))
