import signal
import subprocess
import sys
import threading
import unittest
from unittest import mock

from emulator.core import standstill
from emulator.kubernetes import control_loops, loops, patience
from emulator.kubernetes.loops import Loop
from emulator.kubernetes.mirror import Mirror
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
    """A wait ends with what is wanted, or when no control loop changes anything any more."""

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
        with mock.patch.object(standstill, "STUCK", -1), self.assertRaises(standstill.Stuck) as raised:
            patience.settle(rounds, lambda: (rounds.complete("autoscaler"), (None, "the same"))[1])
        told = str(raised.exception)
        for text in ("this machine made no progress", "scheduler does not answer: timed out", "cores", "GiB", "repeat"):
            self.assertIn(text, told)
        self.assertNotIn("autoscaler", told)


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


SCHEDULER = """# TYPE scheduler_pending_pods gauge
scheduler_pending_pods{queue="active"} 0
scheduler_pending_pods{queue="backoff"} 0
scheduler_pending_pods{queue="unschedulable"} 3
scheduler_goroutines{operation="binding"} 0
"""
CONTROLLERS = """workqueue_depth{name="replicaset"} 0
workqueue_depth{name="job"} 0
workqueue_unfinished_work_seconds{name="job"} 0
workqueue_adds_total{name="job"} 17
"""
SERVER = ("import http.server as s\n"
          "class H(s.BaseHTTPRequestHandler):\n"
          " def do_GET(self): self.send_response(200); self.end_headers()\n"
          " def log_message(self, *_): pass\n"
          "server = s.HTTPServer(('127.0.0.1', 0), H); print(server.server_port, flush=True)\n"
          "server.serve_forever()")


class Programs(unittest.TestCase):
    """A program of the control plane completes a round when it answers and has nothing left to do."""

    def setUp(self):
        patch = mock.patch.object(control_loops, "APART", 0)
        patch.start()
        self.addCleanup(patch.stop)

    def test_a_pod_that_is_parked_is_no_work_for_the_scheduler_and_one_that_is_tried_or_bound_is(self):
        self.assertTrue(control_loops.scheduler_is_idle(SCHEDULER))
        for idle in ('queue="active"} 0', 'queue="backoff"} 0', 'operation="binding"} 0'):
            self.assertFalse(control_loops.scheduler_is_idle(SCHEDULER.replace(idle, idle[:-1] + "2")), idle)
        self.assertTrue(control_loops.scheduler_is_idle(SCHEDULER[:SCHEDULER.index("scheduler_goroutines")]))

    def test_a_key_in_a_queue_or_in_work_keeps_the_controllers_busy(self):
        self.assertTrue(control_loops.controllers_are_idle(CONTROLLERS))
        for idle in ('workqueue_depth{name="job"} 0', 'workqueue_unfinished_work_seconds{name="job"} 0'):
            self.assertFalse(control_loops.controllers_are_idle(CONTROLLERS.replace(idle, idle[:-1] + "0.5")))

    def test_a_metric_that_is_gone_is_not_idleness(self):
        for is_idle in (control_loops.scheduler_is_idle, control_loops.controllers_are_idle):
            with self.assertRaisesRegex(ValueError, "there is no metric"):
                is_idle("renamed_metric 0\n")

    def test_one_that_answers_late_completes_no_round(self):
        with subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True) as program:
            self.addCleanup(program.kill)
            port = int(program.stdout.readline())
            watched = control_loops.ControlLoops({"kwok": port}, lambda: True)
            rounds = lambda: {name: loop.rounds for name, loop in watched.look().items()}
            self.assertEqual(rounds(), {"kube-apiserver": 1, "kwok": 1})
            program.send_signal(signal.SIGSTOP)
            with mock.patch.object(control_loops, "TIMEOUT", 0.2):
                self.assertEqual(rounds(), {"kube-apiserver": 2, "kwok": 1})
                self.assertIn("does not answer", watched.look()["kwok"].error)
            program.send_signal(signal.SIGCONT)
            self.assertEqual(rounds()["kwok"], 2)
            program.kill()

    def test_however_many_ask_a_round_is_one(self):
        with mock.patch.object(control_loops, "APART", 3600):
            watched = control_loops.ControlLoops({}, lambda: True)
            self.assertEqual([watched.look()["kube-apiserver"].rounds for _ in range(5)], [1] * 5)
