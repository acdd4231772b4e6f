"""What works beside a cluster: controllers that look again and again."""

import logging
import threading
from collections.abc import Callable


def repeat(name: str, interval: float, step: Callable[[], object]) -> threading.Event:
    """Step by step in a thread; set the event to end it."""
    ended = threading.Event()

    def loop() -> None:
        while not ended.wait(interval):
            try:
                step()
            except Exception as error:  # whatever it was, the next round may go well
                logging.getLogger(name).debug("%r", error)

    threading.Thread(target=loop, daemon=True, name=name).start()
    return ended
