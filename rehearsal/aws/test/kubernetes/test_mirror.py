import itertools
import json
import queue
import unittest
from unittest import mock

from emulator.kubernetes import mirror
from emulator.kubernetes.mirror import Mirror

PODS = "/api/v1/pods"


def pod(name: str, **more) -> dict:
    return {"metadata": {"uid": name, "name": name}, **more}


class Server:
    """An API server that tells what it is given to tell; None ends an answer."""

    def __init__(self, *pods: dict):
        self.pods, self.events, self.asked = list(pods), queue.Queue(), []

    def read(self, path: str) -> dict:
        self.asked.append(path)
        return {"items": list(self.pods), "metadata": {"resourceVersion": str(len(self.asked))}} if path == PODS else {}

    def stream(self, path: str, silence: float):
        self.asked.append(path)
        while (event := self.events.get()) is not None:
            if isinstance(event, Exception):
                raise event
            yield json.dumps(event)

    def tell(self, kind: str, held: dict) -> None:
        self.events.put({"type": kind, "object": held})


class Mirrored(unittest.TestCase):
    """A collection is what the server has listed and told since."""

    def setUp(self):
        patches = [mock.patch.object(mirror, name, 0.001) for name in ("AGAIN", "AT_MOST")]
        for patch in patches:
            patch.start()
            self.addCleanup(patch.stop)
        self.server, self.markers = Server(pod("a")), itertools.count()
        self.mirror = Mirror(self.server.read, self.server.stream)
        self.addCleanup(self.server.events.put, None)
        self.addCleanup(self.mirror.end)

    def names(self) -> list[str]:
        return [one["metadata"]["name"] for one in self.mirror.items(PODS)]

    def after(self, *events) -> list[str]:
        """The names after these events, the last of which has come when a marker that follows it has."""
        self.names()
        for event in events:
            self.server.events.put(event)
        marker = f"marker {next(self.markers)}"
        self.server.tell("ADDED", pod(marker))
        seen = self.mirror.changes
        while marker not in self.names():
            seen = self.mirror.wait(seen, 60)
        return [name for name in self.names() if not name.startswith("marker")]

    def test_is_what_is_listed_first(self):
        self.assertEqual(self.names(), ["a"])

    def test_follows_what_comes_changes_and_goes(self):
        self.assertEqual(self.after({"type": "ADDED", "object": pod("b")}), ["a", "b"])
        self.assertEqual(self.after({"type": "DELETED", "object": pod("a")}), ["b"])
        self.after({"type": "MODIFIED", "object": pod("b", status="new")})
        self.assertEqual([one.get("status") for one in self.mirror.items(PODS)][:1], ["new"])

    def test_begins_anew_where_the_server_ends_its_answer_no_longer_knows_the_version_or_fails(self):
        expired = {"type": "ERROR", "object": {"code": 410}}
        for end in (None, expired, ConnectionError("reset")):
            self.server.pods = [pod(str(end)[:5])]
            self.assertEqual(self.after(end), [str(end)[:5]])

    def test_watches_from_the_version_that_it_has_listed(self):
        self.after()
        self.assertEqual(self.server.asked, [PODS, f"{PODS}?watch=1&resourceVersion=1"])

    def test_a_kind_that_nothing_defines_has_no_objects_and_is_asked_for_again(self):
        self.assertEqual(self.mirror.items("/apis/x/v1/y"), [])
        asked = self.server.asked
        while asked.count("/apis/x/v1/y") < 3:
            self.mirror.wait(self.mirror.changes, 0.01)

    def test_who_waits_is_let_go_when_it_ends(self):
        self.mirror.end()
        self.assertEqual(self.mirror.wait(self.mirror.changes, 3600), self.mirror.changes)
