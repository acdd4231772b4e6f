import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PATIENCE = 600
"""Seconds after which this machine does not work: no verdict depends on how fast it is."""

SUPERVISED = """
import subprocess, sys, time
from pathlib import Path
from emulator.core import processes

def serve():
    detached = subprocess.Popen(["sleep", "infinity"], start_new_session=True)
    print(detached.pid, flush=True)
    {then}

sys.exit(processes.supervise(serve, Path(sys.argv[1])))
"""


@unittest.skipUnless(sys.platform == "linux", "needs Linux")
class Supervision(unittest.TestCase):
    """Nothing that the rehearsal starts outlives it, even what detaches itself."""

    def start(self, then: str = "while True: time.sleep(60)", shell: str = "") -> tuple[subprocess.Popen, int]:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.scratch = Path(folder.name) / "scratch"
        self.scratch.mkdir()
        command = [sys.executable, "-c", SUPERVISED.format(then=then), str(self.scratch)]
        started = subprocess.Popen(
            ["/bin/sh", "-c", shell, "sh", *command] if shell else command,
            text=True,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).resolve().parents[2],
        )
        self.addCleanup(started.stdout.close)
        self.addCleanup(started.kill)
        return started, int(started.stdout.readline())

    def assert_gone(self, pid: int) -> None:
        end = time.monotonic() + PATIENCE
        while (Path("/proc") / str(pid)).exists() or self.scratch.exists():
            self.assertLess(time.monotonic(), end, "outlives the rehearsal")
            time.sleep(0.02)

    def test_a_signal_ends_everything_and_removes_the_scratch_folder(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            supervisor, detached = self.start()
            supervisor.send_signal(number)
            self.assertEqual(supervisor.wait(PATIENCE), 0)
            self.assert_gone(detached)

    def test_the_death_of_the_parent_ends_everything(self):
        parent, detached = self.start(shell='"$@" & wait')
        parent.kill()
        parent.wait()
        self.assert_gone(detached)

    def test_the_end_of_the_server_ends_everything_and_is_an_error(self):
        for then, code in (("pass", 1), ("import os; os._exit(3)", 3)):
            supervisor, detached = self.start(then)
            self.assertEqual(supervisor.wait(PATIENCE), code)
            self.assert_gone(detached)
