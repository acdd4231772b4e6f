import asyncio
from unittest import mock
from urllib.parse import urlencode

from emulator.core.seams import cloudformation, entries
from emulator.services.cloudformation import polling
from test.support.emulated import EmulatorTest


class Polling(EmulatorTest):
    """An answer about a stack comes when the stack is at rest."""

    def ask(self, name: str, *states: str, action: str = "DescribeStacks", called: str = "") -> tuple[str, int]:
        """The status that is told of a stack which goes through these states, and after how many waits."""
        remaining, waits = list(states), []
        stack = {
            "StackName": name,
            "StackId": f"arn:aws:cloudformation:r:1:stack/{name}/1",
            "StackStatus": remaining.pop(0),
        }

        async def answer(*_):
            return stack["StackStatus"]

        async def sleep(_seconds):
            waits.append(1)
            if remaining:
                stack["StackStatus"] = remaining.pop(0)

        with (
            mock.patch.dict(entries(cloudformation.stacks), {}, clear=False),
            mock.patch.object(cloudformation, "handle_request", answer),
            mock.patch("asyncio.sleep", sleep),
        ):
            cloudformation.stacks[name] = stack
            polling.install()
            body = urlencode({"Action": action, "StackName": called or name}).encode()
            return asyncio.run(cloudformation.handle_request("POST", "/", {}, body, {})), len(waits)

    def test_is_held_back_until_the_stack_is_at_rest(self):
        self.assertEqual(
            self.ask("a", "CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"), ("CREATE_COMPLETE", 2)
        )
        self.assertEqual(
            self.ask("b", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"), ("UPDATE_COMPLETE", 1)
        )

    def test_a_stack_may_be_called_by_its_id(self):
        states = ("CREATE_IN_PROGRESS", "CREATE_COMPLETE")
        stack_id = "arn:aws:cloudformation:r:1:stack/f/1"
        self.assertEqual(self.ask("f", *states, called=stack_id), ("CREATE_COMPLETE", 1))
        self.assertEqual(self.ask("f", *states, called=stack_id[:-1] + "2"), ("CREATE_IN_PROGRESS", 0))

    def test_comes_at_once_where_nothing_is_at_work(self):
        for status in ("CREATE_COMPLETE", "ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"):
            self.assertEqual(self.ask("c", status), (status, 0))

    def test_comes_in_the_end_though_the_stack_is_still_at_work(self):
        self.assertEqual(
            self.ask("d", "DELETE_IN_PROGRESS"), ("DELETE_IN_PROGRESS", round(polling.PATIENCE / polling.INTERVAL))
        )

    def test_other_questions_are_not_held_back(self):
        self.assertEqual(
            self.ask("e", "CREATE_IN_PROGRESS", "CREATE_COMPLETE", action="DescribeStackEvents"),
            ("CREATE_IN_PROGRESS", 0),
        )
