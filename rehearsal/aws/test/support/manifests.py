"""A cluster, and the functions and roles with which the CDK applies manifests to it."""

import json
from unittest import mock

from test.support.emulated import EmulatorTest, resource

ENTRY = "AWS::EKS::AccessEntry"


class ManifestTest(EmulatorTest):
    """Deploys manifests of the CDK, whose function does nothing here."""

    KIND = "Custom::AWSCDK-EKS-KubernetesResource"

    def setUp(self):
        super().setUp()
        self.cluster()
        invoked = mock.patch(
            "ministack.services.cloudformation.custom_resource.invoke_custom_resource",
            lambda *args, **kwargs: ("manifest", {}),
        )
        invoked.start()
        self.addCleanup(invoked.stop)

    def manifest(self, *objects: dict, order=(), kind: str = KIND) -> dict:
        given = resource(
            kind, ServiceToken={"Fn::GetAtt": ["Framework", "Arn"]}, ClusterName="cluster", Manifest=json.dumps(objects)
        )
        return {**given, "DependsOn": list(order)}

    def function(self, role: str, **variables) -> dict:
        return resource(
            "AWS::Lambda::Function",
            Role=role,
            Runtime="python3.13",
            Handler="index.handler",
            Code={"ZipFile": "pass"},
            Environment={"Variables": variables},
        )

    def resources(self, **manifests) -> dict:
        return {
            "Role": resource("AWS::IAM::Role", AssumeRolePolicyDocument={"Statement": []}),
            "Handler": self.function({"Fn::GetAtt": ["Role", "Arn"]}),
            "Framework": self.function(
                self.role("framework"), USER_ON_EVENT_FUNCTION_ARN={"Fn::GetAtt": ["Handler", "Arn"]}
            ),
            "Entry": resource(ENTRY, ClusterName="cluster", PrincipalArn={"Fn::GetAtt": ["Role", "Arn"]}),
            "Other": resource(ENTRY, ClusterName="cluster", PrincipalArn=self.role("operator")),
            **manifests,
        }
