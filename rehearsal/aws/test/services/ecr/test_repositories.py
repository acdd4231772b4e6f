import functools
import json

from emulator.core.seams import ecr, kms
from emulator.services.ecr import replication
from emulator.services.ecr.repositories import REPOSITORY, images, pushed
from emulator.services.ecr.repositories import install as install_repositories
from test.support.emulated import EmulatorTest, change, deploy, destroy, make, reasons, resource

OLD = {"tagStatus": "any", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 90}
MANY = {"tagStatus": "tagged", "tagPatternList": ["v*"], "countType": "imageCountMoreThan", "countNumber": 20}


@functools.cache
def install() -> None:
    """Put the seams in, which must happen once."""
    install_repositories()
    replication.install()


def rule(priority: int, selection: dict, **changed) -> dict:
    return {"rulePriority": priority, "selection": {**selection, **changed}, "action": {"type": "expire"}}


def without(selection: dict, name: str) -> dict:
    return {key: value for key, value in selection.items() if key != name}


def policy(*rules: dict) -> dict:
    return {"LifecyclePolicy": {"LifecyclePolicyText": json.dumps({"rules": rules})}}


class RepositoryTest(EmulatorTest):
    def setUp(self):
        super().setUp()
        install()

    def make(self, name: str = "platform/api", **properties) -> str:
        return make(REPOSITORY, RepositoryName=name, **properties)[0]

    def push(self, tag: str, manifest: str = "{}", name: str = "platform/api") -> dict:
        return json.loads(ecr.put_image({"repositoryName": name, "imageTag": tag, "imageManifest": manifest})[2])


class Repositories(RepositoryTest):
    """A repository is one that ECR would make."""

    def test_has_the_address_under_which_pods_name_it(self):
        _, attributes = make(REPOSITORY, RepositoryName="platform/api")
        self.assertEqual(attributes["RepositoryUri"], f"{self.account}.dkr.ecr.eu-central-1.amazonaws.com/platform/api")

    def test_refuses_a_name_outside_of_the_pattern(self):
        for name in ("Platform/api", "platform//api", "platform/-api", "platform/api_", "a", "a" * 257, "a..b"):
            with self.subTest(name), self.refused("must satisfy regular expression"):
                self.make(name)
        for name in ("platform/api-gateway", "ab", "a.b/c_d/e-f"):
            self.assertEqual(self.make(name), name)

    def test_refuses_a_name_that_is_taken(self):
        self.make()
        with self.refused("already exists (RepositoryAlreadyExistsException)"):
            self.make()

    def test_what_cannot_change_in_place_replaces(self):
        old = {"EncryptionConfiguration": {"EncryptionType": "AES256"}}
        new = {"EncryptionConfiguration": {"EncryptionType": "KMS"}}
        name = make(REPOSITORY, **old)[0]
        self.assertNotEqual(change(REPOSITORY, name, old, new)[0], name)
        self.make("platform/one")
        self.assertEqual(
            change(REPOSITORY, "platform/one", {"RepositoryName": "platform/one"}, {"RepositoryName": "platform/two"})[
                0
            ],
            "platform/two",
        )
        self.make("platform/three", **old)
        with self.assertRaisesRegex(ValueError, "custom-named resource"):
            change(
                REPOSITORY,
                "platform/three",
                {"RepositoryName": "platform/three", **old},
                {"RepositoryName": "platform/three", **new},
            )

    def test_its_key_must_be_there_and_enabled(self):
        key, attributes = make("AWS::KMS::Key", KeyPolicy={})
        encrypted = lambda kind, of: {"EncryptionConfiguration": {"EncryptionType": kind, "KmsKey": of}}
        self.make("platform/kept", **encrypted("KMS", attributes["Arn"]))
        with self.refused("does not exist or is not enabled"):
            self.make(**encrypted("KMS", attributes["Arn"][:-1] + "x"))
        with self.refused("cannot be set with the encryption type AES256"):
            self.make(**encrypted("AES256", key))
        kms.keys[key]["KeyState"] = "PendingDeletion"
        with self.refused("does not exist or is not enabled"):
            self.make(**encrypted("KMS_DSSE", key))

    def test_a_repository_with_images_stays_unless_it_is_to_be_emptied(self):
        for empty, status in ((False, "DELETE_FAILED"), (True, "DELETE_COMPLETE")):
            name = f"platform/{str(empty).lower()}"
            deploy(
                name.replace("/", "-"),
                {"Resources": {"Repository": resource(REPOSITORY, RepositoryName=name, EmptyOnDelete=empty)}},
            )
            self.push("1", name=name)
            stack = destroy(name.replace("/", "-"))
            self.assertEqual(stack["StackStatus"], status)
            self.assertEqual(f"The repository with name '{name}' is not empty" in reasons(stack), not empty)

    def test_a_tag_can_be_pushed_again_only_where_it_is_mutable(self):
        self.make(ImageTagMutability="IMMUTABLE")
        self.push("1")
        self.assertEqual(self.push("1", '{"other": 1}')["__type"], "ImageTagAlreadyExistsException")
        change(
            REPOSITORY,
            "platform/api",
            {"RepositoryName": "platform/api", "ImageTagMutability": "IMMUTABLE"},
            {"RepositoryName": "platform/api", "ImageTagMutability": "MUTABLE"},
        )
        self.assertIn("image", self.push("1", '{"other": 1}'))

    def test_lists_what_it_holds(self):
        self.make()
        digest = self.push("2")["image"]["imageId"]["imageDigest"]
        self.push("1")
        self.assertEqual(
            [held for held in images() if held["account"] == self.account],
            [
                {
                    "account": self.account,
                    "region": "eu-central-1",
                    "repository": "platform/api",
                    "tags": ["1", "2"],
                    "digests": [digest],
                }
            ],
        )


