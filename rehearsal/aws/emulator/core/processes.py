"""Nothing that a rehearsal starts may outlive it.

A process may end before those that it has started, so killing children or process groups is not enough. A supervisor adopts every
orphan below it (a Linux "child subreaper") and kills until it has no children left: also in the middle of a cluster's
creation, and also when its own parent dies.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def _prctl(option: int, value: int) -> None:
    if sys.platform != "linux":
        raise SystemExit("The rehearsal needs Linux: on another system run it in a Linux container or virtual machine.")
    if ctypes.CDLL(None).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(f"prctl({option}, {value}) failed")


def die_with_parent(how: int = signal.SIGKILL) -> None:
    """Have the kernel send this process a signal when its parent ends."""
    _prctl(PR_SET_PDEATHSIG, how)


def children_of(pid: int) -> list[int]:
    """The processes whose parent is `pid`, from /proc."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(stat.parent.name))
    return found


def end_descendants() -> None:
    """Kill everything below this process; an orphan of that becomes a child of this one and is killed next."""
    while True:
        for child in children_of(os.getpid()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def supervise(serve: Callable[[], None], scratch: Path) -> int:
    """Run `serve` in a child until it ends, a signal comes or the parent dies; then end everything below."""

    def stop(*_: Any) -> None:
        raise SystemExit(0)

    parent = os.getppid()
    signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    for number in signals:
        signal.signal(number, stop)
    die_with_parent(signal.SIGTERM)
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        if os.getppid() != parent:
            return 0
        server = os.fork()
        if server == 0:
            for number in signals:
                signal.signal(number, signal.SIG_DFL)
            os.setpgid(0, 0)  # Ctrl-C reaches the supervisor alone
            die_with_parent()
            serve()
            os._exit(0)
        while True:
            pid, status = os.waitpid(-1, 0)
            if pid == server:
                return os.waitstatus_to_exitcode(status) or 1
    finally:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        end_descendants()
        shutil.rmtree(scratch, ignore_errors=True)
