from urllib.parse import parse_qs, urlencode

from emulator.core.seams import sns
from emulator.services.sns import check_subjects
from test.support.emulated import EmulatorTest, make


class Messages(EmulatorTest):
    """SNS takes a message only within its limits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        original = sns.publish_internal
        check_subjects()
        cls.addClassCleanup(setattr, sns, "publish_internal", original)

    def setUp(self):
        super().setUp()
        self.topic = make("AWS::SNS::Topic", TopicName="topic")[0]

    def publish(self, **parameters: str) -> tuple[int, str]:
        """The status and the answer."""
        form = parse_qs(urlencode({"TopicArn": self.topic, "Message": "text", **parameters}), keep_blank_values=True)
        status, _headers, body = sns.publish(form)
        return status, body if isinstance(body, str) else body.decode()

    def test_what_is_within_them_is_taken(self):
        for parameters in ({}, {"Subject": "x" * 99}, {"Message": "x" * 262144}):
            self.assertEqual(self.publish(**parameters)[0], 200)

    def test_subjects_that_are_too_long_or_no_plain_line_are_refused(self):
        for subject in ("x" * 100, "two\nlines", "tab\t", "\x01", "é"):
            status, answer = self.publish(Subject=subject)
            self.assertEqual(status, 400, subject)
            self.assertIn("Invalid parameter: Subject", answer)

    def test_text_and_attributes_together_are_limited(self):
        attribute = {
            f"MessageAttributes.entry.1.{key}": value
            for key, value in (("Name", "truncated"), ("Value.DataType", "String"), ("Value.StringValue", "true"))
        }
        self.assertEqual(self.publish(Message="x" * 262145)[0], 400)
        status, answer = self.publish(Message="x" * 262144, **attribute)
        self.assertEqual(status, 400)
        self.assertIn("Message too long", answer)
