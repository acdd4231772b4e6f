import json
import sys

from emulator.api import inventory
from test.support.data_tiers import DataTest, ask, value
from test.support.emulated import REGION, change, deploy, destroy, make, outputs, reasons, remove, resource

SECRET, POLICY = "AWS::SecretsManager::Secret", "AWS::SecretsManager::ResourcePolicy"
ATTACHMENT = "AWS::SecretsManager::SecretTargetAttachment"
STATEMENT = {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"}


class Secrets(DataTest):
    """A secret is one of Secrets Manager's."""

    def generated(self, **options) -> str:
        return ask("_get_secret_value", SecretId=make(SECRET, GenerateSecretString=options)[0])["SecretString"]

    def test_is_referred_to_by_its_arn(self):
        stack = deploy(
            "stack",
            {
                "Resources": {"Secret": resource(SECRET, Name="name", KmsKeyId="key")},
                "Outputs": {"Ref": {"Value": {"Ref": "Secret"}}, "Id": {"Value": {"Fn::GetAtt": ["Secret", "Id"]}}},
            },
        )
        arn = outputs(stack)["Ref"]
        self.assertRegex(arn, f"^arn:aws:secretsmanager:eu-central-1:{self.account}:secret:name-.{{6}}$")
        self.assertEqual(outputs(stack)["Id"], arn)
        self.assertEqual(ask("_describe_secret", SecretId=arn)["KmsKeyId"], "key")

    def test_generates_as_it_is_told(self):
        self.assertRegex(
            self.generated(ExcludePunctuation=True, ExcludeUppercase="true", PasswordLength="20"), "^[a-z0-9]{20}$"
        )
        self.assertRegex(
            self.generated(ExcludePunctuation=True, ExcludeNumbers=True, ExcludeLowercase=True), "^[A-Z]{32}$"
        )
        self.assertFalse(set(self.generated(ExcludeCharacters='abcdef!"/@', PasswordLength=500)) & set('abcdef!"/@'))

    def test_generates_into_a_template(self):
        arn, _ = make(
            SECRET,
            GenerateSecretString={"SecretStringTemplate": '{"username": "app"}', "GenerateStringKey": "password"},
        )
        self.assertEqual((value(arn)["username"], len(value(arn)["password"])), ("app", 32))

    def test_refuses_a_template_that_is_no_object_or_has_no_key(self):
        for template in ("app", '["app"]'):
            with self.refused("Could not parse SecretStringTemplate JSON"):
                self.generated(SecretStringTemplate=template, GenerateStringKey="password")
        with self.refused("SecretStringTemplate and GenerateStringKey must be specified together."):
            self.generated(SecretStringTemplate="{}")

    def test_refuses_a_value_that_is_both_given_and_generated(self):
        with self.refused("You can't specify both GenerateSecretString and SecretString."):
            make(SECRET, SecretString="a", GenerateSecretString={})

    def test_a_secret_without_a_value_has_none(self):
        arn, _ = make(SECRET, Name="empty")
        self.assertIn(
            "can't find the specified secret value for staging label: AWSCURRENT",
            ask("_get_secret_value", SecretId=arn)["message"],
        )

    def test_refuses_a_name_that_is_taken(self):
        arn = self.secret("name")
        with self.refused("The operation failed because the secret name already exists."):
            self.secret("name")
        ask("_delete_secret", SecretId=arn)
        with self.refused("The operation failed because the secret name is already scheduled for deletion."):
            self.secret("name")

    def test_an_update_keeps_it(self):
        old = {"Name": "name", "GenerateSecretString": {}}
        arn, _ = make(SECRET, **old)
        before = ask("_get_secret_value", SecretId=arn)["SecretString"]
        self.assertEqual(change(SECRET, arn, old, {**old, "Description": "new"})[0], arn)
        self.assertEqual(ask("_get_secret_value", SecretId=arn)["SecretString"], before)
        self.assertEqual(ask("_describe_secret", SecretId=arn)["Description"], "new")

    def test_a_new_name_replaces_it(self):
        old = {"Name": "name", "SecretString": "a"}
        arn, _ = make(SECRET, **old)
        new, _ = change(SECRET, arn, old, {**old, "Name": "other"})
        self.assertIn(":secret:other-", new)
        self.assertIn("can't find", ask("_describe_secret", SecretId=arn)["message"])

    def test_is_gone_with_its_stack(self):
        def held() -> list:
            return [e for e in inventory.held(dict(sys.modules)) if e["account"] == self.account]

        before = held()
        deploy(
            "stack",
            {
                "Resources": {
                    "Secret": resource(SECRET, GenerateSecretString={}),
                    "Policy": resource(POLICY, SecretId={"Ref": "Secret"}, ResourcePolicy={"Statement": [STATEMENT]}),
                }
            },
        )
        self.assertGreater(len(held()), len(before) + 2)
        self.assertEqual(destroy("stack")["StackStatus"], "DELETE_COMPLETE")
        self.assertEqual(held(), before)


class Attachments(DataTest):
    """A secret that is attached to a database knows how to connect to it."""

    def attach(self, given: dict | None = None, **database) -> str:
        _, self.attributes = make("AWS::RDS::DBInstance", **self.database(**database))
        secret = self.secret(username="admin", password="p", **(given or {}))
        make(ATTACHMENT, SecretId=secret, TargetId="main", TargetType="AWS::RDS::DBInstance")
        return secret

    def test_fills_in_the_connection(self):
        self.assertEqual(
            value(self.attach(DBName="app")),
            {
                "username": "admin",
                "password": "p",
                "engine": "mysql",
                "host": self.attributes["Endpoint.Address"],
                "port": 3306,
                "dbname": "app",
                "dbInstanceIdentifier": "main",
            },
        )

    def test_names_no_database_where_there_is_none(self):
        self.assertNotIn("dbname", value(self.attach()))

    def test_keeps_a_database_that_the_secret_names_unless_the_instance_has_one(self):
        self.assertEqual(value(self.attach({"dbname": "own"}))["dbname"], "own")
        make("AWS::RDS::DBInstance", **self.database("other", DBName="app"))
        secret = self.secret("other", username="admin", password="p", dbname="own")
        make(ATTACHMENT, SecretId=secret, TargetId="other", TargetType="AWS::RDS::DBInstance")
        self.assertEqual(value(secret)["dbname"], "app")

    def test_takes_the_connection_away(self):
        secret = self.attach(DBName="app")
        remove(ATTACHMENT, secret, SecretId=secret)
        self.assertEqual(value(secret), {"username": "admin", "password": "p"})

    def test_refuses_a_secret_that_is_no_object_or_has_no_value(self):
        make("AWS::RDS::DBInstance", **self.database())
        for told, properties in (
            ("Could not parse SecretString JSON: it must be a JSON", {"SecretString": "a"}),
            ("can't find the specified secret value", {}),
        ):
            with self.refused(told):
                make(
                    ATTACHMENT,
                    SecretId=make(SECRET, Name=f"secret-{len(properties)}", **properties)[0],
                    TargetId="main",
                    TargetType="AWS::RDS::DBInstance",
                )


class Policies(DataTest):
    """A policy of a secret."""

    def policy(self, secret: str, **statement) -> dict:
        return {"SecretId": secret, "ResourcePolicy": {"Statement": [{**STATEMENT, **statement}]}}

    def effect(self, secret: str) -> str:
        return json.loads(ask("_get_resource_policy", SecretId=secret)["ResourcePolicy"])["Statement"][0]["Effect"]

    def test_is_shown_until_it_is_deleted(self):
        secret = self.secret()
        physical_id, _ = make(POLICY, **self.policy(secret), BlockPublicPolicy=True)
        self.assertEqual((physical_id, self.effect(secret)), (secret, "Deny"))
        change(POLICY, secret, self.policy(secret), self.policy(secret, Effect="Allow"))
        self.assertEqual(self.effect(secret), "Allow")
        remove(POLICY, secret, SecretId=secret)
        self.assertNotIn("ResourcePolicy", ask("_get_resource_policy", SecretId=secret))
        remove(SECRET, secret)
        remove(POLICY, secret, SecretId=secret)

    def test_refuses_a_secret_that_does_not_exist(self):
        with self.refused("Secrets Manager can't find the specified secret: missing."):
            make(POLICY, **self.policy("missing"))

    def test_refuses_a_policy_without_statements(self):
        with self.refused("This resource policy contains a syntax error: it has no Statement."):
            make(POLICY, SecretId=self.secret(), ResourcePolicy={"Version": "2012-10-17"})


class References(DataTest):
    def test_a_reference_to_a_secret_without_a_value_fails_the_stack(self):
        reference = {"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Secret"}, ":SecretString:password::}}"]]}
        stack = deploy(
            "stack",
            {
                "Resources": {
                    "Secret": resource(SECRET),
                    "Database": resource("AWS::RDS::DBInstance", **self.database(MasterUserPassword=reference)),
                }
            },
        )
        self.assertEqual(stack["StackStatus"], "ROLLBACK_COMPLETE")
        self.assertIn("could not be resolved", reasons(stack))


class Replicas(DataTest):
    """A secret is replicated into another region, with a key of it."""

    def test_refuses_what_secrets_manager_would(self):
        key = make("AWS::KMS::Key", KeyPolicy={})[0]
        cases = {
            "The replica region can't be the same as the primary secret region": {"Region": REGION},
            f"the KMS key {key} does not exist in ap-southeast-2": {"Region": "ap-southeast-2", "KmsKeyId": key},
        }
        for told, replica in cases.items():
            with self.subTest(told), self.refused(told):
                make(SECRET, Name="replicated", SecretString="value", ReplicaRegions=[replica])
        make(SECRET, Name="replicated", SecretString="value", ReplicaRegions=[{"Region": "ap-southeast-2"}])
