"""Waiting by facts: until something is as wanted, or until nothing changes any more. No verdict comes from a clock."""

import http.client
import os
import time
from collections.abc import Callable

from kubernetes import ApiError
from loops import Loop

ROUNDS = 10
"""Rounds of every control loop in which nothing changes, after which nothing will."""
INTERVAL = 0.2
"""Seconds between two looks."""
STUCK = 600
"""Seconds without a change and without a round: the machine does not work, or a program hangs. Not a verdict."""


class Stuck(RuntimeError):
    """Nothing can be said, as the machine makes no progress."""


Ask = Callable[[], dict[str, Loop]]
"""How far every control loop is that may still change what is waited for."""


class Rounds:
    """Counts the rounds that every control loop has completed since a state was first seen."""

    def __init__(self, ask: Ask):
        self.ask, self.state, self.base, self.seen = ask, object(), {}, 0
        self.moved = time.monotonic()

    def unchanged(self, state: object) -> int:
        """The number of rounds that the slowest loop has begun and completed since the state is this one."""
        loops = self.ask()
        if state != self.state:
            self.state, self.base, self.seen = state, {name: loop.rounds for name, loop in loops.items()}, 0
            self.moved = time.monotonic()
            return 0
        done = {name: loop.rounds - self.base.setdefault(name, loop.rounds) for name, loop in loops.items()}
        least = min(done.values(), default=0)
        rounds = max(0, least - 1)  # one was begun before
        if rounds > self.seen:
            self.seen, self.moved = rounds, time.monotonic()
        slow = [f"{name} {loops[name].error}".strip() for name in done if done[name] == least]
        self.stuck(f"no round of {', '.join(slow)}")
        return rounds

    def stuck(self, what: str) -> None:
        """Fail when nothing has moved for far too long."""
        if time.monotonic() - self.moved > STUCK:
            raise Stuck(f"this machine made no progress for {STUCK} s: {what}. {machine()}")


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
        except (OSError, http.client.HTTPException) as error:
            rounds.stuck(f"the API server does not answer: {error!r}")
        except ApiError as error:
            if not error.is_temporary():
                raise
            rounds.stuck(f"the API server answers {error.status}: {error}")
        time.sleep(INTERVAL)


def machine() -> str:
    """What the machine has and does, and what to do about it."""
    cores, load = os.cpu_count(), os.getloadavg()[0]
    try:
        with open("/proc/meminfo", encoding="utf-8") as file:
            kib = {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in file)}
        memory = f"{kib['MemAvailable'] / 2**20:.1f} of {kib['MemTotal'] / 2**20:.1f} GiB of memory available"
    except (OSError, KeyError):
        memory = "memory unknown"
    return (f"Its load is {load:.1f} on {cores} cores, {memory}. End other programs, or give it more memory, and "
            "repeat.")
