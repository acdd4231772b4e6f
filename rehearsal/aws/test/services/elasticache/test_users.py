from xml.etree import ElementTree as ET

from emulator.services.elasticache.users import refuse_access
from test.support.data_tiers import DataTest, described
from test.support.emulated import change, deploy, make, reasons, remove, resource

USER, GROUP, CACHE = "AWS::ElastiCache::User", "AWS::ElastiCache::UserGroup", "AWS::ElastiCache::ReplicationGroup"


def user(name: str = "app", **properties) -> dict:
    """Properties of a user whom ElastiCache takes."""
    return {
        "UserId": name,
        "UserName": name,
        "Engine": "redis",
        "AccessString": "on ~app:* +@read",
        "AuthenticationMode": {"Type": "password", "Passwords": ["a-password-of-16"]},
        **properties,
    }


class Users(DataTest):
    """A user, whose password comes from a secret."""

    def passwords(self, *passwords: str) -> dict:
        return user(AuthenticationMode={"Type": "password", "Passwords": list(passwords)})

    def test_shows_what_is_asked_for(self):
        name, attributes = make(USER, **self.passwords("a" * 16, "b" * 16))
        self.assertEqual(
            (name, attributes["Arn"]), ("app", f"arn:aws:elasticache:eu-central-1:{self.account}:user:app")
        )
        shown = described("elasticache", "_describe_users", UserId="app")
        for part in ("<AccessString>on ~app:* +@read<", "<Type>password</Type><PasswordCount>2<", "<UserName>app<"):
            self.assertIn(part, shown)

    def test_channels_can_be_read(self):
        make(USER, **user(AccessString="on ~app:* &news:* +@read"))
        shown = ET.fromstring(described("elasticache", "_describe_users"))
        self.assertEqual(shown.find(".//{*}AccessString").text, "on ~app:* &news:* +@read")

    def test_changes_in_place(self):
        make(USER, **user())
        change(USER, "app", user(), {**self.passwords("b" * 16, "c" * 16), "AccessString": "off -@all"})
        shown = described("elasticache", "_describe_users", UserId="app")
        for part in ("<AccessString>off -@all<", "<PasswordCount>2<"):
            self.assertIn(part, shown)

    def test_a_password_is_that_of_the_secret(self):
        reference = "{{resolve:secretsmanager:" + self.secret(password="short") + ":SecretString:password::}}"
        stack = deploy("stack", {"Resources": {"User": resource(USER, **self.passwords(reference))}})
        self.assertIn("Passwords must be 16 to 128 printable characters", reasons(stack))

    def test_refuses_passwords(self):
        make(USER, **user("other"))
        for password in ("a" * 15, "a" * 129, *("a-password-of-16" + c for c in ',"/@ ä\n')):
            authentication = {"AuthenticationMode": {"Type": "password", "Passwords": [password]}}
            for wrong in (authentication, {"AuthenticationMode": None, "Passwords": [password]}):
                with self.refused("Passwords must be 16 to 128 printable characters and can't contain any of , \" / @"):
                    make(USER, **{**user(), **wrong})
            with self.refused("Passwords must be 16 to 128 printable characters"):
                change(USER, "other", user("other"), {**user("other"), **authentication})
        make(USER, **self.passwords("a" * 128))

    def test_refuses_a_number_of_passwords_that_its_authentication_cannot_have(self):
        for kind, passwords in (("password", []), ("password", ["a" * 16] * 3), ("no-password-required", ["a" * 16])):
            with self.refused(f"A user of authentication type {kind} has"):
                make(USER, **user(AuthenticationMode={"Type": kind, "Passwords": passwords}))
        with self.refused("Invalid authentication type none"):
            make(USER, **user(AuthenticationMode={"Type": "none"}))
        make(USER, **user(AuthenticationMode={"Type": "no-password-required"}))
        self.assertIn("<Type>no-password<", described("elasticache", "_describe_users", UserId="app"))

    def test_refuses_another_name_than_the_id_with_iam(self):
        with self.refused("For IAM authentication, UserId and UserName must be the same."):
            make(USER, **user(UserName="other", AuthenticationMode={"Type": "iam"}))

    def test_refuses_an_id_that_is_taken(self):
        make(USER, **user())
        with self.refused("User app already exists."):
            make(USER, **user())

    def test_takes_access_strings(self):
        for access in (
            "on ~* &* +@all",
            "off -@all",
            "on allkeys allchannels allcommands",
            "off resetkeys resetchannels nocommands",
            "on %R~a:* %W~b:* %RW~{c}:* &news:* -@all +@read",
            "on ~a -@dangerous +config|get -keys +cluster|slots",
            "on ~a +json.get",
        ):
            refuse_access(access)

    def test_refuses_access_strings(self):
        for access in ("", "~* +@all on", "+@all"):
            with self.refused("Invalid access string: it must start with on or off"):
                make(USER, **user(AccessString=access))
        for rule in (
            ">secret",
            "#5e88",
            "<secret",
            "nopass",
            "resetpass",
            "(+get)",
            "~",
            "%X~a",
            "app:*",
            "+",
            "+@",
            "+get|",
            "@read",
            "*",
            "reset",
        ):
            with self.refused(f"Invalid access string: {rule}"):
                refuse_access(f"on ~app:* {rule}")


