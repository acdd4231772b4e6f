"""Waiting by facts: until something is as wanted, or until nothing changes any longer. No verdict comes from a clock."""

import time
from collections.abc import Callable

from ..core.standstill import Standstill
from .loops import Loop

ROUNDS = 30
"""Rounds of every control loop in which nothing changes, after which nothing will. kwok tries again after 8 s at the latest
what the API server has refused, and counts rounds meanwhile."""
INTERVAL = 0.2
"""Seconds between two looks."""

Ask = Callable[[], dict[str, Loop]]
"""How far every control loop is that may still change what is waited for."""


class Rounds:
    """Counts the rounds that every control loop has completed since a state was first seen."""

    def __init__(self, ask: Ask):
        self.ask, self.standstill = ask, Standstill()
        self.state: object = object()
        self.base: dict[str, int] = {}

    def unchanged(self, completed: dict[str, Loop], state: object) -> int:
        """The number of rounds that the slowest loop has begun and completed since the state is this one, by what was
        completed before the look that found it."""
        if state != self.state:
            self.state, self.base = state, {name: loop.rounds for name, loop in self.ask().items()}
            self.standstill.see(state, "")
            return 0
        done = {name: loop.rounds - self.base.setdefault(name, loop.rounds) for name, loop in completed.items()}
        least = min(done.values(), default=0)
        slow = [f"{name} {completed[name].error}".strip() for name in done if done[name] == least]
        self.standstill.see((state, least), f"no round of {', '.join(slow)}")
        return max(0, least - 1)  # one was begun before


def settle(ask: Ask, look: Callable[[], tuple[object, object]]) -> object:
    """Look until the first of what it answers is true, which is returned; None when the second, what there is, has not
    changed in ROUNDS rounds."""
    rounds = Rounds(ask)
    while True:
        completed = ask()
        found, state = look()
        if found:
            return found
        if rounds.unchanged(completed, state) >= ROUNDS:
            return None
        time.sleep(INTERVAL)
