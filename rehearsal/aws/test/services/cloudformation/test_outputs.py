from ministack.core.responses import request_scope

from emulator.core.seams import cloudformation
from test.support.emulated import EmulatorTest, deploy, destroy, outputs, reasons

IMPORTED = {"Fn::ImportValue": "producer:A"}


def topic(**attributes) -> dict:
    return {"Type": "AWS::SNS::Topic", **attributes}


def output(value) -> dict:
    return {"Value": value}


class Stacks(EmulatorTest):
    def test_an_output_of_another_region_can_be_read(self):
        with request_scope(self.account, "us-east-1"):
            deploy("global", {"Resources": {"Topic": topic()}, "Outputs": {"Key": output("there")}})
        deploy("global", {"Resources": {"Topic": topic()}, "Outputs": {"Key": output("here")}})
        spec = {"StackName": "global", "OutputName": "Key"}
        stack = deploy(
            "stack",
            {
                "Resources": {"Topic": topic()},
                "Outputs": {
                    "There": output({"Fn::GetStackOutput": {**spec, "Region": "us-east-1"}}),
                    "Here": output({"Fn::GetStackOutput": spec}),
                },
            },
        )
        self.assertEqual(outputs(stack), {"There": "there", "Here": "here"})

    def test_a_missing_output_of_another_region_says_what_to_deploy_first(self):
        wanted = {"Fn::GetStackOutput": {"StackName": "global", "OutputName": "Key", "Region": "us-east-1"}}
        stack = deploy("stack", {"Resources": {"Topic": topic(Properties={"DisplayName": wanted})}})
        self.assertIn("Output 'Key' not found in stack 'global' of us-east-1: deploy that stack first.", reasons(stack))

    def test_an_output_of_a_deleted_stack_of_another_region_is_missing(self):
        with request_scope(self.account, "us-east-1"):
            deploy("global", {"Resources": {"Topic": topic()}, "Outputs": {"Key": output("stale")}})
            destroy("global")
        wanted = {"Fn::GetStackOutput": {"StackName": "global", "OutputName": "Key", "Region": "us-east-1"}}
        stack = deploy("stack", {"Resources": {"Topic": topic()}, "Outputs": {"There": output(wanted)}})
        self.assertEqual(stack["StackStatus"], "ROLLBACK_COMPLETE")

    def test_a_change_of_outputs_only_is_deployed(self):
        template = {"Resources": {"Topic": topic()}, "Outputs": {"Old": output("1")}}
        deploy("stack", template)
        stack = deploy("stack", {**template, "Outputs": {"Old": output("1"), "New": output("2")}})
        self.assertEqual(stack.get("StackStatus"), "UPDATE_COMPLETE")
        self.assertEqual(outputs(stack), {"Old": "1", "New": "2"})

    def test_no_change_at_all_is_skipped(self):
        template = {"Resources": {"Topic": topic()}, "Outputs": {"Old": output("1")}}
        deploy("stack", template)
        self.assertIn("didn't contain changes", deploy("stack", template)["StatusReason"])


class Exports(EmulatorTest):
    """Exports of a stack stay as they are while another one imports them."""

    def producer(self, **exports: str) -> dict:
        """A stack that exports these values. It has a topic of the name of each, so that a rollback shows."""
        return deploy(
            "producer",
            {
                "Resources": {name: topic() for name in ("Topic", *exports)},
                "Outputs": {
                    name: {"Value": value, "Export": {"Name": f"producer:{name}"}} for name, value in exports.items()
                },
            },
        )

    def consumer(self, name: str = "consumer", **properties) -> dict:
        return deploy(name, {"Resources": {"Topic": topic(Properties=properties)}})

    def exports(self) -> dict[str, str]:
        return {name: held["Value"] for name, held in cloudformation.exports.items()}

    def assert_rolled_back(self, stack: dict, message: str) -> None:
        """The update failed with the message, and the stack is what it was: it exports A as 1."""
        self.assertEqual(stack["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
        self.assertIn(message, reasons(stack).splitlines())
        self.assertEqual((outputs(stack), self.exports()), ({"A": "1"}, {"producer:A": "1"}))
        self.assertEqual(sorted(stack["_resources"]), ["A", "Topic"])

    def setUp(self):
        super().setUp()
        self.producer(A="1")

    def test_no_update_removes_one_that_is_imported(self):
        self.consumer(DisplayName=IMPORTED)
        self.assert_rolled_back(self.producer(B="2"), "Export producer:A cannot be deleted as it is in use by consumer")

    def test_no_update_changes_one_that_is_imported(self):
        for name in ("one", "another"):
            self.consumer(name, DisplayName={"Fn::Join": ["", ["x", IMPORTED]]})
        self.assert_rolled_back(
            self.producer(A="2", B="2"), "Export producer:A cannot be updated as it is in use by another, one"
        )

    def test_no_stack_is_deleted_while_one_is_imported(self):
        self.consumer(DisplayName=IMPORTED)
        with self.assertRaisesRegex(AssertionError, "Export producer:A is imported by stack consumer"):
            destroy("producer")

    def test_an_update_that_keeps_it_is_deployed(self):
        self.consumer(DisplayName=IMPORTED)
        self.assertEqual(self.producer(A="1", B="2")["StackStatus"], "UPDATE_COMPLETE")
        self.assertEqual(self.exports(), {"producer:A": "1", "producer:B": "2"})

    def test_what_nobody_imports_can_change_and_go(self):
        self.consumer(DisplayName="producer:A")
        self.assertEqual(self.producer(A="2", B="2")["StackStatus"], "UPDATE_COMPLETE")
        self.assertEqual(self.producer(B="2")["StackStatus"], "UPDATE_COMPLETE")
        self.assertEqual(self.exports(), {"producer:B": "2"})

    def test_only_what_is_deployed_imports(self):
        self.consumer(DisplayName=IMPORTED)
        self.consumer(DisplayName="updated")
        self.consumer("deleted", DisplayName=IMPORTED)
        destroy("deleted")
        failed = deploy(
            "failed",
            {
                "Resources": {"Topic": topic(Properties={"DisplayName": IMPORTED})},
                "Outputs": {"Name": output({"Fn::GetAtt": "Topic.Absent"})},
            },
        )
        self.assertEqual(failed["StackStatus"], "ROLLBACK_COMPLETE")
        self.assertEqual(self.producer(B="2")["StackStatus"], "UPDATE_COMPLETE")

    def test_exports_of_other_stacks_stay(self):
        deploy(
            "other", {"Resources": {"Topic": topic()}, "Outputs": {"A": {"Value": "3", "Export": {"Name": "other:A"}}}}
        )
        self.consumer(DisplayName={"Fn::ImportValue": "other:A"})
        self.assertEqual(self.producer(B="2")["StackStatus"], "UPDATE_COMPLETE")
        self.assertEqual(self.exports(), {"other:A": "3", "producer:B": "2"})
