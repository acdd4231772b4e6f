import unittest
from unittest import mock

from emulator.core import settings
from emulator.services.cloudformation.order import shuffled_order
from test.services.cloudformation.test_outputs import topic
from test.support.emulated import EmulatorTest, deploy, reasons

DIAMOND = {"Top": {"Left", "Right"}, "Left": {"Base"}, "Right": {"Base"}, "Base": set(), "Free": set()}


INDEPENDENT = {f"Resource{i}": set() for i in range(8)}


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
    """A stack is created in the order of the seed."""

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
            order = self.created(
                seed,
                {
                    "A": topic(DependsOn="B"),
                    "B": topic(Properties={"DisplayName": {"Fn::GetAtt": ["C", "TopicName"]}}),
                    "C": topic(),
                },
            )
            self.assertEqual(order, ["C", "B", "A"])

    def test_a_cycle_fails_the_stack(self):
        stack = deploy("stack", {"Resources": {"A": topic(DependsOn="B"), "B": topic(DependsOn="A")}})
        self.assertIn("Circular dependency between resources: [A, B]", stack["StackStatusReason"])
