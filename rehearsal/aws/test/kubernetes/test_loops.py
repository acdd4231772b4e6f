import threading
import unittest

from emulator.kubernetes import loops
from emulator.kubernetes.mirror import Mirror


class Repeat(unittest.TestCase):
    """A controller counts the rounds that it completes."""

    def rounds(self, *answers: object) -> tuple[int, str]:
        remaining, done = list(answers), threading.Event()

        def step():
            if not remaining:
                done.set()
                return loops.Busy("")
            answer = remaining.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        ended = loops.repeat("test", 0, step, Mirror(None, None))
        loop = loops.LOOPS["test"]
        done.wait()
        ended.set()
        return loop.rounds, loop.error

    def test_counts_every_round(self):
        self.assertEqual(self.rounds(None, False, 1), (3, ""))

    def test_does_not_count_a_round_that_fails_or_leaves_something_unfinished(self):
        self.assertEqual(self.rounds(loops.BUSY, ValueError("no"), None), (1, ""))
