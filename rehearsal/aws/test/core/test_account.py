from emulator.core import account
from test.support.emulated import EmulatorTest


class Fields(EmulatorTest):
    """Fields of an account."""

    def test_an_account_has_no_other_fields(self):
        with self.refused("An account has no quota: it has quotas,"):
            account.provide({"quota": {}})
