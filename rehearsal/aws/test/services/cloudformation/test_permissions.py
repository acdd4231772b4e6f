"""CloudFormation acts with the role of the deployment."""

import json

from emulator.services.cloudformation import permissions
from emulator.services.cloudformation.provider_schemas import name_on_aws, registry, schema
from test.support.emulated import EmulatorTest, act, deploy, make, reasons, resource

TOPIC = {"Sid": "Topics", "Effect": "Allow", "Action": ["sns:*"], "Resource": ["arn:aws:sns:*:*:platform-dev*"]}
ROLE = {"Sid": "Roles", "Effect": "Allow", "Action": ["iam:GetRole"], "Resource": ["arn:aws:iam::*:role/platform-dev*"]}
CUSTOM = {
    "Sid": "Functions",
    "Effect": "Allow",
    "Action": ["lambda:InvokeFunction"],
    "Resource": ["arn:aws:lambda:*:*:function:platform-dev*"],
}


class Permissions(EmulatorTest):
    def deploy(self, statements: list[dict], resources: dict, name: str = "platform-dev-test") -> dict:
        """A stack, deployed with a role whose only policy has these statements."""
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        policy = make("AWS::IAM::ManagedPolicy", PolicyDocument=json.loads(document), ManagedPolicyName="execution")[0]
        role = make(
            "AWS::IAM::Role",
            RoleName="execution",
            AssumeRolePolicyDocument={"Statement": []},
            ManagedPolicyArns=[policy],
        )[1]["Arn"]
        template = json.dumps({"Resources": resources})
        return act("CreateStack", name, RoleARN=role, TemplateBody=template)

    def assert_lacks(self, stack: dict, message: str) -> None:
        self.assertEqual(stack["StackStatus"], "ROLLBACK_COMPLETE")
        self.assertIn(message, reasons(stack))

    def test_what_the_policy_allows_is_made(self):
        stack = self.deploy([TOPIC, ROLE], {"Topic": resource("AWS::SNS::Topic")})
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE", reasons(stack))

    def test_an_action_that_is_lacking_is_named_with_the_resource(self):
        actions = [action for action in registry_actions("AWS::SNS::Topic") if action != "sns:CreateTopic"]
        stack = self.deploy([{**TOPIC, "Action": actions}], {"Topic": resource("AWS::SNS::Topic")})
        self.assert_lacks(stack, "the execution policy lacks sns:CreateTopic for AWS::SNS::Topic Topic")

    def test_a_name_that_the_policy_does_not_cover(self):
        stack = self.deploy([TOPIC], {"Topic": resource("AWS::SNS::Topic", TopicName="elsewhere")})
        self.assert_lacks(stack, "sns:CreateTopic")

    def test_a_generated_name_is_cut_as_cloudformation_cuts_it(self):
        targets = {"Targets": resource("AWS::ElasticLoadBalancingV2::TargetGroup", TargetType="lambda")}
        cut = "arn:aws:elasticloadbalancing:*:*:targetgroup/platf-*"
        stack = self.deploy([{"Effect": "Allow", "Action": ["*"], "Resource": [cut]}], targets)
        self.assert_lacks(stack, "elasticloadbalancing:CreateTargetGroup")

    def test_the_generated_name_of_each_kind(self):
        """The forms that ../../../test/rehearsal/naming.test.ts has observed names of."""
        name = "platform-dev-one"
        for kind, logical_id, wanted in (
            ("AWS::SNS::Topic", "Topic", "platform-dev-one-Topic-0A1B2C3D4E5F"),
            ("AWS::S3::Bucket", "Logs", "platform-dev-one-logs-0a1b2c3d4e5f"),
            ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancer", "platfo-LoadB-0A1B2C3D4E5F"),
            ("AWS::ElastiCache::ParameterGroup", "Parameters", "platfo-param-0a1b2c3d4e5f"),
            (
                "AWS::CodeBuild::Project",
                "PipelineBuildSynthCdkBuildProject6BEFA8E6",
                "PipelineBuildSynthCdkBuildP-0A1B2C3D4E5F",
            ),
            ("AWS::SSM::Parameter", "Barrier", "CFN-Barrier-0A1B2C3D4E5F"),
        ):
            self.assertEqual(name_on_aws(kind, logical_id, {}, name), wanted)
        given = {"DBInstanceIdentifier": "Platform-Dev"}
        self.assertEqual(name_on_aws("AWS::RDS::DBInstance", "Primary", given, name), "platform-dev")

    def test_a_region_that_the_condition_leaves_out(self):
        elsewhere = {"StringEquals": {"aws:RequestedRegion": ["us-east-1"]}}
        stack = self.deploy([{**TOPIC, "Condition": elsewhere}], {"Topic": resource("AWS::SNS::Topic")})
        self.assert_lacks(stack, "sns:CreateTopic")

    def test_a_role_may_only_be_passed_where_the_policy_says(self):
        role = f"arn:aws:iam::{self.account}:role/other"
        found = list(
            permissions.requests("create", "AWS::EKS::Cluster", "Cluster", {"RoleArn": role, "Name": "c"}, "s")
        )
        self.assertIn(("iam:PassRole", role), [(action, on) for action, on, _ in found])

    def test_a_policy_of_the_stack_is_attached_to_the_roles_that_it_names(self):
        policy = {"Roles": ["r"], "PolicyDocument": {"Statement": []}}
        found = [
            context["iam:PolicyARN"]
            for action, _, context in permissions.requests(
                "create", "AWS::IAM::ManagedPolicy", "P", policy, "platform-dev-test"
            )
            if action == "iam:AttachRolePolicy"
        ]
        self.assertEqual(len(found), 1)
        self.assertRegex(found[0], rf"^arn:aws:iam::{self.account}:policy/platform-dev-test-P-")

    def test_a_policy_with_a_statement_of_nothing_is_refused(self):
        for statement, what in (({**TOPIC, "Resource": []}, "resources"), ({**TOPIC, "Action": []}, "actions")):
            document = {"Version": "2012-10-17", "Statement": [statement]}
            for kind, properties in (
                ("AWS::IAM::ManagedPolicy", {"PolicyDocument": document}),
                (
                    "AWS::IAM::Role",
                    {
                        "AssumeRolePolicyDocument": {"Statement": []},
                        "Policies": [{"PolicyName": "p", "PolicyDocument": document}],
                    },
                ),
            ):
                template = {"Resources": {"It": resource(kind, **properties)}}
                stack = act("CreateStack", f"nothing-{what}-{kind[10:]}", TemplateBody=json.dumps(template))
                self.assertEqual(stack["StackStatus"], "ROLLBACK_COMPLETE")
                self.assertIn(f"Policy statement must contain {what}.", reasons(stack))

    def test_a_condition_on_tags_is_not_met_by_a_thing_without_them(self):
        tagged = {"StringEquals": {"aws:ResourceTag/Environment": "dev"}}
        statement = {"Action": ["ec2:*"], "Resource": ["*"], "Condition": tagged}

        def may(kind: str, properties: dict) -> bool:
            return all(
                permissions._matches(statement, action, on, context)
                for action, on, context in permissions.requests("delete", kind, "A", properties, "platform-dev-test")
                if action.startswith("ec2:Delete")
            )

        tags = [{"Key": "Environment", "Value": "dev"}]
        self.assertTrue(may("AWS::EC2::VPC", {"Tags": tags}))
        self.assertFalse(may("AWS::EC2::VPC", {}))
        self.assertFalse(may("AWS::EC2::LaunchTemplate", {}))
        specified = [{"ResourceType": "launch-template", "Tags": tags}]
        self.assertTrue(may("AWS::EC2::LaunchTemplate", {"TagSpecifications": specified}))
        self.assertTrue(may("AWS::EC2::Route", {}))  # the route table has tags, and they are not known here

    def test_an_action_of_which_nothing_is_known_stops(self):
        known = registry()["actions"].pop("sns:CreateTopic")
        try:
            with self.assertRaisesRegex(ValueError, "registry.json has no entry for sns:CreateTopic"):
                list(permissions.requests("create", "AWS::SNS::Topic", "T", {}, "s"))
        finally:
            registry()["actions"]["sns:CreateTopic"] = known

    def test_the_name_of_a_channel_stands_behind_its_kind(self):
        channel = {"ConfigurationName": "platform-dev-C1", "IamRoleArn": "r"}
        found = {
            on
            for action, on, _ in permissions.requests(
                "update", "AWS::Chatbot::SlackChannelConfiguration", "C", channel, "s"
            )
            if action == "chatbot:UpdateSlackChannelConfiguration"
        }
        self.assertEqual(found, {f"arn:aws:chatbot::{self.account}:chat-configuration/any/platform-dev-C1"})

    def test_a_managed_policy_may_only_be_attached_where_the_condition_names_it(self):
        role = {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}
        (found,) = [
            context
            for action, _, context in permissions.requests("create", "AWS::IAM::Role", "R", role, "s")
            if action == "iam:AttachRolePolicy"
        ]
        self.assertEqual(found["iam:PolicyARN"], "arn:aws:iam::aws:policy/AdministratorAccess")

    def test_a_custom_resource_invokes_its_function(self):
        token = f"arn:aws:lambda:eu-central-1:{self.account}:function:elsewhere"
        stack = self.deploy([CUSTOM], {"Thing": resource("Custom::Thing", ServiceToken=token)})
        self.assert_lacks(stack, "the execution policy lacks lambda:InvokeFunction for Custom::Thing Thing")

    def test_the_output_of_another_stack_has_to_be_readable(self):
        output = {"Fn::GetStackOutput": {"StackName": "platform-dev-edge", "OutputName": "Id", "Region": "us-east-1"}}
        stack = self.deploy([TOPIC], {"Topic": resource("AWS::SNS::Topic", DisplayName=output)})
        self.assert_lacks(stack, "cloudformation:DescribeStacks for Fn::GetStackOutput of platform-dev-edge")

    def test_a_deletion_and_an_update_need_their_own(self):
        create = {**TOPIC, "Action": list(registry_actions("AWS::SNS::Topic", "create"))}
        stack = self.deploy([create], {"Topic": resource("AWS::SNS::Topic")})
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE", reasons(stack))
        self.assertEqual(act("DeleteStack", stack["StackName"])["StackStatus"], "DELETE_FAILED")
        self.assertIn("the execution policy lacks sns:DeleteTopic for AWS::SNS::Topic Topic", reasons(stack))

    def test_a_stack_without_a_role_has_the_rights_of_the_caller(self):
        stack = deploy("platform-dev-free", {"Resources": {"Topic": resource("AWS::SNS::Topic")}})
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE", reasons(stack))


def registry_actions(kind: str, *handlers: str) -> list[str]:
    """Actions that these handlers of a type call, or all of its handlers."""
    known = schema(kind)["handlers"]
    return sorted({action for handler in handlers or known for action in known[handler]})
