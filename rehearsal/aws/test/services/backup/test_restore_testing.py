from emulator.core.seams import backup
from emulator.services.backup.restore_testing import PLAN, SELECTION
from test.support.backups import BackupTest
from test.support.emulated import change, make, remove

CHOSEN = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}


class Trials(BackupTest):
    """A plan of restores on trial, and its selections, are those that AWS Backup would take."""

    def plan(self, **properties) -> dict:
        given = {"RestoreTestingPlanName": "plan", "ScheduleExpression": "cron(0 1 ? * SUN *)"}
        return {**given, "RecoveryPointSelection": CHOSEN, **properties}

    def selection(self, **properties) -> dict:
        given = {
            "RestoreTestingPlanName": "plan",
            "RestoreTestingSelectionName": "mysql",
            "IamRoleArn": self.backup_role,
        }
        return {**given, "ProtectedResourceType": "RDS", "ProtectedResourceArns": ["arn"], **properties}

    def test_are_held(self):
        make(PLAN, **self.plan())
        key, _ = make(SELECTION, **self.selection())
        self.assertEqual(key, "plan|mysql")
        with self.refused("has selections, which must be deleted first: mysql"):
            remove(PLAN, "plan")
        change(SELECTION, key, self.selection(), self.selection(ValidationWindowHours=2))
        self.assertEqual(backup.restore_testing_selections[key]["ValidationWindowHours"], 2)
        remove(SELECTION, key)
        remove(PLAN, "plan")
        self.assertEqual(len(backup.restore_testing_plans), 0)

    def test_refuses_a_plan_that_aws_would(self):
        cases = {
            "must satisfy regular expression": {"RestoreTestingPlanName": "a-plan"},
            "StartWindowHours must be from 1 to 168, not 0": {"StartWindowHours": 0},
            "SelectionWindowDays must be from 1 to 365, not 366": {
                "RecoveryPointSelection": {**CHOSEN, "SelectionWindowDays": 366}
            },
            "Algorithm must be": {"RecoveryPointSelection": {**CHOSEN, "Algorithm": "LATEST"}},
            "IncludeVaults must have values": {"RecoveryPointSelection": {**CHOSEN, "IncludeVaults": []}},
            "RecoveryPointTypes must have values of ['CONTINUOUS', 'SNAPSHOT']": {
                "RecoveryPointSelection": {**CHOSEN, "RecoveryPointTypes": ["FULL"]}
            },
        }
        for told, changed in cases.items():
            with self.subTest(told), self.refused(told):
                make(PLAN, **self.plan(**changed))

    def test_refuses_a_selection_that_aws_would(self):
        with self.refused("Restore testing plan plan does not exist"):
            make(SELECTION, **self.selection())
        make(PLAN, **self.plan())
        role = self.role()
        cases = {
            f"IAM Role {role} cannot be assumed by AWS Backup": {"IamRoleArn": role},
            "ProtectedResourceType must be one of": {"ProtectedResourceType": "EKS"},
            "must have ProtectedResourceArns or ProtectedResourceConditions": {"ProtectedResourceArns": []},
            "or at most 30 ARNs": {"ProtectedResourceArns": ["arn"] * 31},
            "ValidationWindowHours must be from 0 to 168": {"ValidationWindowHours": 169},
            "RestoreTestingSelectionName must satisfy": {"RestoreTestingSelectionName": "my-sql"},
        }
        for told, changed in cases.items():
            with self.subTest(told), self.refused(told):
                make(SELECTION, **self.selection(**changed))
