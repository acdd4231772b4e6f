"""The middle of a deployment: a handler that waits until somebody lets it go on, or that a service refuses for some times.

POST /_rehearsal/strikes with {"stack": …, "type": …} holds the next update of a resource of that type, once one of its properties
changes; with {"message": …, "times": n} too, it fails that often instead. GET /_rehearsal/held names what is held,
POST /_rehearsal/release with {} lets it go on. A type is held only if MiniStack handles it on a thread of its own.
"""

import threading
from dataclasses import dataclass, field
from typing import Any

from ...core.ministack_api import Refused
from ...core.seams import provisioners, stacks
from .overrides import Made


@dataclass
class Strike:
    """An update of a resource that fails or waits."""

    stack: str
    kind: str
    message: str | None
    times: int
    released: threading.Event = field(default_factory=threading.Event)
    held: str | None = None


STRIKES: list[Strike] = []


def install() -> None:
    """Wraps provisioners.update_resource."""
    update = provisioners.update_resource

    def struck(
        kind: str, physical_id: str, old: dict, new: dict, stack_name: str, logical_id: str | None = None, *args: Any
    ) -> Made:
        if old != new:
            _strike(kind, stack_name, logical_id or physical_id)
        return update(kind, physical_id, old, new, stack_name, logical_id, *args)

    provisioners.replace("update_resource", struck)


def _strike(kind: str, stack_name: str, logical_id: str) -> None:
    for each in STRIKES:
        if (each.stack, each.kind) == (stack_name, kind) and each.times > 0:
            each.times -= 1
            if each.message is not None:
                raise Refused(each.message)
            each.held = logical_id
            each.released.wait()
            each.held = None
            return


def strike(given: dict) -> dict:
    """Ask for one."""
    unknown = given.keys() - {"stack", "type", "message", "times"}
    if unknown or not {"stack", "type"} <= given.keys():
        raise Refused(f"a strike has stack, type, and perhaps message and times, not {', '.join(sorted(given))}")
    message = given.get("message")
    if message is None and not stacks.runs_on_worker_thread(given["type"]):
        raise Refused(
            f"{given['type']} is not handled on a thread of its own: holding it would hold the whole emulator"
        )
    STRIKES.append(Strike(given["stack"], given["type"], message, given.get("times", 1)))
    return {}


def held() -> list[str]:
    """Logical ids of what is held."""
    return [each.held for each in STRIKES if each.held is not None]


def release(_given: dict) -> dict:
    """Let everything go on that is held, and strike no more; says how many updates were not struck yet."""
    left = sum(each.times for each in STRIKES)
    for each in STRIKES:
        each.times = 0
        each.released.set()
    STRIKES.clear()
    return {"left": left}