class Pushed(RepositoryTest):
    """An image that somebody pushed, whose content nobody here has, is held under its digest."""

    DIGEST = "sha256:" + "a" * 64

    def tell(self, **given) -> dict:
        told = {"region": "eu-central-1", "repository": "platform/api", "tag": "1", "digest": self.DIGEST, **given}
        return pushed(told)

    def held(self) -> tuple[list[str], list[str]]:
        found = next(held for held in images() if held["account"] == self.account)
        return found["tags"], found["digests"]

    def test_is_held_under_its_tag_and_its_digest(self):
        self.make()
        self.tell()
        self.tell()
        self.tell(tag="2")
        self.assertEqual(self.held(), (["1", "2"], [self.DIGEST]))

    def test_may_have_no_tag(self):
        self.make()
        self.tell(tag=None)
        self.assertEqual(self.held(), ([], [self.DIGEST]))

    def test_moves_no_tag(self):
        self.make(ImageTagMutability="IMMUTABLE")
        self.tell()
        with self.refused(f"The image tag '1' is {self.DIGEST} (ImageTagAlreadyExistsException)"):
            self.tell(digest="sha256:" + "b" * 64)

    def test_has_a_repository_and_a_digest(self):
        with self.refused("The repository with name 'platform/api' does not exist in eu-central-1"):
            self.tell()
        self.make()
        with self.refused("digest must be sha256: and 64 digits"):
            self.tell(digest="latest")


class Policies(RepositoryTest):
    """A lifecycle policy is one that ECR would take."""

    def test_takes_rules_that_are_right(self):
        self.make(**policy(rule(1, {"tagStatus": "untagged"} | without(OLD, "tagStatus")), rule(2, MANY), rule(3, OLD)))

    def test_refuses_rules_that_are_wrong(self):
        cases = {
            "$.rules[0].selection.tagStatus": [rule(1, OLD, tagStatus="all")],
            "$.rules[0].selection.countType": [rule(1, OLD, countType="age")],
            "'countNumber' is a required property": [rule(1, without(OLD, "countNumber"))],
            "$.rules[0].selection.countNumber": [rule(1, OLD, countNumber=0)],
            "'countUnit' is a required property": [rule(1, without(OLD, "countUnit"))],
            "should not be valid under {'required': ['countUnit']}": [rule(1, MANY, countUnit="days")],
            "is not valid under any of the given schemas": [rule(1, without(MANY, "tagPatternList"))],
            "should not be valid under {'anyOf'": [rule(1, OLD, tagPrefixList=["v"])],
            "Additional properties are not allowed ('tagPatterns'": [rule(1, MANY, tagPatterns=["v"])],
            "rulePriority 1 is given to 2 rules": [rule(1, MANY), rule(1, OLD)],
            "any must have the highest rulePriority, not 1": [rule(1, OLD), rule(2, MANY)],
            "has more than 4 wildcards": [rule(1, MANY, tagPatternList=["*a*b*c*d*"])],
            "$.rules": [],
            "$.rules[0].action.type": [{**rule(1, OLD), "action": {"type": "delete"}}],
        }
        for told, rules in cases.items():
            with self.subTest(told), self.refused(told):
                self.make(**policy(*rules))

    def test_refuses_what_is_not_json(self):
        with self.refused("it is not JSON"):
            self.make(LifecyclePolicy={"LifecyclePolicyText": "{rules"})

    def test_an_update_is_looked_at_too(self):
        self.make()
        with self.refused("is given to 2 rules"):
            change(
                REPOSITORY,
                "platform/api",
                {"RepositoryName": "platform/api"},
                {"RepositoryName": "platform/api", **policy(rule(1, MANY), rule(1, OLD))},
            )
