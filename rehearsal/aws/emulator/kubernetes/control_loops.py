"""The rounds of a control plane's own programs. One counts when the program has answered and has nothing left to do."""

import math
import re
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

import urllib3

from .loops import Loop

urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

TIMEOUT = 60
"""Seconds that an answer may take. A program that is late has completed no round; nothing else follows from it."""
APART = 0.2
"""Seconds between two rounds, however many ask."""


def total(metrics: str, name: str, absent: float | None = None, **labels: str) -> float:
    """The sum of the samples of a metric whose labels have these values, of which each may be a pattern. Without any sample
    of that name, what is given for it, else a ValueError: a metric that is renamed must not count as 0."""
    samples = [line for line in metrics.splitlines() if line.startswith((name + "{", name + " "))]
    if not samples:
        if absent is None:
            raise ValueError(f"there is no metric {name}")
        return absent
    wanted = [re.compile(f'{label}="(?:{value})"') for label, value in labels.items()]
    return sum(float(line.rpartition(" ")[2]) for line in samples if all(one.search(line) for one in wanted))


def scheduler_is_idle(metrics: str) -> bool:
    """Whether every pod that waits was tried with what the scheduler knows, and none is being bound to its node.

    scheduler_pending_pods leaves out pods that are being tried or bound; scheduler_goroutines has those that are bound, once
    there was one (Kubernetes 1.36.3, pkg/scheduler/metrics).
    """
    return (
        total(metrics, "scheduler_pending_pods", queue="active|backoff") == 0
        and total(metrics, "scheduler_goroutines", absent=0, operation="binding") == 0
    )


def controllers_are_idle(metrics: str) -> bool:
    """Whether no controller has a key in its queue or in work. Retries that are put off are not in a queue."""
    return total(metrics, "workqueue_depth") == 0 and total(metrics, "workqueue_unfinished_work_seconds") == 0


def secure(port: int) -> urllib3.HTTPSConnectionPool:
    """Connections to a program whose certificate is of its own making. Anybody may read its metrics."""
    return urllib3.HTTPSConnectionPool("127.0.0.1", port, cert_reqs="CERT_NONE", maxsize=4)


def plain(port: int) -> urllib3.HTTPConnectionPool:
    """Connections to a program without a certificate."""
    return urllib3.HTTPConnectionPool("127.0.0.1", port, maxsize=4)


class Program(NamedTuple):
    """How a program is asked, and what of its metrics says that it is idle."""

    connect: Callable[[int], urllib3.HTTPConnectionPool]
    is_idle: Callable[[str], bool]


PROGRAMS: dict[str, Program] = {
    "kube-scheduler": Program(secure, scheduler_is_idle),
    "kube-controller-manager": Program(secure, controllers_are_idle),
    "kwok": Program(plain, lambda metrics: True),  # counts nothing of what it does
}


class ControlLoops:
    """The programs of one control plane, by the port of each, and its API server, which says itself whether it answers."""

    def __init__(self, ports: dict[str, int], server_answers: Callable[[], bool]):
        self.connections = {name: PROGRAMS[name].connect(port) for name, port in ports.items()}
        self.asks = {"kube-apiserver": server_answers, **{name: self._asking(name) for name in ports}}
        self.loops = {name: Loop() for name in self.asks}
        self.asking, self.asked = threading.Lock(), -math.inf

    def look(self) -> dict[str, Loop]:
        """Ask each once, if nobody has just asked; how many rounds each has completed by now."""
        with self.asking:
            if time.monotonic() - self.asked >= APART:
                for name, ask in self.asks.items():
                    try:
                        self.loops[name].rounds += ask()
                        self.loops[name].error = ""
                    except OSError as error:
                        self.loops[name].error = f"does not answer: {error}"
                self.asked = time.monotonic()
            return {name: Loop(loop.rounds, loop.error) for name, loop in self.loops.items()}

    def is_idle(self, name: str) -> bool:
        """Whether one of them has nothing left to do."""
        return PROGRAMS[name].is_idle(metrics_of(self.connections[name]))

    def _asking(self, name: str) -> Callable[[], bool]:
        return lambda: self.is_idle(name)


def metrics_of(connections: urllib3.HTTPConnectionPool) -> str:
    """The metrics of a program on this machine."""
    try:
        response = connections.request("GET", "/metrics", timeout=TIMEOUT, retries=False)
    except urllib3.exceptions.HTTPError as error:
        raise TimeoutError(str(error)) from error
    if response.status != 200:
        raise OSError(f"/metrics answers {response.status}")
    return response.data.decode()
