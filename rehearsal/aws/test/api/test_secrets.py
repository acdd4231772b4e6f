import json

from emulator.api import secrets
from emulator.core.seams import cloudwatch_logs, eks, iam, secretsmanager
from emulator.services.iam import evaluation
from test.support.emulated import EmulatorTest, make

TRUST = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    ]
}
READ = list(secrets.READ)


def allow(actions, resource, **more) -> dict:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


class Secrets(EmulatorTest):
    """The secrets of Secrets Manager."""

    def listed(self) -> list[dict]:
        return [secret for secret in secrets.secrets() if secret["account"] == self.account]

    def test_lists_every_version_with_its_value(self):
        make("AWS::SecretsManager::Secret", Name="db", SecretString="first")
        secretsmanager.put_secret_value({"SecretId": "db", "SecretString": "second"})
        (secret,) = self.listed()
        self.assertEqual((secret["name"], secret["region"], secret["deleted"]), ("db", "eu-central-1", False))
        self.assertEqual(
            {tuple(version["stages"]): version["value"] for version in secret["versions"]},
            {("AWSPREVIOUS",): "first", ("AWSCURRENT",): "second"},
        )

    def test_a_value_of_bytes_is_text_and_an_empty_one_none(self):
        secretsmanager.create_secret({"Name": "bytes", "SecretBinary": "a2V5"})
        make("AWS::SecretsManager::Secret", Name="empty", SecretString="")
        self.assertEqual(
            {s["name"]: [v["value"] for v in s["versions"]] for s in self.listed()}, {"bytes": ["key"], "empty": [None]}
        )


