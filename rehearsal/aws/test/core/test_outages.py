import asyncio
import functools
from unittest import mock

from ministack.core.responses import request_scope

from emulator.core import outages
from emulator.core.seams import app, s3
from test.support.emulated import REGION, EmulatorTest, make

AWAY = "ap-southeast-2"


@functools.cache
def install() -> None:
    """Put the seam in, which must happen once."""
    outages.install()


class Outages(EmulatorTest):
    """Every request to a region that is out fails."""

    def setUp(self):
        super().setUp()
        install()
        self.enterContext(mock.patch.object(outages, "OUT", set()))

    def answer(
        self, region: str, service: str = "rds", path: str = "/", method: str = "POST", body: bytes = b""
    ) -> tuple:
        headers = {
            "authorization": f"AWS4-HMAC-SHA256 Credential={self.account}/20260101/{region}/{service}/aws4_request"
        }
        with request_scope(self.account, region):
            return asyncio.run(app.dispatch_service_request(method, path, headers, body, {}, "id"))

    def databases(self, region: str) -> int:
        return self.answer(region, body=b"Action=DescribeDBInstances&Version=2014-10-31")[0]

    def test_as_a_client_understands(self):
        outages.change({"region": REGION, "out": True})
        for service, code in (("rds", b"<Code>ServiceUnavailable</Code>"), ("secretsmanager", b"ServiceUnavailable")):
            self.assertIn(code, self.answer(REGION, service)[2], service)

    def test_until_it_is_back(self):
        self.assertEqual(outages.change({"region": REGION, "out": True}), {"out": [REGION]})
        self.assertEqual((self.databases(REGION), self.databases(AWAY)), (503, 200))
        self.assertEqual(outages.change({"region": REGION, "out": False}), {"out": []})
        self.assertEqual(self.databases(REGION), 200)

    def test_with_its_buckets_wherever_the_caller_is(self):
        for name, region in (("home", REGION), ("away", AWAY)):
            with request_scope(self.account, region):
                bucket = make("AWS::S3::Bucket", BucketName=f"{name}-{self.account}")[0]
                s3.put_object(bucket, "a", b"1", {})
        outages.change({"region": REGION, "out": True})
        read = lambda name, region: self.answer(region, "s3", f"/{name}-{self.account}/a", "GET")[0]
        self.assertEqual((read("home", AWAY), read("away", AWAY)), (503, 200))

    def test_refuses_what_says_no_region(self):
        for given in ({}, {"region": REGION}, {"region": REGION, "out": "yes"}):
            with self.subTest(given), self.refused("region must be the name of one, and out true or false"):
                outages.change(given)
