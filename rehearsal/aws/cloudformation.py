"""Seams of MiniStack's CloudFormation engine. Each can go when MiniStack does the same by itself."""

import copy
import functools
import hashlib
import heapq
import sys
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

import settings


def install() -> None:
    """Put every seam of this module in."""
    shuffle_independent_resources()
    fall_back_to_properties()
    read_outputs_of_other_regions()
    keep_changes_of_outputs()
    guard_exports()
    provision_eks_on_worker_threads()
    know_the_template()


def replace(owner, name: str, new) -> None:
    """Set owner.name, and wherever CloudFormation's modules imported the old one by name."""
    old = getattr(owner, name)
    for module in [m for key, m in sys.modules.items() if key.startswith("ministack.services.cloudformation")]:
        if getattr(module, name, None) is old:
            setattr(module, name, new)
    setattr(owner, name, new)


def override(kind: str, **wrappers) -> None:
    """Put wrapper(original, …) in place of the functions that create, update or delete a type: in the engine's table,
    and where provisioners calls them by name."""
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS[kind]
    for action, wrapper in wrappers.items():
        original = handlers[action]
        handlers[action] = functools.wraps(original)(functools.partial(wrapper, original))
        replace(provisioners, original.__name__, handlers[action])


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


def shuffled_order(dependencies: dict[str, set[str]], seed: str) -> list[str]:
    """A topological order in which the seed, not the name, decides among resources that nothing orders.

    Every resource has a rank that depends on the seed and its own name alone, so that a seed that found a missing
    edge keeps finding it while other parts of the template change.
    """

    def rank(name: str) -> tuple[bytes, str]:
        return hashlib.sha256(f"{seed}/{name}".encode()).digest(), name

    waiting = {name: {d for d in needs if d in dependencies and d != name} for name, needs in dependencies.items()}
    dependents: dict[str, list[str]] = {name: [] for name in waiting}
    for name, needs in waiting.items():
        for need in needs:
            dependents[need].append(name)
    ready = [rank(name) for name, needs in waiting.items() if not needs]
    heapq.heapify(ready)
    order = []
    while ready:
        name = heapq.heappop(ready)[1]
        order.append(name)
        for dependent in dependents[name]:
            waiting[dependent].discard(name)
            if not waiting[dependent]:
                heapq.heappush(ready, rank(dependent))
    if len(order) < len(waiting):
        raise ValueError(f"Circular dependency between resources: [{', '.join(sorted(set(waiting) - set(order)))}]")
    return order


def shuffle_independent_resources() -> None:
    """Replaces engine._topological_sort, which orders independent resources by name: a lucky name hides a missing
    edge. Deletion uses the reverse of the same order."""
    from ministack.services.cloudformation import engine

    def sort(resources: dict, conditions: dict) -> list[str]:
        active = {n for n, d in resources.items() if not d.get("Condition") or conditions.get(d["Condition"], True)}
        needs = {name: engine._extract_deps(resources[name], active) for name in sorted(active)}
        return shuffled_order(needs, str(settings.SEED))

    replace(engine, "_topological_sort", sort)


class Attributes(dict):
    """Attributes of a resource; one that MiniStack does not return is read from the property of the same name."""

    def __init__(self, attributes: dict, properties: dict):
        super().__init__(attributes)
        self.properties = properties

    def __contains__(self, name) -> bool:
        return super().__contains__(name) or self._property(name) is not None

    def __missing__(self, name):
        value = self._property(name)
        if value is None:
            raise KeyError(name)
        return value

    def _property(self, name: str):
        value = self.properties
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value


def fall_back_to_properties() -> None:
    """Wraps provisioners._provision_resource and _update_resource, whose attributes are incomplete (a VPC has no
    CidrBlock): the stack would fail with «Requested attribute … does not exist in schema»."""
    from ministack.services.cloudformation import provisioners

    def wrap(function, properties_at: int):
        def wrapped(*args, **kwargs):
            physical_id, attributes = function(*args, **kwargs)
            return physical_id, Attributes(attributes or {}, args[properties_at])

        return wrapped

    replace(provisioners, "_provision_resource", wrap(provisioners._provision_resource, 2))
    replace(provisioners, "_update_resource", wrap(provisioners._update_resource, 3))


