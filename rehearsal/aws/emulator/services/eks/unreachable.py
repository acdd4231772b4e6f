"""An API server that the function which applies manifests does not reach: POST /_rehearsal/unreachable with {"calls": n} for its next
n calls of kubectl. The command `kubectl` in function-tools leads them to a port where nobody listens; Helm is not concerned.
"""

import fcntl

from ...core.ministack_api import Refused
from ..awslambda import UNREACHABLE


def change(given: dict) -> dict:
    """Set how many calls fail; says how many of those before were left."""
    calls = given.get("calls")
    if not isinstance(calls, int) or calls < 0 or given.keys() != {"calls"}:
        raise Refused(f"calls must be a number from 0, not {given}")
    UNREACHABLE.touch()
    with open(UNREACHABLE, "r+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        left = int(file.read() or 0)
        file.seek(0)
        file.truncate()
        file.write(f"{calls}\n")
    return {"left": left}