class Identities(EmulatorTest):
    """Secrets that the role of a Pod Identity association may read."""

    def setUp(self):
        super().setUp()
        self.cluster()

    def secret(self, name: str = "db", **properties) -> str:
        return make("AWS::SecretsManager::Secret", Name=name, SecretString="value", **properties)[1]["Id"]

    def identity(self, *statements: dict, trust: dict = TRUST, **properties) -> dict:
        """The association of a new role with these statements."""
        inline = [{"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}] if statements else []
        role = make("AWS::IAM::Role", RoleName="reader", AssumeRolePolicyDocument=trust, Policies=inline)[1]["Arn"]
        make(
            "AWS::EKS::PodIdentityAssociation",
            ClusterName="cluster",
            Namespace="shop",
            ServiceAccount="web",
            RoleArn=role,
            **properties,
        )
        (found,) = [one for one in secrets.identities() if one["account"] == self.account]
        return found

    def forget(self) -> None:
        """Remove the role and its association."""
        eks.pod_identity_associations.clear()
        iam.roles.pop("reader", None)

    def test_names_the_association(self):
        found = self.identity()
        self.assertEqual((found["cluster"], found["namespace"], found["serviceAccount"]), ("cluster", "shop", "web"))
        self.assertEqual((found["role"], found["untrusting"]), (f"arn:aws:iam::{self.account}:role/reader", []))

    def test_a_role_without_policies_may_read_nothing(self):
        arn = self.secret()
        self.assertEqual(self.identity()["denied"], {arn: READ})

    def test_the_secret_itself_and_wildcards_are_allowed_and_others_are_not(self):
        arn, other = self.secret(), self.secret("other")
        for resource in (arn, f"{arn[:-6]}??????", f"{arn[:-7]}-*"):
            self.assertEqual(self.identity(allow(READ, resource))["denied"], {other: READ}, resource)
            self.forget()

    def test_names_the_action_that_is_missing(self):
        arn = self.secret()
        self.assertEqual(self.identity(allow(READ[0], arn))["denied"], {arn: [READ[1]]})

    def test_a_denial_wins(self):
        arn = self.secret()
        self.assertEqual(
            self.identity(allow("*", "*"), {**allow(READ[0], arn), "Effect": "Deny"})["denied"], {arn: [READ[0]]}
        )

    def test_a_managed_policy_counts(self):
        arn = self.secret()
        make("AWS::IAM::ManagedPolicy", ManagedPolicyName="read", PolicyDocument={"Statement": [allow(READ, arn)]})
        role = make(
            "AWS::IAM::Role",
            RoleName="reader",
            AssumeRolePolicyDocument=TRUST,
            ManagedPolicyArns=[f"arn:aws:iam::{self.account}:policy/read"],
        )[1]["Arn"]
        make("AWS::EKS::PodIdentityAssociation", ClusterName="cluster", Namespace="a", ServiceAccount="b", RoleArn=role)
        (found,) = [one for one in secrets.identities() if one["account"] == self.account]
        self.assertEqual(found["denied"], {})

    def test_a_condition_on_the_pods_namespace_is_met_by_it_only(self):
        arn = self.secret()
        for namespace, denied in (("shop", {}), ("bank", {arn: READ})):
            condition = {"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": namespace}}
            self.assertEqual(self.identity(allow(READ, arn, Condition=condition))["denied"], denied)
            self.forget()

    def test_a_policy_of_the_secret_itself_counts(self):
        arn = self.secret()
        deny = {"Effect": "Deny", "Principal": "*", "Action": READ[0], "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
        self.assertEqual(secretsmanager.put_resource_policy({"SecretId": arn, "ResourcePolicy": policy})[0], 200)
        self.assertEqual(self.identity(allow(READ, arn))["denied"], {arn: [READ[0]]})

    def test_a_policy_of_the_association_narrows_the_role(self):
        arn, other = self.secret(), self.secret("other")
        policy = json.dumps({"Statement": [allow(READ, arn)]})
        self.assertEqual(self.identity(allow("*", "*"), Policy=policy)["denied"], {other: READ})

    def test_the_keys_policy_has_to_allow_it_too(self):
        key = make("AWS::KMS::Key", KeyPolicy={"Statement": []})[1]["Arn"]
        arn = self.secret(KmsKeyId=key)
        self.assertEqual(self.identity(allow("*", "*"))["denied"], {arn: ["kms:Decrypt"]})

    def key(self, *more: dict) -> str:
        root = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{self.account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
        return make("AWS::KMS::Key", KeyPolicy={"Statement": [root, *more]})[1]["Arn"]

    def test_a_secret_with_a_key_of_its_own_takes_decrypting(self):
        key = self.key()
        arn = self.secret(KmsKeyId=key)
        self.assertEqual(self.identity(allow(READ, arn))["denied"], {arn: ["kms:Decrypt"]})
        self.forget()
        self.assertEqual(self.identity(allow(READ, arn), allow("kms:Decrypt", key))["denied"], {})

    def test_the_keys_policy_may_allow_it_through_secrets_manager(self):
        def through(service: str) -> dict:
            return {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{self.account}:role/reader"},
                "Action": "kms:Decrypt",
                "Resource": "*",
                "Condition": {"StringEquals": {"kms:ViaService": f"{service}.eu-central-1.amazonaws.com"}},
            }

        right = self.secret("right", KmsKeyId=self.key(through("secretsmanager")))
        wrong = self.secret("wrong", KmsKeyId=self.key(through("rds")))
        self.assertEqual(self.identity(allow(READ, [right, wrong]))["denied"], {wrong: ["kms:Decrypt"]})

    def test_secrets_managers_own_key_takes_nothing(self):
        arn = self.secret(KmsKeyId="alias/aws/secretsmanager")
        self.assertEqual(self.identity(allow(READ, arn))["denied"], {})

    def test_a_role_that_pods_do_not_get_is_told(self):
        trust = json.loads(json.dumps(TRUST).replace(', "sts:TagSession"', ""))
        self.assertEqual(self.identity(trust=trust)["untrusting"], ["sts:TagSession"])
        self.forget()
        trust = json.loads(json.dumps(TRUST).replace("pods.eks", "ec2"))
        self.assertEqual(self.identity(trust=trust)["untrusting"], list(evaluation.ASSUME))

    def test_a_role_may_be_for_one_service_account_only(self):
        def trust(account):
            condition = {"StringEquals": {"aws:RequestTag/kubernetes-service-account": account}}
            return {**TRUST, "Statement": [{**TRUST["Statement"][0], "Condition": condition}]}

        own = self.identity()["serviceAccount"]
        self.forget()
        self.assertEqual(self.identity(trust=trust(own))["untrusting"], [])
        self.forget()
        self.assertEqual(self.identity(trust=trust("another"))["untrusting"], list(evaluation.ASSUME))


class Logs(EmulatorTest):
    def test_lists_the_messages_of_every_stream(self):
        cloudwatch_logs.create_log_group({"logGroupName": "/aws/lambda/f"})
        cloudwatch_logs.create_log_stream({"logGroupName": "/aws/lambda/f", "logStreamName": "s"})
        cloudwatch_logs.put_log_events(
            {
                "logGroupName": "/aws/lambda/f",
                "logStreamName": "s",
                "logEvents": [{"timestamp": 1, "message": "one"}, {"timestamp": 2, "message": "two"}],
            }
        )
        self.assertEqual(
            [stream for stream in secrets.logs() if stream["account"] == self.account],
            [
                {
                    "account": self.account,
                    "region": "eu-central-1",
                    "group": "/aws/lambda/f",
                    "stream": "s",
                    "messages": ["one", "two"],
                }
            ],
        )