def read_outputs_of_other_regions() -> None:
    """Wraps engine._resolve_refs, which looks for Fn::GetStackOutput in the consumer's own region only. The CDK makes
    it of a weak reference."""
    from ministack.core.responses import get_account_id
    from ministack.services import cloudformation
    from ministack.services.cloudformation import engine

    resolve = engine._resolve_refs

    def wrapped(value, *context):
        spec = value.get("Fn::GetStackOutput") if isinstance(value, dict) else None
        if not isinstance(spec, dict) or "Region" not in spec:
            return resolve(value, *context)
        region, stack_name, key = (resolve(spec[part], *context) for part in ("Region", "StackName", "OutputName"))
        stack = cloudformation._stacks.get_scoped(get_account_id(), region, stack_name) or {}
        is_deleted = stack.get("StackStatus") == "DELETE_COMPLETE"  # whose record keeps its outputs
        for output in stack.get("Outputs", []):
            if output["OutputKey"] == key and not is_deleted:
                return output["OutputValue"]
        raise ValueError(f"Output '{key}' not found in stack '{stack_name}' of {region}: deploy that stack first.")

    replace(engine, "_resolve_refs", wrapped)


class OnlyOutputs(list):
    """The changes of a change set that changes no resource and yet is not empty."""

    def __bool__(self) -> bool:
        return True


def keep_changes_of_outputs() -> None:
    """Wraps changesets._resolve_props_for_diff and _diff_resources, which look at resources only: a stack that gains
    an output for a new consumer would be skipped as unchanged, and the consumer would then fail."""
    from ministack.services.cloudformation import changesets, stacks

    resolve, diff = changesets._resolve_props_for_diff, stacks._diff_resources

    def resolve_with_outputs(template, *args):
        return {**resolve(template, *args), "Outputs": (template or {}).get("Outputs") or {}}

    def diff_with_outputs(old, new, *args, **kwargs):
        changes = diff(old, new, *args, **kwargs)
        return changes or (OnlyOutputs() if old.get("Outputs", {}) != new.get("Outputs", {}) else changes)

    replace(changesets, "_resolve_props_for_diff", resolve_with_outputs)
    replace(stacks, "_diff_resources", diff_with_outputs)


def guard_exports() -> None:
    """Wraps stacks._resolve_stack_outputs, the last of an update that can fail. MiniStack protects what other stacks
    import from a deletion only: an update may change it or take it away, and what it takes away stays listed."""
    from ministack.services import cloudformation
    from ministack.services.cloudformation import stacks

    resolve = stacks._resolve_stack_outputs

    def wrapped(definitions, conditions, resources, parameters, mappings, stack_name, stack_id):
        outputs, new = resolve(definitions, conditions, resources, parameters, mappings, stack_name, stack_id)
        old = {name: held for name, held in cloudformation._exports.items() if held["StackId"] == stack_id}
        for name in sorted(name for name in old if new.get(name) != old[name]):
            users = importers(name)
            if users:
                done = "updated" if name in new else "deleted"
                raise ValueError(f"Export {name} cannot be {done} as it is in use by {', '.join(users)}")
        for name in old.keys() - new.keys():
            cloudformation._exports.pop(name)
        return outputs, new

    replace(stacks, "_resolve_stack_outputs", wrapped)


def importers(export: str) -> list[str]:
    """The stacks of this region whose deployed template imports a value."""
    from ministack.services import cloudformation
    from ministack.services.cloudformation import handlers

    return sorted(name for name, stack in cloudformation._stacks.items()
                  if stack["StackStatus"] != "DELETE_COMPLETE"  # whose record keeps its template
                  and export in handlers._imported_export_names(stack, name))


