from ministack.core.responses import request_scope

from test.support.data_tiers import DataTest
from test.support.emulated import REGION, make

INSTANCE = "AWS::RDS::DBInstance"


class ReplicatedBackups(DataTest):
    """Automated backups are replicated into another region, with a key of it."""

    def key(self, region: str) -> str:
        with request_scope(self.account, region):
            return make("AWS::KMS::Key", KeyPolicy={})[1]["Arn"]

    def replicated(self, **properties) -> dict:
        away = {"AutomaticBackupReplicationRegion": "ap-southeast-2"}
        return self.database(StorageEncrypted=True, KmsKeyId=self.key(REGION), **{**away, **properties})

    def test_refuses_what_rds_would(self):
        away, home = self.key("ap-southeast-2"), self.key(REGION)
        cases = {
            "can't be replicated within a Region": {"AutomaticBackupReplicationRegion": REGION},
            "set its BackupRetentionPeriod to a non-zero value": {"BackupRetentionPeriod": 0},
            "The KMS key None is not accessible in ap-southeast-2": {},
            f"The KMS key {home} is not accessible in ap-southeast-2": {"AutomaticBackupReplicationKmsKeyId": home},
        }
        for told, properties in cases.items():
            with self.subTest(told), self.refused(told):
                make(INSTANCE, **self.replicated(**properties))
        make(INSTANCE, **self.replicated(AutomaticBackupReplicationKmsKeyId=away))
