"""The rounds of a control plane's own programs. One counts when the program has answered and has nothing left to do."""

import http.client
import re
import ssl
from collections.abc import Callable

from loops import Loop

TIMEOUT = 60
"""Seconds that an answer may take. A program that is late has completed no round; nothing else follows from it."""


def total(metrics: str, name: str, **labels: str) -> float:
    """The sum of the samples of a metric whose labels have these values, of which each may be a pattern."""
    wanted = [re.compile(f'{label}="(?:{value})"') for label, value in labels.items()]
    return sum(float(line.rpartition(" ")[2]) for line in metrics.splitlines()
               if line.startswith((name + "{", name + " ")) and all(one.search(line) for one in wanted))


def scheduler_is_idle(metrics: str) -> bool:
    """Whether every pod that waits was tried with what the scheduler knows. scheduler_pending_pods is a stable metric."""
    return total(metrics, "scheduler_pending_pods", queue="active|backoff") == 0


def controllers_are_idle(metrics: str) -> bool:
    """Whether no controller has a key in its queue or in work. Retries that are put off are not in a queue."""
    return total(metrics, "workqueue_depth") == 0 and total(metrics, "workqueue_unfinished_work_seconds") == 0


Program = tuple[str, Callable[[str], bool]]
PROGRAMS: dict[str, Program] = {
    "kube-scheduler": ("https", scheduler_is_idle),
    "kube-controller-manager": ("https", controllers_are_idle),
    "kwok-controller": ("http", lambda metrics: True),  # counts nothing of what it does
}
"""How each is asked, and what says that it is idle."""


class Ended(RuntimeError):
    """A program of the control plane runs no more."""


class ControlLoops:
    """The programs of one control plane, by the port of each."""

    def __init__(self, ports: dict[str, int]):
        self.ports, self.loops = ports, {name: Loop() for name in ports}
        self.answered: set[str] = set()

    def look(self) -> dict[str, Loop]:
        """Ask each once; how many rounds each has completed by now."""
        for name, port in self.ports.items():
            scheme, is_idle = PROGRAMS[name]
            try:
                self.loops[name].rounds += is_idle(ask(scheme, port))
                self.loops[name].error = ""
                self.answered.add(name)
            except ConnectionRefusedError as error:
                if name in self.answered:  # a program that is late still holds its port
                    raise Ended(f"{name} has ended: look at its log") from error
            except (OSError, http.client.HTTPException) as error:
                self.loops[name].error = f"does not answer: {error}"
        return self.loops

    def is_idle(self, name: str) -> bool:
        """Whether one of them has nothing left to do."""
        scheme, is_idle = PROGRAMS[name]
        return is_idle(ask(scheme, self.ports[name]))


def ask(scheme: str, port: int) -> str:
    """The metrics of a program on this machine. Anybody may read them, and its certificate is of its own making."""
    if scheme == "https":
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=TIMEOUT, context=UNVERIFIED)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        if response.status != 200:
            raise OSError(f"/metrics answers {response.status}")
        return response.read().decode()
    finally:
        connection.close()


UNVERIFIED = ssl._create_unverified_context()
