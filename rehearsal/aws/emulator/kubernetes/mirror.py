"""The objects of a cluster, for controllers that look again and again: listed once, then updated by the API server's watch events."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator

AGAIN = 0.5
"""Seconds until a kind that nothing has defined, or a server that did not answer, is asked again."""
SILENCE = 300
"""Seconds without a change after which a connection is made anew; a server that lives has told of nothing by then."""
AT_MOST = 0.2
"""Seconds between two looks of a controller, however much changes meanwhile."""


class Collection:
    """The objects of one path, in all namespaces."""

    def __init__(self, mirror: "Mirror", path: str):
        self.mirror, self.path = mirror, path
        self.objects: dict[str, dict] = {}
        self.listed = threading.Event()
        threading.Thread(target=self._follow, daemon=True, name=f"mirror-{path}").start()

    def _follow(self) -> None:
        while not self.mirror.ended.is_set():
            try:
                version = self._list()
                if version is not None:
                    self._watch(version)
                    self.listed.clear()
                    continue
            except Exception as error:  # whatever it was, the next time may go well
                self.listed.clear()
                logging.getLogger("mirror").debug("%s: %r", self.path, error)
            self.mirror.ended.wait(AGAIN)

    def _list(self) -> str | None:
        """Begin with what there is: the version that it is of, or None where nothing defines the kind."""
        answer = self.mirror.read(self.path)
        self.objects = {one["metadata"]["uid"]: one for one in answer.get("items", [])}
        self.listed.set()
        self.mirror.change()
        return answer.get("metadata", {}).get("resourceVersion")

    def _watch(self, version: str) -> None:
        """Follow until the server ends the connection or no longer knows the version."""
        for line in self.mirror.stream(f"{self.path}?watch=1&resourceVersion={version}", SILENCE):
            event = json.loads(line)
            if event["type"] == "ERROR":
                return
            held = event["object"]
            if event["type"] == "DELETED":
                self.objects.pop(held["metadata"]["uid"], None)
            else:
                self.objects[held["metadata"]["uid"]] = held
            self.mirror.change()


class Mirror:
    """The collections that somebody has asked for.

    `read` gives what is at a path, or nothing where nothing defines the kind; `stream` the lines of an answer that goes on.
    Both raise an OSError when the server does not answer.
    """

    def __init__(self, read: Callable[[str], dict], stream: Callable[[str, float], Iterator[bytes]]):
        self.read, self.stream = read, stream
        self.ended, self.changes = threading.Event(), 0
        self.collections: dict[str, Collection] = {}
        self.changing = threading.Condition()

    def items(self, path: str) -> list[dict]:
        """The objects of a collection as they were a moment ago, those of all namespaces. Nobody may change them. Waits as
        long as they have to be listed anew, so that a controller that is blind completes no round."""
        with self.changing:
            if path not in self.collections:
                self.collections[path] = Collection(self, path)
        while not (self.collections[path].listed.wait(AGAIN) or self.ended.is_set()):
            pass
        return list(self.collections[path].objects.values())

    def end(self) -> None:
        """Follow no more, and let go of who waits."""
        self.ended.set()
        self.change()

    def change(self) -> None:
        """Tell who waits that something is different."""
        with self.changing:
            self.changes += 1
            self.changing.notify_all()

    def wait(self, seen: int, seconds: float) -> int:
        """Wait until the count of changes is another one than was seen, at most so long, and return it."""
        time.sleep(AT_MOST)
        with self.changing:
            self.changing.wait_for(lambda: self.changes != seen or self.ended.is_set(), seconds)
            return self.changes
