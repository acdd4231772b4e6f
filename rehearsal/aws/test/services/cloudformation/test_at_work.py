import asyncio
import json
from urllib.parse import urlencode

from emulator.core.seams import cloudformation
from test.support.emulated import EmulatorTest, act, deploy

TEMPLATE = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "topic"}}}}


class AtWork(EmulatorTest):
    """A stack takes operations only in some states."""

    def setUp(self):
        super().setUp()
        self.stack = deploy("stack", TEMPLATE)

    def ask(self, action: str, status: str, **parameters: str) -> str:
        """The answer while the stack is in a state."""

        async def run() -> tuple:
            body = urlencode({"Action": action, "StackName": "stack", **parameters}).encode()
            return await cloudformation.handle_request("POST", "/", {}, body, {})

        self.stack["StackStatus"] = status
        return asyncio.run(run())[2].decode()

    def change(self, status: str, name: str = "change") -> str:
        changed = {**TEMPLATE, "Outputs": {"Name": {"Value": name}}}
        return self.ask("CreateChangeSet", status, ChangeSetName=name, TemplateBody=json.dumps(changed))

    def test_a_stack_at_work_takes_no_change_set(self):
        for status in ("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS"):
            told = self.change(status)
            self.assertIn(f"Stack:{self.stack['StackId']} is in {status} state and can not be updated.", told)

    def test_a_stack_whose_rollback_failed_takes_none_either(self):
        self.assertIn(
            "is in UPDATE_ROLLBACK_FAILED state and can not be updated.", self.change("UPDATE_ROLLBACK_FAILED")
        )

    def test_a_change_set_that_was_made_before_is_not_executed(self):
        self.assertNotIn("Error", self.change("UPDATE_COMPLETE"))
        told = self.ask("ExecuteChangeSet", "UPDATE_IN_PROGRESS", ChangeSetName="change")
        self.assertIn("is in UPDATE_IN_PROGRESS state and can not be updated.", told)

    def test_a_stack_at_rest_takes_some(self):
        for status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"):
            self.assertNotIn("Error", self.change(status, status.replace("_", "-")))

    def test_a_stack_that_is_updated_is_not_deleted(self):
        told = self.ask("DeleteStack", "UPDATE_IN_PROGRESS")
        self.assertIn(f"Stack [{self.stack['StackId']}] cannot be deleted while in status UPDATE_IN_PROGRESS", told)
        self.stack["StackStatus"] = "UPDATE_ROLLBACK_FAILED"
        self.assertEqual(act("DeleteStack", "stack")["StackStatus"], "DELETE_COMPLETE")

    def test_a_forced_rollback_skips_all_that_failed(self):
        self.stack["_rollback_failed"] = {"Topic": {"ResourceType": "AWS::SNS::Topic", "PhysicalResourceId": "gone"}}
        self.stack["StackStatus"] = "UPDATE_ROLLBACK_FAILED"
        self.assertEqual(
            act("ContinueUpdateRollback", "stack", ForceRollback="true")["StackStatus"], "UPDATE_ROLLBACK_COMPLETE"
        )
        skipped = [
            event["LogicalResourceId"]
            for event in cloudformation.stack_events[self.stack["StackId"]]
            if event["ResourceStatusReason"] == "Resource rollback skipped by user"
        ]
        self.assertEqual(skipped, ["Topic"])

    def test_an_empty_list_of_resources_to_skip_skips_none(self):
        self.stack["_rollback_failed"] = {}
        self.stack["StackStatus"] = "UPDATE_ROLLBACK_FAILED"
        rolled_back = act("ContinueUpdateRollback", "stack", ResourcesToSkip="")
        self.assertEqual(rolled_back["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
