import unittest
from unittest import mock

from ministack.core.responses import request_scope

from emulator.core import settings
from emulator.core.seams import cloudformation, provisioners, stacks
from emulator.services.cloudformation.attributes import Attributes
from emulator.services.cloudformation.deployments import ancestors, unordered
from emulator.services.cloudformation.order import shuffled_order
from test.emulated import EmulatorTest, deploy, destroy, outputs, reasons

DIAMOND = {"Top": {"Left", "Right"}, "Left": {"Base"}, "Right": {"Base"}, "Base": set(), "Free": set()}
INDEPENDENT = {f"Resource{i}": set() for i in range(8)}
IMPORTED = {"Fn::ImportValue": "producer:A"}
VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}


def topic(**attributes) -> dict:
    return {"Type": "AWS::SNS::Topic", **attributes}


def output(value) -> dict:
    return {"Value": value}


class Order(unittest.TestCase):
    """Resources that nothing orders come in an order that the seed decides."""

    def test_every_order_is_topological(self):
        for seed in range(50):
            order = shuffled_order(DIAMOND, str(seed))
            self.assertCountEqual(order, DIAMOND)
            for name, needs in DIAMOND.items():
                for need in needs:
                    self.assertLess(order.index(need), order.index(name), f"seed {seed}")

    def test_the_same_seed_gives_the_same_order(self):
        self.assertEqual(shuffled_order(INDEPENDENT, "7"), shuffled_order(dict(reversed(INDEPENDENT.items())), "7"))

    def test_different_seeds_give_different_orders(self):
        self.assertGreater(len({tuple(shuffled_order(INDEPENDENT, str(seed))) for seed in range(20)}), 15)

    def test_every_order_of_two_independent_resources_occurs(self):
        seen = {tuple(shuffled_order({"A": set(), "B": set()}, str(seed))) for seed in range(20)}
        self.assertEqual(seen, {("A", "B"), ("B", "A")})

    def test_another_resource_does_not_change_the_order_of_the_rest(self):
        larger = shuffled_order({**INDEPENDENT, "Another": set()}, "7")
        self.assertEqual([name for name in larger if name != "Another"], shuffled_order(INDEPENDENT, "7"))

    def test_a_cycle_is_an_error_that_names_its_resources(self):
        with self.assertRaisesRegex(ValueError, r"Circular dependency between resources: \[A, B\]"):
            shuffled_order({"A": {"B"}, "B": {"A"}, "C": set()}, "0")

    def test_a_dependency_on_itself_or_on_something_absent_is_none(self):
        self.assertEqual(shuffled_order({"A": {"A", "Absent"}}, "0"), ["A"])


class Stacks(EmulatorTest):
    def created(self, seed: int, resources: dict) -> list[str]:
        """The order in which a seed creates resources."""
        with mock.patch.object(settings, "SEED", seed):
            stack = deploy(f"stack-{seed}", {"Resources": resources})
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE", reasons(stack))
        return list(stack["_resources"])

    def test_a_stack_is_created_in_the_order_of_the_seed(self):
        for seed in (1, 2, 3):
            order = self.created(seed, {name: topic() for name in INDEPENDENT})
            self.assertEqual(order, shuffled_order(INDEPENDENT, str(seed)))

    def test_dependencies_by_reference_and_by_name_are_kept(self):
        for seed in range(10):
            order = self.created(seed, {
                "A": topic(DependsOn="B"),
                "B": topic(Properties={"DisplayName": {"Fn::GetAtt": ["C", "TopicName"]}}), "C": topic()})
            self.assertEqual(order, ["C", "B", "A"])

    def test_a_cycle_fails_the_stack(self):
        stack = deploy("stack", {"Resources": {"A": topic(DependsOn="B"), "B": topic(DependsOn="A")}})
        self.assertIn("Circular dependency between resources: [A, B]", stack["StackStatusReason"])

    def test_an_attribute_that_the_emulator_lacks_is_the_property(self):
        block = output({"Fn::GetAtt": "Vpc.CidrBlock"})
        stack = deploy("stack", {"Resources": {"Vpc": VPC}, "Outputs": {"Block": block}})
        self.assertEqual(outputs(stack), {"Block": "10.0.0.0/16"})

    def test_an_attribute_that_is_neither_fails_the_stack(self):
        absent = output({"Fn::GetAtt": "Vpc.Absent"})
        stack = deploy("stack", {"Resources": {"Vpc": VPC}, "Outputs": {"Name": absent}})
        self.assertEqual(stack["StackStatus"], "ROLLBACK_COMPLETE")

    def test_an_output_of_another_region_can_be_read(self):
        with request_scope(self.account, "us-east-1"):
            deploy("global", {"Resources": {"Topic": topic()}, "Outputs": {"Key": output("there")}})
        deploy("global", {"Resources": {"Topic": topic()}, "Outputs": {"Key": output("here")}})
        spec = {"StackName": "global", "OutputName": "Key"}
        stack = deploy("stack", {"Resources": {"Topic": topic()}, "Outputs": {
            "There": output({"Fn::GetStackOutput": {**spec, "Region": "us-east-1"}}),
            "Here": output({"Fn::GetStackOutput": spec})}})
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

    def test_eks_is_provisioned_outside_of_the_event_loop(self):
        kinds = ("AWS::EKS::Cluster", "AWS::EKS::Addon", "Custom::Resource", "AWS::EC2::VPC")
        self.assertEqual([stacks.runs_on_worker_thread(kind) for kind in kinds], [True, True, True, False])


