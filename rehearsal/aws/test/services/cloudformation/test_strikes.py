import contextvars
import threading
import time

from emulator.services.cloudformation import strikes
from test.support.emulated import EmulatorTest, change, make

KIND = "AWS::SNS::Topic"
ON_A_THREAD = "AWS::CloudFormation::WaitCondition"


class Strikes(EmulatorTest):
    """An update fails, or waits."""

    def setUp(self):
        super().setUp()
        self.addCleanup(strikes.release, {})
        self.topic = make(KIND, TopicName="topic")[0]
        self.old = {"TopicName": "topic"}

    def update(self, name: str = "shown") -> None:
        change(KIND, self.topic, self.old, {**self.old, "DisplayName": name})

    def test_an_update_fails_as_often_as_somebody_wants(self):
        strikes.strike({"stack": "stack", "type": KIND, "message": "Rate exceeded", "times": 2})
        for _ in range(2):
            with self.refused("Rate exceeded"):
                self.update()
        self.update()
        self.assertEqual(strikes.release({}), {"left": 0})

    def test_other_stacks_other_types_and_what_stays_the_same_are_not_struck(self):
        strikes.strike({"stack": "other", "type": KIND, "message": "no"})
        strikes.strike({"stack": "stack", "type": "AWS::SQS::Queue", "message": "no"})
        self.update()
        strikes.strike({"stack": "stack", "type": KIND, "message": "no"})
        change(KIND, self.topic, self.old, dict(self.old))
        self.assertEqual(strikes.release({}), {"left": 3})

    def test_an_update_waits_until_it_is_released(self):
        strikes.STRIKES.append(strikes.Strike("stack", KIND, None, 1))
        updating = threading.Thread(target=contextvars.copy_context().run, args=(self.update,))
        updating.start()
        while not strikes.held():
            time.sleep(0.001)
        self.assertEqual((strikes.held(), updating.is_alive()), (["Resource"], True))
        strikes.release({})
        updating.join()
        self.assertEqual(strikes.held(), [])

    def test_a_type_that_would_hold_the_emulator_is_refused(self):
        with self.refused("holding it would hold the whole emulator"):
            strikes.strike({"stack": "stack", "type": KIND})
        strikes.strike({"stack": "stack", "type": ON_A_THREAD})

    def test_what_is_asked_has_its_fields(self):
        for given in ({"stack": "stack"}, {"stack": "stack", "type": KIND, "often": 2}):
            with self.refused("a strike has stack, type"):
                strikes.strike(given)
