"""Controllers beside a cluster, which look again and again. They count their rounds, and waits go by those instead of a
clock."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from .mirror import Mirror


class Busy(str):
    """The result of a step that has left something unfinished, which it names: such a round does not count."""

    __slots__ = ()


BUSY = Busy("is not through")


@dataclass
class Loop:
    """How far a controller is."""

    rounds: int = 0
    """Rounds that it has completed."""
    error: str = ""
    """Why the last round failed, if it did: a failed one does not count."""


LOOPS: dict[str, Loop] = {}
"""The controllers that run, by name."""


def repeat(name: str, interval: float, step: Callable[[], object], mirror: Mirror) -> threading.Event:
    """Step by step in a thread, after each change of what is mirrored and at least so often; set the event to end it."""
    ended, loop = threading.Event(), Loop()
    LOOPS[name] = loop

    def run() -> None:
        while not ended.is_set():
            seen = mirror.changes
            try:
                left = step()
                loop.rounds += not isinstance(left, Busy)
                loop.error = left if isinstance(left, Busy) else ""
            except Exception as error:  # whatever it was, the next round may go well
                loop.error = repr(error)
                logging.getLogger(name).debug("%r", error)
            mirror.wait(seen, interval)
        if LOOPS.get(name) is loop:
            del LOOPS[name]

    threading.Thread(target=run, daemon=True, name=name).start()
    return ended
