from emulator.core import answers
from test.support.emulated import EmulatorTest


class Answers(EmulatorTest):
    """Answers have the shapes that botocore knows."""

    def test_an_sdk_reads_what_was_meant(self):
        meant = {
            ("ec2", "DescribeInstanceTypeOfferings"): {
                "InstanceTypeOfferings": [
                    {"InstanceType": "m5.large", "LocationType": "availability-zone", "Location": "ap-southeast-1a"}
                ]
            },
            ("rds", "DescribeOrderableDBInstanceOptions"): {
                "OrderableDBInstanceOptions": [
                    {"Engine": "mysql", "AvailabilityZones": [{"Name": "a"}, {"Name": "b"}], "MultiAZCapable": True}
                ]
            },
            ("service-quotas", "GetServiceQuota"): {"Quota": {"QuotaCode": "L-1", "Value": 5.0, "Adjustable": True}},
            ("chatbot", "DescribeSlackWorkspaces"): {"SlackWorkspaces": [{"SlackTeamId": "T1", "SlackTeamName": "t"}]},
            ("eks", "DescribeAddonVersions"): {
                "addons": [{"addonName": "a", "addonVersions": [{"addonVersion": "1"}]}]
            },
        }
        for (service, operation), result in meant.items():
            with self.subTest(operation):
                self.assertEqual(answers.parsed(service, operation, answers.answer(service, operation, result)), result)

    def test_refuses_what_the_model_does_not_have(self):
        with self.assertRaisesRegex(TypeError, "ec2 DescribeInstanceTypes does not answer that.*Vcpus"):
            answers.answer("ec2", "DescribeInstanceTypes", {"InstanceTypes": [{"Vcpus": 2}]})
        with self.assertRaisesRegex(TypeError, "Invalid type for parameter Quota.Value"):
            answers.answer("service-quotas", "GetServiceQuota", {"Quota": {"Value": "many"}})

    def test_escapes_text(self):
        offer = {"OrderableDBInstanceOptions": [{"Engine": "<mysql & co>"}]}
        response = answers.answer("rds", "DescribeOrderableDBInstanceOptions", offer)
        self.assertEqual(answers.parsed("rds", "DescribeOrderableDBInstanceOptions", response), offer)


class Requests(EmulatorTest):
    """A request to a REST service asks for an operation."""

    ARN = "arn:aws:rds:eu-central-1:1:snapshot:awsbackup:job-1"
    OPERATIONS = (
        "DescribeRecoveryPoint",
        "GetRecoveryPointRestoreMetadata",
        "ListRecoveryPointsByBackupVault",
        "StartCopyJob",
    )

    def asked(self, method: str, path: str, query: dict | None = None, body: bytes = b"") -> tuple | None:
        return answers.asked("backup", self.OPERATIONS, method, path, query or {}, body)

    def test_with_the_parameters_of_its_path_query_and_body(self):
        vault, point = "/backup-vaults/a/recovery-points", {"BackupVaultName": "a", "RecoveryPointArn": self.ARN}
        listed = {"BackupVaultName": "a", "ByResourceType": "RDS"}
        self.assertEqual(
            self.asked("GET", f"{vault}/", {"resourceType": ["RDS"]}), ("ListRecoveryPointsByBackupVault", listed)
        )
        self.assertEqual(self.asked("GET", f"{vault}/{self.ARN}"), ("DescribeRecoveryPoint", point))
        self.assertEqual(
            self.asked("GET", f"{vault}/{self.ARN}/restore-metadata"), ("GetRecoveryPointRestoreMetadata", point)
        )
        self.assertEqual(
            self.asked("PUT", "/copy-jobs", body=b'{"IamRoleArn": "r"}'), ("StartCopyJob", {"IamRoleArn": "r"})
        )

    def test_or_for_none_of_them(self):
        self.assertIsNone(self.asked("DELETE", f"/backup-vaults/a/recovery-points/{self.ARN}"))
        self.assertIsNone(self.asked("GET", "/backup-vaults/a"))
