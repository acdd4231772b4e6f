"""Updates replace where CloudFormation's registry says so."""

from unittest import mock

from emulator.core.seams import ec2, provisioners
from emulator.services.cloudformation import replacement
from emulator.services.cloudformation.provider_schemas import registry
from test.support.emulated import EmulatorTest, deploy, reasons, resource

GROUP = "AWS::RDS::DBSubnetGroup"


class Verdicts(EmulatorTest):
    def test_every_create_only_property_of_every_type_replaces(self):
        for kind, known in registry()["types"].items():
            for path in known["createOnly"]:
                old, new = nested(path, "a"), nested(path, "b")
                with self.subTest(kind, path=path):
                    self.assertEqual(replacement.replacing(kind, old, old), [])
                    self.assertIn(path, replacement.replacing(kind, old, new))

    def test_a_nested_property_replaces_and_its_neighbour_does_not(self):
        budget = lambda **given: {"Budget": {"BudgetName": "a", **given}}
        kind = "AWS::Budgets::Budget"
        self.assertEqual(replacement.replacing(kind, budget(), budget(BudgetName="b")), ["Budget/BudgetName"])
        self.assertEqual(replacement.replacing(kind, budget(), budget(BudgetType="COST")), [])

    def test_what_identifies_a_resource_is_uncertain_where_the_schema_does_not_list_it(self):
        record = {"Name": "a.example.com.", "Type": "A", "HostedZoneId": "Z1"}
        found = replacement.perhaps("AWS::Route53::RecordSet", record, {**record, "Name": "b.example.com."})
        self.assertEqual(found, ["Name"])

    def test_a_conditional_property_is_uncertain(self):
        old = {"Engine": "mysql", "MultiAZ": False}
        self.assertEqual(replacement.perhaps("AWS::RDS::DBInstance", old, {**old, "MultiAZ": True}), ["MultiAZ"])
        self.assertEqual(replacement.replacing("AWS::RDS::DBInstance", old, {**old, "MultiAZ": True}), [])

    def test_a_type_without_an_update_handler_cannot_be_updated(self):
        kind, old = (
            "AWS::CloudFront::MonitoringSubscription",
            {"DistributionId": "E1", "MonitoringSubscription": {"a": 1}},
        )
        self.assertIn("no update handler", replacement.refusal(kind, old, {**old, "MonitoringSubscription": {"a": 2}}))
        self.assertIsNone(replacement.refusal(kind, old, old))

    def test_a_name_that_is_kept_cannot_be_replaced(self):
        old = {"DBInstanceIdentifier": "a", "KmsKeyId": "one"}
        self.assertIn("Rename a", replacement.refusal("AWS::RDS::DBInstance", old, {**old, "KmsKeyId": "two"}))
        new = {"DBInstanceIdentifier": "b", "KmsKeyId": "two"}
        self.assertIsNone(replacement.refusal("AWS::RDS::DBInstance", old, new))


class Stacks(EmulatorTest):
    def deployed(self, *versions: dict) -> list[dict]:
        return [dict(deploy("replaced", {"Resources": version})["_resources"]) for version in versions]

    def test_a_create_only_property_replaces_and_the_old_one_goes(self):
        vpc = lambda cidr: {"Vpc": resource("AWS::EC2::VPC", CidrBlock=cidr)}
        before, after = self.deployed(vpc("10.0.0.0/16"), vpc("10.1.0.0/16"))
        old, new = before["Vpc"]["PhysicalResourceId"], after["Vpc"]["PhysicalResourceId"]
        self.assertNotEqual(old, new)
        self.assertEqual((old in ec2.vpcs, new in ec2.vpcs), (False, True))

    def test_another_property_changes_in_place(self):
        vpc = lambda **given: {"Vpc": resource("AWS::EC2::VPC", CidrBlock="10.0.0.0/16", **given)}
        before, after = self.deployed(vpc(), vpc(EnableDnsHostnames=True))
        self.assertEqual(before["Vpc"]["PhysicalResourceId"], after["Vpc"]["PhysicalResourceId"])

    def test_what_refers_to_a_replaced_resource_is_replaced_too(self):
        network = lambda cidr: {
            "Vpc": resource("AWS::EC2::VPC", CidrBlock=cidr),
            "Table": resource("AWS::EC2::RouteTable", VpcId={"Ref": "Vpc"}),
        }
        before, after = self.deployed(network("10.0.0.0/16"), network("10.1.0.0/16"))
        self.assertNotEqual(before["Table"]["PhysicalResourceId"], after["Table"]["PhysicalResourceId"])

    def test_an_uncertain_change_is_noted(self):
        alias = lambda **given: {"Function": resource("AWS::EC2::VPC", CidrBlock="10.0.0.0/16", **given)}
        with mock.patch("emulator.core.settings.note") as note:
            self.deployed(alias(), alias(InstanceTenancy="dedicated"))
        self.assertIn("another InstanceTenancy may replace AWS::EC2::VPC", note.call_args[0][0])

    def test_a_refused_update_rolls_back(self):
        vpc = lambda **given: {"Vpc": resource("AWS::EC2::VPC", CidrBlock="10.0.0.0/16", **given)}
        deploy("kept", {"Resources": vpc()})
        handlers = {name: [] for name in ("create", "read", "delete")}
        known = {**registry()["types"]["AWS::EC2::VPC"], "handlers": handlers}
        with mock.patch("emulator.services.cloudformation.replacement.schema", lambda kind: known):
            stack = deploy("kept", {"Resources": vpc(EnableDnsHostnames=True)})
        self.assertEqual(stack["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
        self.assertIn("CloudFormation cannot update AWS::EC2::VPC: it has no update handler", reasons(stack))

    def test_a_stand_in_that_replaces_on_its_own_is_noted(self):
        vpc = lambda **given: {"Vpc": resource("AWS::EC2::VPC", CidrBlock="10.0.0.0/16", **given)}
        eager = {**provisioners.RESOURCE_HANDLERS["AWS::EC2::VPC"], "update": lambda *args: ("vpc-other", {})}
        with (
            mock.patch.dict(provisioners.RESOURCE_HANDLERS, {"AWS::EC2::VPC": eager}),
            mock.patch("emulator.core.settings.note") as note,
        ):
            self.deployed(vpc(), vpc(EnableDnsHostnames=True))
        self.assertEqual(
            note.call_args[0][0],
            "the rehearsal replaces AWS::EC2::VPC for another EnableDnsHostnames, but CloudFormation does not",
        )


def nested(path: str, value: str):
    """Properties with a value at a path."""
    for key in reversed(path.split("/")):
        value = [value] if key == "*" else {key: value}
    return value
