"""Manifests of a stack are deleted side by side, as CloudFormation does with what nothing else needs: MiniStack deletes
one after the other, and every namespace takes the control plane five seconds."""

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from ...core.seams import cloudformation, engine, provisioners, stacks
from .manifests import MANIFEST, objects_of

AT_ONCE = 16
PER_WORKER = 12
"""Manifests that are worth the start of one more pair of functions: two seconds of CPU. A namespace is worth one: it takes
five seconds in which nothing works."""

DELETION: contextvars.ContextVar["Deletion | None"] = contextvars.ContextVar("rehearsal_deletion", default=None)


class Deletion:
    """A stack that is being deleted: the manifests that are begun with before their turn comes."""

    def __init__(self, stack: dict, delete: Callable):
        self.stack_name, self.resources, self.delete = stack["StackName"], stack.get("_resources", {}), delete
        self.definitions = (stack.get("_template") or {}).get("Resources") or {}
        self.needed_by: dict[str, set[str]] = {name: set() for name in self.definitions}
        for name, definition in self.definitions.items():
            for need in engine.extract_deps(definition, set(self.definitions)):
                self.needed_by[need].add(name)
        self.begun: dict[str, Future] = {}
        manifests = [
            held.get("Properties", {}) for held in self.resources.values() if held.get("ResourceType") == MANIFEST
        ]
        waiting = sum(any(obj["kind"] == "Namespace" for obj in objects_of(one)) for one in manifests)
        at_once = min(AT_ONCE, max(1, waiting, len(manifests) // PER_WORKER))
        self.gone: set[str] = set()
        self.workers = ThreadPoolExecutor(at_once, thread_name_prefix=f"delete-{self.stack_name}")
        self.changing = threading.Lock()

    def finish(self, name: str) -> None:
        """Wait for a manifest whose turn it is, having begun with all that can go by now."""
        with self.changing:
            self._begin([one for one in list(self.resources) if one == name or self._may_go(one)])
            mine = self.begun[name]
        mine.result()

    def _begin(self, ready: list[str]) -> None:
        for name in ready:
            if name not in self.begun:
                self.begun[name] = self.workers.submit(contextvars.copy_context().run, self._delete, name)

    def _may_go(self, name: str) -> bool:
        """Whether a resource is a manifest that is to be deleted and that nothing needs that is still there."""
        policy = self.definitions.get(name, {}).get("DeletionPolicy", "Delete")
        return (
            self.resources[name].get("ResourceType") == MANIFEST
            and policy == "Delete"
            and not self.needed_by.get(name, set()) & (self.resources.keys() - self.gone)
        )

    def _delete(self, name: str) -> None:
        held = self.resources[name]
        self.delete(MANIFEST, held.get("PhysicalResourceId", ""), held.get("Properties", {}), self.stack_name, name)
        with self.changing:
            self.gone.add(name)
            self._begin([one for one in list(self.resources) if self._may_go(one)])


def install() -> None:
    """Wraps stacks.delete_stack_async and provisioners.delete_resource."""
    delete_stack, delete = stacks.delete_stack_async, provisioners.delete_resource

    async def delete_side_by_side(stack_name: str, stack_id: str, *args: Any, **kwargs: Any) -> None:
        stack = cloudformation.stacks.get(stack_name)
        retains = any(args) or any(kwargs.values())  # which the engine alone knows how to heed
        if stack is None or retains:
            return await delete_stack(stack_name, stack_id, *args, **kwargs)
        deletion = Deletion(stack, delete)
        token = DELETION.set(deletion)
        try:
            return await delete_stack(stack_name, stack_id, *args, **kwargs)
        finally:
            DELETION.reset(token)
            deletion.workers.shutdown(wait=False)

    def delete_in_turn(
        kind: str, physical_id: str, properties: dict, stack_name: str | None = None, logical_id: str | None = None
    ) -> None:
        deletion = DELETION.get()
        is_of_it = deletion and kind == MANIFEST and stack_name == deletion.stack_name
        if deletion and is_of_it and logical_id and logical_id in deletion.resources:
            return deletion.finish(logical_id)
        return delete(kind, physical_id, properties, stack_name, logical_id)

    stacks.replace("delete_stack_async", delete_side_by_side)
    provisioners.replace("delete_resource", delete_in_turn)
