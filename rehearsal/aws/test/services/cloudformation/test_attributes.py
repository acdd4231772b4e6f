import unittest

from emulator.services.cloudformation.attributes import Attributes
from test.services.cloudformation.test_outputs import output
from test.support.emulated import EmulatorTest, deploy, outputs

VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}


class Stacks(EmulatorTest):
    """Attributes of a resource, as a template reads them."""

    def test_an_attribute_that_the_emulator_lacks_is_the_property(self):
        block = output({"Fn::GetAtt": "Vpc.CidrBlock"})
        stack = deploy("stack", {"Resources": {"Vpc": VPC}, "Outputs": {"Block": block}})
        self.assertEqual(outputs(stack), {"Block": "10.0.0.0/16"})

    def test_an_attribute_that_is_neither_fails_the_stack(self):
        absent = output({"Fn::GetAtt": "Vpc.Absent"})
        stack = deploy("stack", {"Resources": {"Vpc": VPC}, "Outputs": {"Name": absent}})
        self.assertEqual(stack["StackStatus"], "ROLLBACK_COMPLETE")


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
