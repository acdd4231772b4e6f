from emulator.core import account
from test.support.emulated import EmulatorTest


class OffersTest(EmulatorTest):
    """What an account finds, as an SDK reads it."""

    def setUp(self):
        super().setUp()
        self.addCleanup(account.GIVEN.clear)