class Groups(DataTest):
    """A user group."""

    def setUp(self):
        super().setUp()
        make(USER, **user("nobody", UserName="default", AccessString="off -@all"))
        make(USER, **user())
        self.group = {"UserGroupId": "users", "Engine": "redis", "UserIds": ["nobody", "app"]}

    def test_shows_its_users(self):
        name, attributes = make(GROUP, **self.group)
        self.assertEqual(
            (name, attributes["Arn"]), ("users", f"arn:aws:elasticache:eu-central-1:{self.account}:usergroup:users")
        )
        self.assertIn("<member>nobody</member><member>app</member>", described("elasticache", "_describe_user_groups"))
        change(GROUP, "users", self.group, {**self.group, "UserIds": ["nobody"]})
        self.assertNotIn("<member>app</member>", described("elasticache", "_describe_user_groups"))

    def test_refuses_users(self):
        make(USER, **user("twin", UserName="app"))
        make(GROUP, **{**self.group, "UserGroupId": "other"})
        for users, told in (
            (["app"], "User group needs to contain a user with the user name default."),
            (["nobody", "missing"], "User missing not found."),
            (["nobody", "app", "twin"], "User group has two users with the user name app."),
        ):
            with self.refused(told):
                make(GROUP, **{**self.group, "UserIds": users})
            with self.refused(told):
                change(
                    GROUP,
                    "other",
                    {**self.group, "UserGroupId": "other"},
                    {**self.group, "UserGroupId": "other", "UserIds": users},
                )
        make(GROUP, UserGroupId="valkey", Engine="valkey", UserIds=["app"])

    def test_refuses_an_id_that_is_taken(self):
        make(GROUP, **self.group)
        with self.refused("User group users already exists."):
            make(GROUP, **self.group)

    def test_refuses_to_delete_what_a_replication_group_uses(self):
        make(GROUP, **self.group)
        make(
            CACHE,
            ReplicationGroupId="cache",
            ReplicationGroupDescription="d",
            TransitEncryptionEnabled=True,
            UserGroupIds=["users"],
        )
        with self.refused("User group users can't be deleted while replication group cache uses it."):
            remove(GROUP, "users")
        with self.refused("User app is in the user group users, which replication group cache uses"):
            remove(USER, "app")
        remove(CACHE, "cache")
        remove(GROUP, "users")
        remove(USER, "app")
        self.assertNotIn("users<", described("elasticache", "_describe_user_groups"))
        self.assertNotIn("<UserId>app<", described("elasticache", "_describe_users"))
