import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from emulator.core import settings
from emulator.core.ministack_api import Refused
from emulator.services.eks import unreachable


class Unreachable(unittest.TestCase):
    """The command `kubectl` of functions does not reach the API server for some calls."""

    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = folder / "unreachable"
        self.enterContext(mock.patch.object(unreachable, "UNREACHABLE", self.file))
        self.program = folder / "kubectl"
        self.program.write_text('#!/bin/sh\necho "$@"\n')
        self.program.chmod(0o755)

    def call(self) -> str:
        environment = {
            "PATH": os.environ["PATH"],
            "REHEARSAL_KUBECTL": str(self.program),
            "REHEARSAL_UNREACHABLE": str(self.file),
        }
        command = [settings.TOOLS / "kubectl", "apply", "-f", "file"]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()

    def test_calls_reach_it_unless_somebody_asks(self):
        self.assertEqual(self.call(), "apply -f file")

    def test_so_many_calls_go_where_nobody_listens(self):
        self.assertEqual(unreachable.change({"calls": 2}), {"left": 0})
        told = [self.call() for _ in range(3)]
        self.assertEqual(told, ["apply -f file --server=https://127.0.0.1:9"] * 2 + ["apply -f file"])

    def test_it_says_how_many_were_left(self):
        unreachable.change({"calls": 3})
        self.call()
        self.assertEqual(unreachable.change({"calls": 0}), {"left": 2})
        self.assertEqual(self.call(), "apply -f file")

    def test_a_number_is_wanted(self):
        for given in ({}, {"calls": "1"}, {"calls": -1}):
            with self.assertRaises(Refused):
                unreachable.change(given)
