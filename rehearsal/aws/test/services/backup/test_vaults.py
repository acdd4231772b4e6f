import time
from unittest import mock

from ministack.core.responses import request_scope

from emulator.core.seams import backup
from emulator.services.backup.vaults import AIR_GAPPED, VAULT
from test.support.backups import BackupTest
from test.support.emulated import change, make, remove


class Vaults(BackupTest):
    """A vault is one that AWS Backup would make."""

    def described(self, name: str = "vault") -> dict:
        return backup.vaults[name]

    def test_has_its_lock(self):
        self.vault(LockConfiguration={"MinRetentionDays": 7, "ChangeableForDays": 3})
        vault = self.described()
        self.assertEqual((vault["Locked"], vault["MinRetentionDays"]), (True, 7))
        self.assertEqual(vault["LockDate"] - vault["CreationDate"], 3 * 86400)
        self.vault("open")
        self.assertFalse(self.described("open")["Locked"])

    def test_refuses_a_lock_that_aws_would(self):
        cases = {
            "must be from 1 to 36500": {"MinRetentionDays": 0},
            "the first not above the second": {"MinRetentionDays": 8, "MaxRetentionDays": 7},
            "grace time of at least 72 hours": {"MinRetentionDays": 7, "ChangeableForDays": 2},
        }
        for told, lock in cases.items():
            with self.subTest(told), self.refused(told):
                self.vault(LockConfiguration=lock)

    def test_a_lock_changes_only_while_it_may(self):
        def lock(days: int) -> dict:
            given = {"MinRetentionDays": days, "ChangeableForDays": 3}
            return {"BackupVaultName": "vault", "LockConfiguration": given}

        make(VAULT, **lock(7))
        change(VAULT, "vault", lock(7), lock(8))
        self.assertEqual(self.described()["MinRetentionDays"], 8)
        later = time.time() + 4 * 86400
        with mock.patch("time.time", lambda: later):
            change(VAULT, "vault", lock(8), {**lock(8), "BackupVaultTags": {"a": "b"}})
            with self.refused("its grace time is over"):
                change(VAULT, "vault", lock(8), lock(9))

    def test_its_key_is_of_its_region(self):
        with request_scope(self.account, "ap-southeast-2"):
            key = make("AWS::KMS::Key", KeyPolicy={})[1]["Arn"]
        with self.refused("does not exist in eu-central-1 or is not enabled"):
            self.vault(EncryptionKeyArn=key)
        with request_scope(self.account, "ap-southeast-2"):
            self.vault(EncryptionKeyArn=key)

    def test_refuses_a_name_that_is_wrong_or_taken(self):
        with self.refused("must satisfy regular expression"):
            self.vault("a vault")
        self.vault()
        with self.refused("already exists: vault"):
            self.vault()

    def test_one_with_recovery_points_stays(self):
        self.vault()
        backup.recovery_points["arn"] = {"BackupVaultName": "vault"}
        with self.refused("cannot be deleted because it contains recovery points"):
            remove(VAULT, "vault")
        del backup.recovery_points["arn"]
        remove(VAULT, "vault")
        self.assertNotIn("vault", backup.vaults)


class AirGapped(BackupTest):
    """A logically air-gapped vault is locked from the beginning."""

    def make(self, least: int, most: int) -> tuple[str, dict]:
        return make(AIR_GAPPED, BackupVaultName="gapped", MinRetentionDays=least, MaxRetentionDays=most)

    def test_keeps_what_is_in_it(self):
        name, attributes = self.make(7, 35)
        vault = backup.vaults[name]
        self.assertEqual((vault["Locked"], vault["MinRetentionDays"], vault["MaxRetentionDays"]), (True, 7, 35))
        self.assertEqual(
            attributes["BackupVaultArn"], f"arn:aws:backup:eu-central-1:{self.account}:backup-vault:gapped"
        )
        backup.recovery_points["arn"] = {"BackupVaultName": "gapped"}
        with self.refused("because it contains recovery points"):
            remove(AIR_GAPPED, "gapped")

    def test_refuses_days_that_aws_would(self):
        for least, most in ((6, 35), (36, 35), (7, 36501)):
            with self.subTest(least=least, most=most), self.refused("must be from 7 to 36500"):
                self.make(least, most)
