"""MiniStack in this process, with the seams put in."""

import asyncio
import functools
import itertools
import json
import logging
import re
import unittest
from unittest import mock
from urllib.parse import urlencode

from ministack.core.responses import request_scope

from emulator.core import settings
from emulator.core.ministack_api import Refused
from emulator.core.seams import cloudformation, provisioners
from emulator.installation import EKS
from emulator.services.cloudformation import (
    at_work,
    attributes,
    custom_resources,
    deployments,
    drift,
    order,
    permissions,
    replacement,
    rollback_triggers,
    stand_ins,
    strikes,
)
from emulator.services.cloudformation import outputs as outputs_of_stacks
from emulator.services.ec2 import network, network_acls, security_groups, zone_ids
from emulator.services.eks import clusters
from emulator.services.iam import oidc_providers
from test.support.fakes import FakePlane

REGION = "eu-central-1"
ACCOUNTS = itertools.count(100000000001)
STACKS = itertools.count(1)
BUSY = (
    "CREATE_IN_PROGRESS",
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "DELETE_IN_PROGRESS",
    "ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
)


@functools.cache
def install() -> None:
    """Put the seams in, which must happen once."""
    logging.disable(logging.CRITICAL)
    for module in (
        order,
        attributes,
        outputs_of_stacks,
        drift,
        rollback_triggers,
        deployments,
        custom_resources,
        network,
        security_groups,
        network_acls,
        *EKS,
        stand_ins,
        oidc_providers,
        replacement,
        permissions,
        strikes,
        at_work,
        zone_ids,
    ):
        module.install()


class EmulatorTest(unittest.TestCase):
    """Every test has an account of its own, so that it finds nothing of another one."""

    def setUp(self):
        install()

        self.account = str(next(ACCOUNTS))
        self.enterContext(request_scope(self.account, REGION))

    def refused(self, message: str):
        """Expect that the body of `with` is refused, for a reason that contains the message."""
        return self.assertRaisesRegex(Refused, re.escape(message))

    def assert_refused_in_every_order(self, resources: dict, message: str) -> None:
        """A stack with these resources fails with the message, whichever seed orders them."""
        for seed in range(4):
            with self.subTest(seed=seed), mock.patch.object(settings, "SEED", seed):
                stack = deploy(f"stack-{next(STACKS)}", {"Resources": resources})
                self.assertEqual(stack["StackStatus"], "ROLLBACK_COMPLETE")
                self.assertIn(message, reasons(stack))
                destroy(stack["StackName"])

    def assert_deployed_in_every_order(self, resources: dict) -> None:
        """A stack with these resources can be created and deleted, whichever seed orders them."""
        for seed in range(4):
            with self.subTest(seed=seed), mock.patch.object(settings, "SEED", seed):
                stack = deploy(f"stack-{next(STACKS)}", {"Resources": resources})
                self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE", reasons(stack))
                self.assertEqual(destroy(stack["StackName"])["StackStatus"], "DELETE_COMPLETE")

    def network(self, zones: str = "ab") -> list[str]:
        """A VPC and a subnet in each of the zones."""
        self.vpc = make("AWS::EC2::VPC", CidrBlock="10.0.0.0/16")[0]
        return [
            make("AWS::EC2::Subnet", VpcId=self.vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=REGION + zone)[0]
            for i, zone in enumerate(zones)
        ]

    def role(self, name: str = "role") -> str:
        """The ARN of a new role."""
        return make("AWS::IAM::Role", RoleName=name, AssumeRolePolicyDocument={"Statement": []})[1]["Arn"]

    def cluster(self, **properties) -> FakePlane:
        """A cluster named `cluster`, with a fake behind it, and no add-on of EKS's own."""
        plane = FakePlane()
        own = {"Name": "cluster", "Version": "1.36", "RoleArn": self.role(), "BootstrapSelfManagedAddons": False}
        properties = {**own, **properties}
        properties.setdefault("ResourcesVpcConfig", {"SubnetIds": self.network()})
        with (
            mock.patch.object(clusters, "ControlPlane", lambda *_: plane),
            mock.patch.object(settings, "kubernetes_version", lambda: "1.36"),
        ):
            make("AWS::EKS::Cluster", **properties)
        return plane

    def addon(self, name: str, **properties) -> tuple[str, dict]:
        """Install an add-on in the cluster."""
        return make("AWS::EKS::Addon", ClusterName="cluster", AddonName=name, **properties)


def resource(kind: str, **properties) -> dict:
    """A resource of a template."""
    return {"Type": kind, "Properties": properties}


def make(kind: str, **properties) -> tuple[str, dict]:
    """Create a resource as a stack would: its physical id and attributes."""
    return provisioners.provision_resource(kind, "Resource", properties, "stack")


def change(kind: str, physical_id: str, old: dict, new: dict) -> tuple[str, dict]:
    """Update a resource as a stack would."""
    return provisioners.update_resource(kind, physical_id, old, new, "stack", "Resource")


def remove(kind: str, physical_id: str, **properties) -> None:
    """Delete a resource as a stack would."""
    provisioners.delete_resource(kind, physical_id, properties, "stack", "Resource")


def deploy(name: str, template: dict) -> dict:
    """Create or update a stack by a change set, as the CDK does; the stack's record, or the change set that failed."""
    kind = "UPDATE" if name in cloudformation.stacks else "CREATE"
    act("CreateChangeSet", name, ChangeSetName="deploy", ChangeSetType=kind, TemplateBody=json.dumps(template))
    created = next(c for c in cloudformation.change_sets.values() if c["StackName"] == name)
    done = created["Status"] == "CREATE_COMPLETE"
    if done:
        act("ExecuteChangeSet", name, ChangeSetName="deploy")
    act("DeleteChangeSet", name, ChangeSetName="deploy")
    return cloudformation.stacks[name] if done else created


def destroy(name: str) -> dict:
    """Delete a stack; its record."""
    return act("DeleteStack", name)


def act(action: str, name: str, **parameters: str) -> dict:
    """An action of CloudFormation until the stack is at rest; the stack's record."""

    async def run() -> dict:
        body = urlencode({"Action": action, "StackName": name, **parameters}).encode()
        status, _, answer = await cloudformation.handle_request("POST", "/", {}, body, {})
        if status >= 400:
            raise AssertionError(answer)
        await asyncio.sleep(0)
        while cloudformation.stacks[name]["StackStatus"] in BUSY:
            await asyncio.sleep(0.001)
        return cloudformation.stacks[name]

    return asyncio.run(run())


def reasons(stack: dict) -> str:
    """Why the stack and its resources are in their status, from its events."""
    return "\n".join(event.get("ResourceStatusReason", "") for event in cloudformation.stack_events[stack["StackId"]])


def outputs(stack: dict) -> dict[str, str]:
    """The outputs of a stack's record."""
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
