import signal
import subprocess
import sys
import unittest
from unittest import mock

from emulator.kubernetes import control_loops

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


SERVER = (
    "import http.server as s\n"
    "class H(s.BaseHTTPRequestHandler):\n"
    " def do_GET(self): self.send_response(200); self.end_headers()\n"
    " def log_message(self, *_): pass\n"
    "server = s.HTTPServer(('127.0.0.1', 0), H); print(server.server_port, flush=True)\n"
    "server.serve_forever()"
)


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
        self.assertTrue(control_loops.scheduler_is_idle(SCHEDULER[: SCHEDULER.index("scheduler_goroutines")]))

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
