from emulator.core.seams import iam
from emulator.services.cloudformation import conditions
from test.support.emulated import EmulatorTest, deploy, resource


class Conditions(EmulatorTest):
    """Conditions of a template that join texts."""

    def roles(self, default: str) -> list[str]:
        """The roles of a stack, one of which is made if a list is not empty."""
        conditions.install()
        template = {
            "Parameters": {"Accounts": {"Type": "CommaDelimitedList", "Default": default}},
            "Conditions": {"Trusting": {"Fn::Not": [{"Fn::Equals": ["", {"Fn::Join": ["", {"Ref": "Accounts"}]}]}]}},
            "Resources": {
                "Always": resource("AWS::IAM::Role", RoleName="always", AssumeRolePolicyDocument={"Statement": []}),
                "Sometimes": {
                    **resource("AWS::IAM::Role", RoleName="sometimes", AssumeRolePolicyDocument={"Statement": []}),
                    "Condition": "Trusting",
                },
            },
        }
        stack = deploy("stack", template)
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE")
        return sorted(iam.roles)

    def test_an_empty_list_is_empty(self):
        self.assertEqual(self.roles(""), ["always"])

    def test_a_list_is_not(self):
        self.assertEqual(self.roles("111111111111,222222222222"), ["always", "sometimes"])

    def test_joins_texts_and_parameters(self):
        params = {"A": {"Value": "x,y"}, "B": {"Value": "z"}}
        self.assertEqual(conditions.joined({"Fn::Join": ["-", {"Ref": "A"}]}, params), "x-y")
        self.assertEqual(
            conditions.joined({"Fn::Equals": [{"Fn::Join": ["/", [{"Ref": "B"}, "b"]]}, "z/b"]}, params),
            {"Fn::Equals": ["z/b", "z/b"]},
        )
