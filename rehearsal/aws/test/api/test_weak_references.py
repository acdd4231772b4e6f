from emulator.api.weak_references import stale
from emulator.core.seams import secretsmanager
from test.support.emulated import EmulatorTest, deploy, destroy, make

READ = {"Fn::GetStackOutput": {"StackName": "producer", "OutputName": "Name", "Region": "eu-central-1"}}


def topic(**attributes) -> dict:
    return {"Type": "AWS::SNS::Topic", **attributes}


class Stale(EmulatorTest):
    """Readers of a value that has changed since."""

    def produce(self, value: str) -> None:
        deploy("producer", {"Resources": {"Topic": topic()}, "Outputs": {"Name": {"Value": value}}})

    def consume(self, **attributes) -> dict:
        return deploy(
            "consumer",
            {"Resources": {"Reads": topic(Properties={"DisplayName": READ}, **attributes), "Other": topic()}},
        )

    def print(self, **attributes) -> dict:
        return deploy(
            "printer",
            {
                "Resources": {"Topic": topic(**attributes)},
                "Outputs": {"Reads": {"Value": {"Fn::Join": ["", ["of ", READ]]}}, "Other": {"Value": "old"}},
            },
        )

    def setUp(self):
        super().setUp()
        self.produce("old")
        self.consume()

    def stale(self) -> list[tuple]:
        """Those of the test's account."""
        return [
            (each["stack"], each["logicalId"], each["properties"])
            for each in stale()
            if each["account"] == self.account
        ]

    def test_nobody_while_the_value_is_the_same(self):
        self.assertEqual(self.stale(), [])

    def test_the_reader_of_a_value_that_has_changed(self):
        self.produce("new")
        self.assertEqual(self.stale(), [("consumer", "Reads", ["DisplayName"])])

    def test_no_property_that_reads_something_else(self):
        """Beside what another stack says, a resource may have the value of a secret, which rotates."""
        arn = make("AWS::SecretsManager::Secret", Name="secret", SecretString="old")[0]
        secret = "{{resolve:secretsmanager:secret:SecretString}}"
        deploy("both", {"Resources": {"Both": topic(Properties={"DisplayName": READ, "TopicName": secret})}})
        secretsmanager.put_secret_value({"SecretId": arn, "SecretString": "new"})
        self.assertEqual(self.stale(), [])

    def test_a_deployment_of_the_same_template_changes_nothing(self):
        self.produce("new")
        self.assertIn("didn't contain changes", self.consume()["StatusReason"])
        self.assertEqual(len(self.stale()), 1)

    def test_a_change_of_its_metadata_has_it_read_anew(self):
        self.produce("new")
        self.assertEqual(self.consume(Metadata={"read": "anew"})["StackStatus"], "UPDATE_COMPLETE")
        self.assertEqual(self.stale(), [])

    def test_the_reader_of_an_output_that_is_gone(self):
        destroy("producer")
        [(_, reader, [reason])] = self.stale()
        self.assertEqual(reader, "Reads")
        self.assertIn("Output 'Name' not found in stack 'producer'", reason)

    def test_an_output_that_printed_a_value_that_has_changed(self):
        self.print()
        self.assertEqual(self.stale(), [])
        self.produce("new")
        self.assertIn(("printer", "Reads", ["Value"]), self.stale())

    def test_an_output_is_read_anew_when_a_resource_of_its_stack_changes(self):
        self.print()
        self.produce("new")
        self.consume(Metadata={"read": "anew"})
        self.print(Metadata={"read": "anew"})
        self.assertEqual(self.stale(), [])

    def test_an_output_that_prints_one_that_is_gone(self):
        self.print()
        destroy("producer")
        [reason] = [properties for stack, _, properties in self.stale() if stack == "printer"]
        self.assertIn("Output 'Name' not found in stack 'producer'", reason[0])
