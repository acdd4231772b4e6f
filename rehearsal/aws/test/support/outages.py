"""A region that is out for the body of `with`."""

import contextlib
from collections.abc import Iterator

from emulator.core import outages


@contextlib.contextmanager
def out(region: str) -> Iterator[None]:
    """Begin an outage, and end it."""
    outages.change({"region": region, "out": True})
    try:
        yield
    finally:
        outages.change({"region": region, "out": False})
