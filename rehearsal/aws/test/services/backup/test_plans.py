from emulator.core.seams import backup
from emulator.services.backup.plans import PLAN, SELECTION
from emulator.services.backup.vaults import VAULT
from test.support.backups import BackupTest
from test.support.emulated import remove, resource

ARN = "arn:aws:rds:eu-central-1:1:db:main"


class Plans(BackupTest):
    """A plan is one that AWS Backup would take."""

    def test_its_vault_is_there_before(self):
        with self.refused(
            "Backup vault vault of the rule daily does not exist in eu-central-1: order the plan after it"
        ):
            self.plan()
        rule = {"RuleName": "daily", "TargetBackupVault": "vault"}
        plan = resource(PLAN, BackupPlan={"BackupPlanName": "plan", "BackupPlanRule": [rule]})
        after = {**plan, "DependsOn": "Vault"}
        vault = resource(VAULT, BackupVaultName="vault")
        self.assert_deployed_in_every_order({"Vault": vault, "APlan": after})
        self.assert_refused_in_every_order({"Vault": vault, "APlan": plan}, "order the plan after it")

    def test_refuses_windows_and_lifecycles_that_aws_would(self):
        self.vault()
        cases = {
            "must have 60 minutes": {"StartWindowMinutes": 59, "CompletionWindowMinutes": 300},
            "60 more, at least: 60 and 119": {"StartWindowMinutes": 60, "CompletionWindowMinutes": 119},
            "90 days above": {"Lifecycle": {"MoveToColdStorageAfterDays": 7, "DeleteAfterDays": 96}},
        }
        for told, rule in cases.items():
            with self.subTest(told), self.refused(told):
                self.plan(**rule)
        self.plan(
            StartWindowMinutes=60,
            CompletionWindowMinutes=120,
            Lifecycle={"MoveToColdStorageAfterDays": 7, "DeleteAfterDays": 97},
            CopyActions=[{"DestinationBackupVaultArn": "arn", "Lifecycle": {"DeleteAfterDays": 7}}],
        )

    def test_one_with_selections_stays(self):
        self.vault()
        plan = self.plan()
        selection = self.select(plan, ARN)
        with self.refused("selections must be deleted prior to backup plan deletion: all"):
            remove(PLAN, plan)
        remove(SELECTION, selection)
        remove(PLAN, plan)


class Selections(BackupTest):
    """A selection is of a plan that is there, with a role that AWS Backup may assume."""

    def test_is_held(self):
        self.vault()
        plan = self.plan()
        held = backup.selections[self.select(plan, ARN)]
        self.assertEqual((held["BackupPlanId"], held["Resources"]), (plan, [ARN]))

    def test_refuses_what_aws_would(self):
        with self.refused("Plan 'absent' not found"):
            self.select("absent", ARN)
        self.vault()
        plan = self.plan()
        for role in (f"arn:aws:iam::{self.account}:role/absent", self.role()):
            with self.subTest(role), self.refused(f"IAM Role {role} cannot be assumed by AWS Backup"):
                self.select(plan, ARN, role=role)
        with self.refused("Either 'ListOfTags' or 'Resources' section must be non-empty"):
            self.select(plan)
