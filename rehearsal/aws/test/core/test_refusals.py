import asyncio
from unittest import mock

from emulator.core import account, refusals
from emulator.core.seams import app, sts
from test.support.emulated import EmulatorTest

THROTTLING = {"code": "Throttling", "message": "Rate exceeded", "status": 400}


class Refusals(EmulatorTest):
    """AWS refuses what somebody has asked for."""

    def setUp(self):
        super().setUp()
        self.enterContext(mock.patch.object(refusals, "EXPIRED", set()))

    def ask(self, action: str = "DescribeStacks", key: str = "") -> tuple[int, str]:
        """The answer to a request of CloudFormation: its status, and the code of the error."""

        async def answer(*_) -> tuple:
            return 200, {}, b"answered"

        async def run() -> tuple:
            headers = {
                "authorization": f"AWS4-HMAC-SHA256 Credential={key or self.account}/20260101/r/cloudformation/aws4_request",
                "content-type": "application/x-www-form-urlencoded",
            }
            body = f"Action={action}&Version=2010-05-15".encode()
            return await app.dispatch_service_request("POST", "/", headers, body, {}, "1")

        with mock.patch.object(app.module, "_dispatch_service_request", answer):
            refusals.install()
            status, _, body = asyncio.run(run())
        return status, body.decode()

    def test_a_request_is_throttled_as_often_as_somebody_wants(self):
        account.provide({"refused": {"cloudformation:DescribeStacks": {**THROTTLING, "times": 2}}})
        for _ in range(2):
            status, told = self.ask()
            self.assertEqual(status, 400)
            self.assertIn("<Code>Throttling</Code>", told)
            self.assertIn("Rate exceeded", told)
        self.assertEqual(self.ask(), (200, "answered"))
        self.assertEqual(account.field("refused", {})["cloudformation:DescribeStacks"]["times"], 0)

    def test_all_actions_of_a_service_and_no_other_ones(self):
        account.provide({"refused": {"cloudformation:*": THROTTLING, "s3:*": THROTTLING}})
        self.assertEqual((self.ask()[0], self.ask("ListStacks")[0]), (400, 400))
        account.provide({"refused": {"s3:*": THROTTLING}})
        self.assertEqual(self.ask()[0], 200)

    def test_a_code_alone_refuses_for_good(self):
        account.provide({"refused": {"cloudformation:DescribeStacks": "AccessDenied"}})
        for _ in range(3):
            self.assertIn("is not authorized to perform: cloudformation:DescribeStacks", self.ask()[1])

    def test_sessions_that_have_expired_are_refused_and_later_ones_are_not(self):
        sts.sessions["ASIAOLD"] = {}
        self.addCleanup(sts.sessions.pop, "ASIAOLD")
        self.assertGreaterEqual(refusals.expire({})["expired"], 1)
        status, told = self.ask(key="ASIAOLD")
        self.assertEqual(status, 403)
        self.assertIn("ExpiredToken", told)
        self.assertEqual(self.ask(key="ASIANEW"), (200, "answered"))
        self.assertEqual(refusals.expire({})["expired"], 0)
