"""The end of patience with a machine, not with what is rehearsed."""

import os
import time

STUCK = 600
"""Seconds without any change: the machine does not work, or a program hangs. Not a verdict."""


class Stuck(RuntimeError):
    """Nothing can be said, as the machine makes no progress."""


class Standstill:
    """Watches whether anything moves."""

    def __init__(self) -> None:
        self.state: object = object()
        self.moved = time.monotonic()

    def see(self, state: object, what: str) -> None:
        """Look at what moves, if it does; fail when it has not for far too long, with what is waited for."""
        if state != self.state:
            self.state, self.moved = state, time.monotonic()
        elif time.monotonic() - self.moved > STUCK:
            raise Stuck(f"this machine made no progress for {STUCK} s: {what}. {machine()}")


def machine() -> str:
    """The load and memory of the machine, and the fix."""
    cores, load = os.cpu_count(), os.getloadavg()[0]
    try:
        with open("/proc/meminfo", encoding="utf-8") as file:
            kib = {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in file)}
        memory = f"{kib['MemAvailable'] / 2**20:.1f} of {kib['MemTotal'] / 2**20:.1f} GiB of memory available"
    except (OSError, KeyError):
        memory = "memory unknown"
    return f"Its load is {load:.1f} on {cores} cores, {memory}. End other programs, or give it more memory, and repeat."
