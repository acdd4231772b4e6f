import json
import os
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

from emulator.core import settings


class Binaries(unittest.TestCase):
    """The folder with the programs may come while the emulator works."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        patch = mock.patch.object(settings, "STATE", self.folder)
        patch.start()
        self.addCleanup(patch.stop)

    def told(self, **answer: str):
        """The binaries, once the orchestrator has written this answer, after a while."""
        told = threading.Timer(0.3, lambda: (self.folder / "kubernetes-binaries.json").write_text(json.dumps(answer)))
        told.start()
        self.addCleanup(told.join)
        return settings.binaries()

    def test_is_waited_for(self):
        self.assertEqual(self.told(folder="/bin"), Path("/bin"))

    def test_will_not_come_for_the_reason_that_is_told(self):
        with self.assertRaisesRegex(RuntimeError, "^it needs Go$"):
            self.told(error="it needs Go")

    def test_can_be_named(self):
        with mock.patch.dict(os.environ, KUBERNETES_BIN="/there"):
            self.assertEqual(settings.binaries(), Path("/there"))