class Exports(EmulatorTest):
    """What a stack exports stays as it is while another one imports it."""

    def producer(self, **exports: str) -> dict:
        """A stack that exports these values. It has a topic of the name of each, so that a rollback shows."""
        return deploy("producer", {
            "Resources": {name: topic() for name in ("Topic", *exports)},
            "Outputs": {name: {"Value": value, "Export": {"Name": f"producer:{name}"}}
                        for name, value in exports.items()}})

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
        self.assert_rolled_back(self.producer(B="2"),
                                "Export producer:A cannot be deleted as it is in use by consumer")

    def test_no_update_changes_one_that_is_imported(self):
        for name in ("one", "another"):
            self.consumer(name, DisplayName={"Fn::Join": ["", ["x", IMPORTED]]})
        self.assert_rolled_back(self.producer(A="2", B="2"),
                                "Export producer:A cannot be updated as it is in use by another, one")

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
        failed = deploy("failed", {"Resources": {"Topic": topic(Properties={"DisplayName": IMPORTED})},
                                   "Outputs": {"Name": output({"Fn::GetAtt": "Topic.Absent"})}})
        self.assertEqual(failed["StackStatus"], "ROLLBACK_COMPLETE")
        self.assertEqual(self.producer(B="2")["StackStatus"], "UPDATE_COMPLETE")

    def test_exports_of_other_stacks_stay(self):
        deploy("other", {"Resources": {"Topic": topic()},
                         "Outputs": {"A": {"Value": "3", "Export": {"Name": "other:A"}}}})
        self.consumer(DisplayName={"Fn::ImportValue": "other:A"})
        self.assertEqual(self.producer(B="2")["StackStatus"], "UPDATE_COMPLETE")
        self.assertEqual(self.exports(), {"other:A": "3", "producer:B": "2"})


class Unordered(EmulatorTest):
    """What the template does not order before the resource that is being created."""

    def seen(self, resources: dict, template: dict | None = None, name: str = "stack", **properties) -> dict:
        """What every resource of a stack is told about topics while it is created."""
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
        resources = {"A": topic(Properties={"DisplayName": "x"}), "B": topic(Properties={"DisplayName": "y"}),
                     "C": topic(), "Vpc": VPC}
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


class ResourceAttributes(unittest.TestCase):
    def test_an_attribute_of_the_emulator_wins_over_the_property(self):
        attributes = Attributes({"Name": "given"}, {"Name": "wanted", "Size": 3, "Nested": {"Key": "deep"}})
        self.assertEqual((attributes["Name"], attributes["Size"], attributes["Nested.Key"]), ("given", 3, "deep"))

    def test_what_is_neither_is_absent(self):
        attributes = Attributes({}, {"Name": "wanted"})
        self.assertNotIn("Other", attributes)
        self.assertNotIn("Name.Part", attributes)
        with self.assertRaises(KeyError):
            attributes["Other"]
