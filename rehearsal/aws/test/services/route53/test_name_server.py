import struct

from emulator.core import account
from emulator.core.seams import route53
from emulator.services.route53 import hosted_zones, name_server
from test.support.emulated import EmulatorTest


def ask(name: str) -> tuple[int, list[str]]:
    """The code and the name servers of the answer to a question."""
    question = struct.pack("!HHHHHH", 7, 0x0100, 1, 0, 0, 0) + name_server._encoded(name) + struct.pack("!HH", 2, 1)
    answer = name_server.reply(question)
    flags, _, count = struct.unpack("!HHH", answer[2:8])
    at, servers = len(question), []
    for _ in range(count):
        length = struct.unpack("!H", answer[at + 10 : at + 12])[0]
        servers.append(name_server._name(answer, at + 12)[0])
        at += 12 + length
    return flags & 15, servers


class NameServer(EmulatorTest):
    """Answers of the public DNS about hosted zones."""

    def setUp(self):
        super().setUp()
        self.addCleanup(account.GIVEN.clear)

    def test_leads_to_the_name_servers_of_a_hosted_zone(self):
        hosted_zones.provide({"id": "Z000000000000000DELEG", "name": "delegated.example"})
        self.assertEqual(ask("delegated.example"), (0, [server.rstrip(".") for server in route53.DEFAULT_NS]))

    def test_knows_nobody_else(self):
        self.assertEqual(ask("nobody.example"), (3, []))

    def test_knows_the_domains_above_all(self):
        self.assertEqual(ask("com"), (0, ["a.nic.example"]))

    def test_says_what_it_was_told_to(self):
        hosted_zones.provide({"id": "Z0000000000000000TOLD", "name": "told.example"})
        account.provide({"nameServers": {"told.example": ["ns1.other.example"]}})
        self.assertEqual(ask("told.example"), (0, ["ns1.other.example"]))
        account.provide({"nameServers": {"told.example": None}})
        self.assertEqual(ask("told.example"), (3, []))

    def test_does_not_answer_what_is_no_question(self):
        self.assertIsNone(name_server.reply(b"nonsense"))
