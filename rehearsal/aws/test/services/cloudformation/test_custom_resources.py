import json
import subprocess
import unittest
from pathlib import Path
from unittest import mock

from emulator.core.seams import custom_resource, lambda_svc
from test.support.emulated import EmulatorTest, deploy, reasons

# Lambda brings @aws-sdk along, which a test has no use for.
RUNTIME = Path(__file__).parents[5] / "node_modules/aws-cdk-lib/custom-resources/lib/provider-framework/runtime"
CUSTOM = {"Type": "Custom::Thing", "Properties": {"ServiceToken": "function", "Name": "one"}}
TOPIC = {"Type": "AWS::SNS::Topic"}


class FailedCreate(EmulatorTest):
    """CloudFormation deletes a custom resource whose create failed."""

    def setUp(self):
        super().setUp()

        self.requests, self.answers = [], {}
        for name, fake in (
            ("_get_func_record_for_ref", lambda ref: ({}, {}, ref)),
            ("_execution_record_for_config", lambda record, config: record),
            ("_execute_function_with_config_scope", self.call),
        ):
            patch = mock.patch.object(lambda_svc, name, fake)
            patch.start()
            self.addCleanup(patch.stop)

    def call(self, _record: dict, event: dict) -> None:
        """A function that answers as the test says."""
        self.requests.append(
            (event["RequestType"], event.get("PhysicalResourceId"), event["ResourceProperties"]["Name"])
        )
        answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
        answer.update(
            {"Status": "SUCCESS", "PhysicalResourceId": event.get("PhysicalResourceId") or "thing"},
            **self.answers.get(event["RequestType"], {}),
        )
        custom_resource.deliver_response(event["ResponseURL"].rsplit("/", 1)[1], answer)

    def test_it_is_deleted_by_the_physical_id_of_its_answer(self):
        self.answers["Create"] = {"Status": "FAILED", "Reason": "refused", "PhysicalResourceId": "half"}
        stack = deploy("stack", {"Resources": {"Thing": CUSTOM}})
        self.assertEqual(stack["StackStatus"], "ROLLBACK_COMPLETE")
        self.assertEqual(self.requests, [("Create", None, "one"), ("Delete", "half", "one")])

    def test_a_delete_that_fails_too_fails_the_rollback(self):
        self.answers = {request: {"Status": "FAILED", "Reason": f"no {request}"} for request in ("Create", "Delete")}
        stack = deploy("stack", {"Resources": {"Thing": CUSTOM}})
        self.assertEqual(stack["StackStatus"], "ROLLBACK_FAILED")
        self.assertIn("no Delete", reasons(stack))

    def test_one_that_an_update_adds_is_deleted_too(self):
        deploy("stack", {"Resources": {"Topic": TOPIC}})
        self.answers["Create"] = {"Status": "FAILED", "Reason": "refused", "PhysicalResourceId": "half"}
        stack = deploy("stack", {"Resources": {"Topic": TOPIC, "Thing": CUSTOM}})
        self.assertEqual(stack["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
        self.assertEqual(self.requests[1:], [("Delete", "half", "one")])

    def test_what_was_created_is_not_deleted_by_a_failed_update(self):
        deploy("stack", {"Resources": {"Thing": CUSTOM}})
        self.answers["Update"] = {"Status": "FAILED", "Reason": "refused"}
        changed = {**CUSTOM, "Properties": {**CUSTOM["Properties"], "Name": "two"}}
        deploy("stack", {"Resources": {"Thing": changed}})
        self.assertNotIn("Delete", [request for request, _, _ in self.requests])


class Framework(unittest.TestCase):
    """The provider framework of the CDK itself, which the rehearsal runs: a failed create leaves behind what was made."""

    def run_framework(self, event: dict) -> dict:
        """Its answer, and the number of its calls to the function behind it, which always fails."""
        script = f"""
            const Module = require('node:module'), load = Module._load;
            Module._load = (name, ...more) => name.startsWith('@aws-sdk/') ? {{}} : load(name, ...more);
            const outbound = require({json.dumps(str(RUNTIME / "outbound.js"))});
            let calls = 0, answer;
            outbound.invokeFunction = async () => (calls++, {{ FunctionError: 'Unhandled', Payload: '{{}}' }});
            outbound.httpRequest = async (_, body) => {{ answer = JSON.parse(body); }};
            console.log = () => {{}};
            process.env.USER_ON_EVENT_FUNCTION_ARN = 'arn:aws:lambda:r:a:function:handler';
            const event = {json.dumps({"ResponseURL": "https://example.com/x", **event})};
            require({json.dumps(str(RUNTIME / "framework.js"))}).onEvent(event)
              .then(() => process.stdout.write(JSON.stringify({{ ...answer, calls }})));"""
        return json.loads(subprocess.check_output(["node", "-e", script]))

    def test_it_swallows_the_delete_of_a_failed_create(self):
        created = self.run_framework({"RequestType": "Create", "RequestId": "1"})
        self.assertEqual((created["Status"], created["calls"]), ("FAILED", 1))
        deleted = self.run_framework({"RequestType": "Delete", "PhysicalResourceId": created["PhysicalResourceId"]})
        self.assertEqual((deleted["Status"], deleted["calls"]), ("SUCCESS", 0))

    def test_it_passes_on_every_other_delete(self):
        deleted = self.run_framework({"RequestType": "Delete", "PhysicalResourceId": "thing"})
        self.assertEqual((deleted["Status"], deleted["calls"]), ("FAILED", 1))
