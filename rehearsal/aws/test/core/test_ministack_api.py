import unittest

from emulator.core.ministack_api import Refused, answer, camel, element, query, require_role, result, tags
from test.support.emulated import EmulatorTest


class Calls(unittest.TestCase):
    """An error of a service is refused with the service's own message."""

    def test_a_message_in_xml(self):
        with self.assertRaisesRegex(Refused, "^no such thing$"):
            answer((400, {}, b"<Error><Code>X</Code><Message>no such thing</Message></Error>"))

    def test_a_message_in_json(self):
        with self.assertRaisesRegex(Refused, "^no such thing$"):
            result((404, {}, b'{"message": "no such thing"}'))

    def test_an_answer_is_text_or_json(self):
        self.assertEqual(answer((200, {}, b"<a>1</a>")), "<a>1</a>")
        self.assertEqual(result((200, {}, '{"a": 1}')), {"a": 1})

    def test_parameters_of_a_query_service_are_flat(self):
        given = []

        def action(flat: dict) -> tuple:
            given.append(flat)
            return 200, {}, ""

        query(action, Id=["a", "b"], Egress=True, Number=3, Absent=None)
        self.assertEqual(given, [{"Id.1": ["a"], "Id.2": ["b"], "Egress": ["true"], "Number": ["3"]}])

    def test_an_element_is_found_by_its_name(self):
        self.assertEqual(element("id", "<ids><id>one</id><id>two</id></ids>"), "one")


class Values(unittest.TestCase):
    def test_keys_become_camel_case_at_every_depth(self):
        self.assertEqual(
            camel({"AccessScope": {"Type": "Cluster"}, "List": [{"AnId": "Text"}]}),
            {"accessScope": {"type": "Cluster"}, "list": [{"anId": "Text"}]},
        )

    def test_tags_come_as_a_list_or_as_a_map(self):
        for given in ([{"Key": "a", "Value": "1"}], {"a": "1"}):
            self.assertEqual(tags({"Tags": given}), {"a": "1"})
        self.assertEqual(tags({}), {})


class Roles(EmulatorTest):
    def test_refuses_a_role_that_does_not_exist_and_says_what_to_order(self):
        arn = f"arn:aws:iam::{self.account}:role/missing"
        with self.refused(f"Role {arn} does not exist: order the resource that names it after the role."):
            require_role(arn)

    def test_accepts_a_role_that_exists_also_below_a_path(self):
        require_role(self.role("there"))
        require_role(f"arn:aws:iam::{self.account}:role/some/path/there")

    def test_accepts_a_role_of_another_account_which_cannot_be_seen(self):
        require_role("arn:aws:iam::999999999999:role/anything")
