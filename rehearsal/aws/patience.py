"""Waiting by facts: until something is as wanted, or until nothing changes any more. No verdict comes from a clock."""

import time
from collections.abc import Callable

from kubernetes import ApiError
from loops import Loop
from standstill import Standstill

ROUNDS = 10
"""Rounds of every control loop in which nothing changes, after which nothing will."""
INTERVAL = 0.2
"""Seconds between two looks."""

Ask = Callable[[], dict[str, Loop]]
"""How far every control loop is that may still change what is waited for."""


class Rounds:
    """Counts the rounds that every control loop has completed since a state was first seen."""

    def __init__(self, ask: Ask):
        self.ask, self.state, self.base, self.standstill = ask, object(), {}, Standstill()

    def unchanged(self, state: object) -> int:
        """The number of rounds that the slowest loop has begun and completed since the state is this one."""
        loops = self.ask()
        if state != self.state:
            self.state, self.base = state, {name: loop.rounds for name, loop in loops.items()}
        done = {name: loop.rounds - self.base.setdefault(name, loop.rounds) for name, loop in loops.items()}
        least = min(done.values(), default=0)
        slow = [f"{name} {loops[name].error}".strip() for name in done if done[name] == least]
        self.standstill.see((state, least), f"no round of {', '.join(slow)}")
        return max(0, least - 1)  # one was begun before


def settle(ask: Ask, look: Callable[[], tuple[object, object]]):
    """Look until the first of what it answers is true, which is returned; None when the second, what there is, has not
    changed in ROUNDS rounds. What the API server answers late or not at all says nothing."""
    rounds = Rounds(ask)
    while True:
        try:
            found, state = look()
            if found:
                return found
            if rounds.unchanged(state) > ROUNDS:
                return None
        except OSError as error:
            rounds.standstill.see("silent", f"the API server does not answer: {error!r}")
        except ApiError as error:
            if not error.is_temporary():
                raise
            rounds.standstill.see(error.status, f"the API server answers {error.status}: {error}")
        time.sleep(INTERVAL)