def provision_eks_on_worker_threads() -> None:
    """Wraps stacks._runs_on_worker_thread: our EKS types wait for Kubernetes, whose authentication asks MiniStack
    in turn. Waiting on the event loop would block both. Account and region go along with the thread's context."""
    from ministack.services.cloudformation import stacks

    on_worker = stacks._runs_on_worker_thread
    replace(stacks, "_runs_on_worker_thread", lambda kind: kind.startswith("AWS::EKS::") or on_worker(kind))


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
        from ministack.services.cloudformation import engine

        conditions = engine._evaluate_conditions(self.template, self.parameters)
        return {name: definition for name, definition in self.template.get("Resources", {}).items()
                if conditions.get(definition.get("Condition"), True)}

    @functools.cached_property
    def needs(self) -> dict[str, set[str]]:
        """What each resource depends on directly."""
        from ministack.services.cloudformation import engine

        return {name: engine._extract_deps(definition, set(self.resources))
                for name, definition in self.resources.items()}

    def properties(self, definition: dict) -> dict:
        """A resource's properties, without those that cannot be known yet."""
        from ministack.services import cloudformation
        from ministack.services.cloudformation import engine

        made = cloudformation._stacks[self.stack_name].get("_resources", {})
        conditions = engine._evaluate_conditions(self.template, self.parameters)
        known = {}
        for name, value in definition.get("Properties", {}).items():
            try:
                known[name] = engine._resolve_refs(copy.deepcopy(value), made, self.parameters, conditions,
                                                   self.template.get("Mappings", {}), self.stack_name, self.stack_id)
            except Exception:  # the functions fail in many ways on what is not made yet
                continue
        return known


DEPLOYMENT: ContextVar[Deployment | None] = ContextVar("rehearsal_deployment", default=None)
PROVISIONED: ContextVar[str | None] = ContextVar("rehearsal_provisioned", default=None)
"""Logical id of the resource of DEPLOYMENT that is being created or updated."""


def ancestors(name: str, dependencies: dict[str, set[str]]) -> set[str]:
    """Everything that a resource depends on, directly or through others."""
    found, waiting = set(), [name]
    while waiting:
        new = dependencies[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def unordered(kind: str, **properties) -> dict[str, dict]:
    """The resources of the same stack that are of that type, have these properties, and are not ordered before the
    one that is being created: logical id -> properties. On AWS they may come later, whatever the seed makes of it.
    """
    deployment, name = DEPLOYMENT.get(), PROVISIONED.get()
    if deployment is None or name is None:
        return {}
    resources = deployment.resources
    others = {key for key, definition in resources.items() if definition["Type"] == kind and key != name}
    late = others - ancestors(name, deployment.needs) if others else others
    others = {key: deployment.properties(resources[key]) for key in late}
    return {key: others[key] for key in sorted(others) if properties.items() <= _comparable(others[key]).items()}


def _comparable(properties: dict) -> dict:
    """Those of the properties that are text."""
    return {name: value for name, value in properties.items() if isinstance(value, str)}


def know_the_template() -> None:
    """Wraps stacks._deploy_stack_async, provisioners._provision_resource and _update_resource, for `unordered`. The
    context goes along to worker threads; a nested stack, which is deployed inside of its parent's, has none."""
    from ministack.services.cloudformation import provisioners, stacks

    deploy = stacks._deploy_stack_async

    async def deploy_known(stack_name, stack_id, template, param_values, *args, **kwargs):
        DEPLOYMENT.set(Deployment(stack_name, stack_id, template, param_values))
        return await deploy(stack_name, stack_id, template, param_values, *args, **kwargs)

    def wrap(function, stack_at: int, name_at: int):
        def wrapped(*args):
            deployment = DEPLOYMENT.get()
            is_of_it = deployment and len(args) > name_at and args[stack_at] == deployment.stack_name
            token = PROVISIONED.set(args[name_at] if is_of_it else None)
            try:
                return function(*args)
            finally:
                PROVISIONED.reset(token)

        return wrapped

    replace(stacks, "_deploy_stack_async", deploy_known)
    replace(provisioners, "_provision_resource", wrap(provisioners._provision_resource, 3, 1))
    replace(provisioners, "_update_resource", wrap(provisioners._update_resource, 4, 5))
