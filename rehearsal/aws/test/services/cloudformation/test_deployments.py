from unittest import mock

from emulator.core.seams import provisioners, stacks
from emulator.services.cloudformation.deployments import ancestors, unordered
from test.services.cloudformation.test_attributes import VPC
from test.services.cloudformation.test_order import DIAMOND
from test.services.cloudformation.test_outputs import topic
from test.support.emulated import EmulatorTest, deploy, reasons


class Unordered(EmulatorTest):
    """Resources that the template does not order before the one that is being created."""

    def seen(self, resources: dict, template: dict | None = None, name: str = "stack", **properties) -> dict:
        """The unordered topics of every resource of a stack, at its creation."""
        told, create = {}, provisioners.RESOURCE_HANDLERS["AWS::SNS::Topic"]["create"]

        def telling(logical_id, *args):
            told[logical_id] = unordered("AWS::SNS::Topic", **properties)
            return create(logical_id, *args)

        with mock.patch.dict(provisioners.RESOURCE_HANDLERS["AWS::SNS::Topic"], create=telling):
            stack = deploy(name, {"Resources": resources, **(template or {})})
        self.assertIn(stack["StackStatus"], ("CREATE_COMPLETE", "UPDATE_COMPLETE"), reasons(stack))
        return told

    def test_ancestors_are_those_of_ancestors_too(self):
        self.assertEqual(ancestors("Top", DIAMOND), {"Left", "Right", "Base"})
        self.assertEqual(ancestors("Base", DIAMOND), set())

    def test_every_kind_of_edge_orders(self):
        reference = {"Ref": "A"}, {"Fn::GetAtt": ["A", "TopicName"]}, {"Fn::Sub": "${A.TopicName}"}
        edges = {"DependsOn": "A"}, *({"Properties": {"DisplayName": value}} for value in reference)
        for i, edge in enumerate(edges):
            seen = self.seen({"A": topic(), "B": topic(**edge), "C": topic(DependsOn="B")}, name=f"stack-{i}")
            self.assertEqual({name: list(late) for name, late in seen.items()}, {"A": ["B", "C"], "B": ["C"], "C": []})

    def test_only_the_same_type_and_properties_count(self):
        resources = {
            "A": topic(Properties={"DisplayName": "x"}),
            "B": topic(Properties={"DisplayName": "y"}),
            "C": topic(),
            "Vpc": VPC,
        }
        self.assertEqual(list(self.seen(resources, DisplayName="y")["C"]), ["B"])
        self.assertEqual(list(self.seen(resources, name="another")["C"]), ["A", "B"])

    def test_properties_are_resolved(self):
        named = topic(Properties={"DisplayName": {"Fn::Join": ["-", [{"Ref": "Prefix"}, {"Ref": "AWS::Region"}]]}})
        parameters = {"Parameters": {"Prefix": {"Type": "String", "Default": "topic"}}}
        seen = self.seen({"A": topic(), "B": named}, parameters, DisplayName="topic-eu-central-1")
        self.assertEqual(seen["A"], {"B": {"DisplayName": "topic-eu-central-1"}})

    def test_what_the_condition_leaves_out_does_not_count(self):
        conditions = {"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}}
        self.assertEqual(self.seen({"A": topic(), "B": topic(Condition="Never")}, conditions), {"A": {}})

    def test_an_update_knows_its_template(self):
        self.seen({"A": topic()})
        self.assertEqual(list(self.seen({"A": topic(), "B": topic()})["B"]), ["A"])

    def test_it_is_known_on_a_worker_thread_too(self):
        with mock.patch.object(stacks, "runs_on_worker_thread", lambda kind: True):
            self.assertEqual(list(self.seen({"A": topic(), "B": topic()})["A"]), ["B"])

    def test_outside_of_a_stack_there_is_none(self):
        self.assertEqual(unordered("AWS::SNS::Topic"), {})
