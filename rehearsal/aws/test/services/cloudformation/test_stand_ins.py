import unittest
from unittest import mock

from emulator.core.seams import iam
from emulator.services.cloudformation import stand_ins
from test.support.emulated import EmulatorTest, change, deploy, destroy, make, outputs, remove

CONNECTION = "AWS::CodeStarConnections::Connection"
PIPELINE = "AWS::CodePipeline::Pipeline"


class StandIns(EmulatorTest):
    """Types that the emulator lacks."""

    def test_a_stack_can_hold_what_is_only_recorded(self):
        properties = {"ConnectionName": "c", "ProviderType": "GitHub"}
        stack = deploy(
            "stack",
            {
                "Resources": {"Connection": {"Type": CONNECTION, "Properties": properties}},
                "Outputs": {
                    "Arn": {"Value": {"Fn::GetAtt": "Connection.ConnectionArn"}},
                    "Id": {"Value": {"Ref": "Connection"}},
                },
            },
        )
        values = outputs(stack)
        self.assertRegex(values["Arn"], f"^arn:aws:codestar-connections:eu-central-1:{self.account}:connection/.")
        self.assertEqual(values["Arn"], values["Id"])
        self.assertEqual(destroy("stack")["StackStatus"], "DELETE_COMPLETE")

    def test_a_recorded_resource_keeps_its_id_whatever_changes(self):
        self.assertEqual(make(PIPELINE, Name="pipeline")[0], "pipeline")
        self.assertEqual(
            change(PIPELINE, "pipeline", {"Name": "pipeline"}, {"Name": "pipeline", "Stages": []})[0], "pipeline"
        )

    def test_the_inventory_can_tell_which_types_are_only_recorded(self):
        recorded = stand_ins.recorded_types()
        self.assertLessEqual({CONNECTION, PIPELINE}, recorded)
        self.assertFalse({kind for kind in recorded if kind.startswith(("AWS::EC2::", "AWS::EKS::", "AWS::IAM::"))})

    def test_an_oidc_provider_is_one_of_iam(self):
        url = "https://token.actions.githubusercontent.com"
        arn, attributes = make("AWS::IAM::OIDCProvider", Url=url, ClientIdList=["sts.amazonaws.com"])
        self.assertEqual(attributes["Arn"], arn)
        self.assertEqual(iam.oidc_providers[arn]["ClientIDList"], ["sts.amazonaws.com"])
        remove("AWS::IAM::OIDCProvider", arn)
        self.assertNotIn(arn, iam.oidc_providers)

    def test_refuses_a_second_oidc_provider_with_the_same_url(self):
        make("AWS::IAM::OIDCProvider", Url="https://example.com")
        with self.refused("OIDC provider with url https://example.com already exists."):
            make("AWS::IAM::OIDCProvider", Url="https://example.com")


class Updates(unittest.TestCase):
    """Of a type that the extract of the registry lacks, a change outside of what can change in place replaces the resource."""

    kind = "AWS::Nowhere::Thing"

    def handlers(self, mutable):
        self.updated = []
        stand_in = stand_ins.StandIn(
            create=lambda properties, name: f"{name}-{properties['Name']}",
            delete=lambda physical_id, properties: None,
            attributes=lambda physical_id, properties: {"Id": physical_id},
            mutable=mutable,
            update=lambda *args: self.updated.append(args),
        )
        return stand_ins._handlers(self.kind, stand_in, lambda stack, logical_id: f"{stack}-{logical_id}")

    def update(self, old: dict, new: dict, mutable=frozenset({"Size"})):
        return self.handlers(mutable)["update"]("old", old, new, "stack", "Resource")

    def test_a_mutable_property_changes_in_place(self):
        self.assertEqual(self.update({"Name": "a", "Size": 1}, {"Name": "a", "Size": 2}), ("old", {"Id": "old"}))
        self.assertEqual(self.updated, [("old", {"Name": "a", "Size": 1}, {"Name": "a", "Size": 2})])

    def test_tags_change_in_place(self):
        self.assertEqual(self.update({"Name": "a"}, {"Name": "a", "Tags": [1]})[0], "old")

    def test_another_property_replaces(self):
        self.assertEqual(self.update({"Name": "a"}, {"Name": "b"})[0], "stack-Resource-b")
        self.assertEqual(self.update({"Name": "a", "Gone": 1}, {"Name": "a"})[0], "stack-Resource-a")
        self.assertEqual(self.updated, [])

    def test_without_a_limit_everything_changes_in_place(self):
        self.assertEqual(self.update({"Name": "a"}, {"Name": "b"}, mutable=None)[0], "old")

    def test_of_a_type_in_the_registry_it_changes_nothing_and_says_so(self):
        self.kind = "AWS::EKS::Addon"
        with mock.patch("emulator.core.settings.note") as note:
            self.assertEqual(self.update({"Name": "a"}, {"Name": "a", "Other": 1})[0], "old")
        note.assert_called_once_with(
            "the rehearsal ignores another Other of AWS::EKS::Addon, but CloudFormation updates it"
        )
