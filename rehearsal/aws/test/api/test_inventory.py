import asyncio
import json
import sys
import unittest
from unittest import mock

from emulator.api import inventory, paths, stacks
from emulator.core import records
from emulator.core.seams import app, cloudformation, ec2, eventbridge, kms, route53
from emulator.services.cloudformation.stand_ins import recorded_types
from test.support.emulated import EmulatorTest, deploy, destroy, make

TEMPLATE = {
    "Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Key": {"Type": "AWS::KMS::Key", "DeletionPolicy": "Retain", "Properties": {"KeyPolicy": {}}},
        "Pipeline": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {}},
    }
}


class Held(EmulatorTest):
    """The inventory of an account."""

    def held(self) -> list[tuple[str, str, str]]:
        return [
            (entry["service"], entry["store"], entry["key"])
            for entry in inventory.held(dict(sys.modules))
            if entry["account"] == self.account
        ]

    def test_lists_what_a_stack_holds_and_the_stack(self):
        stack = deploy("stack", TEMPLATE)
        vpc = stack["_resources"]["Vpc"]["PhysicalResourceId"]
        self.assertIn(("ec2", "_vpcs", vpc), self.held())
        self.assertIn(("cloudformation", "_stacks", "stack"), self.held())

    def test_tells_the_events_of_a_stack_though_it_is_gone(self):
        deploy("stack", {"Resources": {"Vpc": TEMPLATE["Resources"]["Vpc"]}})
        destroy("stack")
        scoped = [one for one in cloudformation.stack_events.all_items() if one[0][0] == self.account]
        told = [(one["status"], one["stack"]) for one in stacks.events(scoped) if one["logicalId"] == "Vpc"]
        self.assertEqual(
            [status for status, _ in told],
            ["CREATE_IN_PROGRESS", "CREATE_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"],
        )
        self.assertEqual({stack for _, stack in told}, {"stack"})

    def test_nothing_is_left_of_a_destroyed_stack(self):
        template = {"Resources": {"Vpc": TEMPLATE["Resources"]["Vpc"]}}
        deploy("stack", template)
        destroy("stack")
        self.assertEqual(self.held(), [])

    def test_what_a_destroyed_stack_retains_is_left(self):
        stack = deploy("stack", TEMPLATE)
        key = stack["_resources"]["Key"]["PhysicalResourceId"]
        destroy("stack")
        self.assertEqual([entry for entry in self.held() if entry[2] == key], [("kms", "_keys", key)])

    def test_leaves_out_the_default_vpc_and_what_is_in_it(self):
        ec2.ensure_defaults_initialized()
        self.assertTrue(ec2.subnets)
        self.assertEqual(self.held(), [])

    def test_leaves_out_the_default_event_bus_which_an_update_of_a_rule_makes(self):
        eventbridge.ensure_default_bus()
        self.assertEqual(list(eventbridge.event_buses), ["default"])
        self.assertEqual(self.held(), [])

    def test_leaves_out_a_key_that_is_scheduled_for_deletion(self):
        key = make("AWS::KMS::Key", KeyPolicy={})[0]
        self.assertIn(("kms", "_keys", key), self.held())
        kms.keys[key]["KeyState"] = "PendingDeletion"
        self.assertEqual(self.held(), [])

    def test_leaves_out_tags_which_may_outlive_their_resource(self):
        tags = [{"Key": "Name", "Value": "vpc"}]
        vpc = make("AWS::EC2::VPC", CidrBlock="10.0.0.0/16", Tags=tags)[0]
        self.assertEqual({store for _, store, key in self.held() if key == vpc}, {"_vpcs"})

    def test_names_the_region(self):
        deploy("stack", TEMPLATE)
        self.assertEqual(
            {
                entry["region"]
                for entry in inventory.held(dict(sys.modules))
                if entry["account"] == self.account and entry["store"] == "_vpcs"
            },
            {"eu-central-1"},
        )


