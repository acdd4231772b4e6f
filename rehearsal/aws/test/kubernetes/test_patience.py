import unittest
from unittest import mock

from emulator.core import standstill
from emulator.kubernetes import patience
from emulator.kubernetes.loops import Loop
from emulator.kubernetes.objects import ApiError

patience.INTERVAL = 0


class Rounds:
    """Control loops that complete what they are told to."""

    def __init__(self, **rounds: int):
        self.loops = {name: Loop(count) for name, count in rounds.items()}

    def __call__(self) -> dict[str, Loop]:
        return self.loops

    def complete(self, *names: str) -> None:
        for name in names:
            self.loops[name].rounds += 1


class Settle(unittest.TestCase):
    """A wait ends with what is wanted, or when no control loop changes anything any longer."""

    def test_ends_with_what_is_wanted(self):
        answers = iter([(None, 1), ("", 1), ("there", 1)])
        self.assertEqual(patience.settle(Rounds(a=0), lambda: next(answers)), "there")

    def test_gives_up_when_every_loop_has_completed_its_rounds_without_a_change(self):
        rounds, looks = Rounds(slow=7, fast=0), []

        def look():
            looks.append(rounds.loops["slow"].rounds)
            rounds.complete("fast", "fast", *["slow"] * (len(looks) % 2))
            return None, "the same"

        self.assertIsNone(patience.settle(rounds, look))
        self.assertGreaterEqual(looks[-1] - looks[0], patience.ROUNDS)
        self.assertLess(looks[-1] - looks[0], patience.ROUNDS + 5)

    def test_never_gives_up_while_one_loop_stands_still(self):
        rounds, looks = Rounds(paused=0, fast=0), []

        def look():
            looks.append(1)
            rounds.complete("fast")
            return len(looks) == 1000, "the same"

        self.assertTrue(patience.settle(rounds, look))

    def test_a_change_begins_anew(self):
        rounds, looks = Rounds(a=0), []

        def look():
            looks.append(1)
            rounds.complete("a")
            return len(looks) == 500, len(looks) // (patience.ROUNDS - 1)

        self.assertTrue(patience.settle(rounds, look))

    def test_what_the_api_server_refuses_is_thrown(self):
        with self.assertRaises(ApiError):
            patience.settle(Rounds(a=0), mock.Mock(side_effect=ApiError(404, "gone")))

    def test_a_machine_without_progress_is_told_as_such(self):
        rounds = Rounds(scheduler=0, autoscaler=3)
        rounds.loops["scheduler"].error = "does not answer: timed out"

        def look() -> tuple[None, str]:
            rounds.complete("autoscaler")
            return None, "the same"

        with mock.patch.object(standstill, "STUCK", -1), self.assertRaises(standstill.Stuck) as raised:
            patience.settle(rounds, look)
        told = str(raised.exception)
        for text in ("this machine made no progress", "scheduler does not answer: timed out", "cores", "GiB", "repeat"):
            self.assertIn(text, told)
        self.assertNotIn("autoscaler", told)
