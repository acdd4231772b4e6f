"""The rounds of a control plane's own programs. One counts when the program has answered and has nothing left to do."""

import re
from collections.abc import Callable
from typing import NamedTuple

import urllib3

from loops import Loop

urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

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


class Ended(RuntimeError):
    """A program of the control plane runs no more."""


class ControlLoops:
    """The programs of one control plane, by the port of each."""

    def __init__(self, ports: dict[str, int]):
        self.loops = {name: Loop() for name in ports}
        self.connections = {name: PROGRAMS[name].connect(port) for name, port in ports.items()}
        self.answered: set[str] = set()

    def look(self) -> dict[str, Loop]:
        """Ask each once; how many rounds each has completed by now."""
        for name in self.loops:
            try:
                self.loops[name].rounds += self.is_idle(name)
                self.loops[name].error = ""
                self.answered.add(name)
            except ConnectionRefusedError as error:
                if name in self.answered:  # a program that is late still holds its port
                    raise Ended(f"{name} has ended: look at its log") from error
            except OSError as error:
                self.loops[name].error = f"does not answer: {error}"
        return self.loops

    def is_idle(self, name: str) -> bool:
        """Whether one of them has nothing left to do."""
        return PROGRAMS[name].is_idle(ask(self.connections[name]))


def ask(connections: urllib3.HTTPConnectionPool) -> str:
    """The metrics of a program on this machine."""
    try:
        response = connections.request("GET", "/metrics", timeout=TIMEOUT, retries=False)
    except urllib3.exceptions.HTTPError as error:
        if isinstance(error.__cause__, ConnectionRefusedError):
            raise error.__cause__
        raise TimeoutError(str(error)) from error
    if response.status != 200:
        raise OSError(f"/metrics answers {response.status}")
    return response.data.decode()
