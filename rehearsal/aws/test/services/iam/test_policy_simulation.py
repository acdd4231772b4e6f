import json
import re

from ministack.core.responses import get_account_id

from emulator.core.ministack_api import answer
from emulator.core.seams import iam
from emulator.services.iam import policy_simulation
from test.support.emulated import EmulatorTest

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "iam:CreateServiceLinkedRole",
            "Resource": "*",
            "Condition": {"StringEquals": {"iam:AWSServiceName": ["eks.amazonaws.com", "rds.amazonaws.com"]}},
        }
    ],
}


class Simulation(EmulatorTest):
    def decision(self, *services: str) -> str:
        """IAM's decision on a role that may make the service-linked roles of two services."""
        policy_simulation.install()
        iam.create_role({"RoleName": ["deploys"], "AssumeRolePolicyDocument": ["{}"]})
        iam.put_role_policy({"RoleName": ["deploys"], "PolicyName": ["some"], "PolicyDocument": [json.dumps(POLICY)]})
        given = {f"ContextEntries.member.1.ContextKeyValues.member.{i}": [one] for i, one in enumerate(services, 1)}
        told = answer(
            iam.IAM_HANDLERS["SimulatePrincipalPolicy"](
                {
                    "PolicySourceArn": [f"arn:aws:iam::{get_account_id()}:role/deploys"],
                    "ActionNames.member.1": ["iam:CreateServiceLinkedRole"],
                    **({"ContextEntries.member.1.ContextKeyName": ["iam:AWSServiceName"], **given} if services else {}),
                }
            )
        )
        return re.search("<EvalDecision>(.*?)<", told)[1]

    def test_a_condition_holds_of_the_context_that_is_given(self):
        self.assertEqual(self.decision("eks.amazonaws.com"), "allowed")
        self.assertEqual(self.decision("wafv2.amazonaws.com"), "implicitDeny")
        self.assertEqual(self.decision(), "implicitDeny")
