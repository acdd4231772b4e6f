"""Helpers of the tests of AWS Backup."""

import functools

from emulator.services.backup import api, jobs, plans, restore_testing, vaults
from test.support.data_tiers import DataTest
from test.support.emulated import make

TRUST = {
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "backup.amazonaws.com"}}]
}


@functools.cache
def install() -> None:
    """Put the seams of AWS Backup in, which must happen once."""
    for module in (vaults, plans, restore_testing, jobs, api):
        module.install()


class BackupTest(DataTest):
    """A role that AWS Backup may assume, and a vault."""

    def setUp(self):
        super().setUp()
        install()
        self.backup_role = make("AWS::IAM::Role", RoleName="backup", AssumeRolePolicyDocument=TRUST)[1]["Arn"]

    def vault(self, name: str = "vault", **properties) -> str:
        """The name of a new vault."""
        return make(vaults.VAULT, BackupVaultName=name, **properties)[0]

    def plan(self, vault: str = "vault", **rule) -> str:
        """The id of a new plan with one rule."""
        properties = {"RuleName": "daily", "TargetBackupVault": vault, **rule}
        return make(plans.PLAN, BackupPlan={"BackupPlanName": "plan", "BackupPlanRule": [properties]})[0]

    def select(self, plan: str, *arns: str, role: str | None = None) -> str:
        """The id of a new selection of a plan."""
        selection = {"SelectionName": "all", "IamRoleArn": role or self.backup_role, "Resources": list(arns)}
        return make(plans.SELECTION, BackupPlanId=plan, BackupSelection=selection)[0]
