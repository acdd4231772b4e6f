from emulator.core import account
from test.support.emulated import EmulatorTest


class OffersTest(EmulatorTest):
    """A test of offers to an account, as an SDK reads them."""

    def setUp(self):
        super().setUp()
        self.addCleanup(account.GIVEN.clear)
