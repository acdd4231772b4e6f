import asyncio
import json

from emulator.core import account
from emulator.core.answers import parsed
from emulator.services import codeconnections
from test.support.offers import OffersTest


class Connections(OffersTest):
    """A connection is authorized, unless the account is said to have another one or none."""

    def get(self, arn: str, operation: str = "GetConnection") -> tuple:
        headers = {"x-amz-target": f"{codeconnections.TARGET}.{operation}"}
        body = json.dumps({"ConnectionArn": arn}).encode()
        return asyncio.run(codeconnections.handle_request("POST", "/", headers, body, {}))

    def test_has_the_status_that_somebody_gave_it(self):
        arn = f"arn:aws:codeconnections:eu-central-1:{self.account}:connection/1"
        for given, status in (({}, "AVAILABLE"), ({arn: "PENDING"}, "PENDING")):
            account.provide({"connections": given})
            told = parsed("codeconnections", "GetConnection", self.get(arn))["Connection"]
            self.assertEqual(told, {"ConnectionArn": arn, "ConnectionStatus": status})
        account.provide({"connections": {arn: None}})
        for absent in (arn, arn.replace(self.account, "999999999999"), ""):
            status, _, body = self.get(absent)
            self.assertEqual((status, json.loads(body)["__type"]), (400, "ResourceNotFoundException"))

    def test_refuses_an_operation_that_is_not_emulated(self):
        status, _, body = self.get("", "ListConnections")
        self.assertEqual((status, json.loads(body)["__type"]), (400, "InvalidAction"))