class Gone(unittest.TestCase):
    def test_a_layer_is_gone_with_its_last_version(self):
        self.assertTrue(records.is_gone({"next_version": 2, "versions": [{"_deleted": True}]}))
        self.assertFalse(records.is_gone({"next_version": 3, "versions": [{"_deleted": True}, {}]}))

    def test_a_resource_with_versions_of_another_kind_is_not_gone(self):
        self.assertFalse(records.is_gone({"versions": []}))
        self.assertFalse(records.is_gone("text"))


class Resources(EmulatorTest):
    """The list of every stack's resources."""

    def listed(self) -> dict[str, dict]:
        found = stacks.resources(cloudformation.stacks.all_items(), recorded_types())
        return {resource["logicalId"]: resource for resource in found if resource["account"] == self.account}

    def test_says_who_holds_a_resource_and_what_becomes_of_it(self):
        deploy("stack", TEMPLATE)
        listed = self.listed()
        self.assertEqual(
            {name: (r["held"], r["deletionPolicy"]) for name, r in listed.items()},
            {"Vpc": ("service", "Delete"), "Key": ("service", "Retain"), "Pipeline": ("recorded", "Delete")},
        )
        self.assertEqual((listed["Vpc"]["stack"], listed["Vpc"]["type"]), ("stack", "AWS::EC2::VPC"))

    def test_manifests_are_held_by_kubernetes(self):
        stack = {"_resources": {"Manifest": {"ResourceType": "Custom::AWSCDK-EKS-KubernetesResource"}}}
        self.assertEqual(stacks.resources([(("1", "r", "s"), stack)], set())[0]["held"], "kubernetes")

    def test_leaves_out_deleted_stacks(self):
        deploy("stack", {"Resources": {"Pipeline": TEMPLATE["Resources"]["Pipeline"]}})
        self.assertIn("Pipeline", self.listed())
        self.assertEqual(destroy("stack")["StackStatus"], "DELETE_COMPLETE")
        self.assertEqual(self.listed(), {})


class Paths(unittest.TestCase):
    def test_the_lists_are_answered_and_other_paths_are_left_to_the_emulator(self):
        passed, sent = [], []
        names = ("inventory", "resources", "secrets", "identities", "logs", "images")

        async def emulator(scope, receive, send):
            passed.append(scope["path"])

        async def send(message):
            sent.append(message)

        with mock.patch.object(app, "app", emulator):
            paths.install()
            for path in (*(f"/_rehearsal/{name}" for name in names), "/other"):
                asyncio.run(app.app({"type": "http", "path": path}, None, send))
        self.assertEqual(passed, ["/other"])
        self.assertEqual([type(json.loads(m["body"])) for m in sent if "body" in m], [list] * len(names))

    def request(self, name: str, *parts: bytes, account: str = "") -> tuple[int, dict]:
        """Status and answer of a request with a body."""
        sent, bodies = [], iter([{"body": part, "more_body": part is not parts[-1]} for part in parts])
        signature = f"AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/route53/aws4_request"

        async def receive():
            return next(bodies)

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "path": f"/_rehearsal/{name}", "headers": [(b"Authorization", signature.encode())]}
        asyncio.run(app.app(scope, receive, send))
        return sent[0]["status"], json.loads(sent[1]["body"])

    def test_a_zone_is_lost_by_a_request_with_a_body(self):
        with mock.patch.object(app, "app", None), mock.patch.dict(paths.CHANGES, zones=lambda given: {"was": given}):
            paths.install()
            self.assertEqual(
                self.request("zones", b'{"zone": "a", ', b'"lost": true}'), (200, {"was": {"zone": "a", "lost": True}})
            )
            self.assertEqual(self.request("zones", b"zone")[0], 400)

    def test_a_hosted_zone_is_of_the_account_that_asks(self):
        account = "200000000001"
        with mock.patch.object(app, "app", None):
            paths.install()
            answer = self.request("hosted-zones", b'{"id": "Z1", "name": "example.com"}', account=account)
            self.assertEqual(answer, (200, {"id": "Z1", "name": "example.com"}))
            self.assertEqual(self.request("hosted-zones", b'{"id": "Z1"}', account=account)[0], 400)
        self.assertEqual(route53.zones.get_scoped(account, None, "Z1")["name"], "example.com.")
