"""Users and user groups of ElastiCache: their passwords, access strings, and who needs them."""

import re
from xml.sax.saxutils import escape

from ...core.ministack_api import Refused, is_true
from ...core.seams import elasticache
from .. import cloudformation
from ..cloudformation import Create, Delete, Made, Update

USER, GROUP = "AWS::ElastiCache::User", "AWS::ElastiCache::UserGroup"
DEFAULT = "default"
"""The name of the user that every user group of Redis has; a connection without a user name is its."""

AUTHENTICATION = {"password": "password", "no-password-required": "no-password", "iam": "iam"}
"""How a template calls it, how describe-users does."""

RULE = re.compile(
    r"on|off|allkeys|allchannels|allcommands|nocommands|resetkeys|resetchannels"
    r"|(%(R|W|RW|WR))?~\S+|&\S+|[+-]@[a-z]+|[+-][a-z][a-z0-9._-]*(\|[a-z0-9_-]+)?",
    re.IGNORECASE,
)
"""A rule of an access string: those of Redis 7 but passwords, which are properties of the user, and selectors."""


def install() -> None:
    """Put every seam of this module in."""
    cloudformation.override(USER, create=_create_user, update=_update_user, delete=_delete_user)
    cloudformation.override(GROUP, create=_create_group, update=_update_group, delete=_delete_group)
    show_channels()


def show_channels() -> None:
    """Wraps elasticache.user_xml, whose answer cannot be read when an access string has a channel: &news."""
    plain = elasticache.user_xml
    elasticache.user_xml = lambda user: plain({**user, "AccessString": escape(user["AccessString"])})


def _authentication(properties: dict) -> tuple[str, list[str]]:
    """How a user proves who it is, and its passwords: MiniStack's CloudFormation reads top-level passwords only."""
    mode = properties.get("AuthenticationMode") or {}
    passwords = mode.get("Passwords") or properties.get("Passwords") or []
    without = is_true(properties.get("NoPasswordRequired"))
    return mode.get("Type") or ("no-password-required" if without else "password"), passwords


def _check_user(properties: dict) -> None:
    """Refuse a user as ElastiCache would."""
    kind, passwords = _authentication(properties)
    if kind not in AUTHENTICATION:
        raise Refused(f"Invalid authentication type {kind}: it is one of {', '.join(AUTHENTICATION)}.")
    if (kind == "password") != bool(passwords) or len(passwords) > 2:
        raise Refused(f"A user of authentication type {kind} has {'1 or 2' if kind == 'password' else 'no'} passwords.")
    for password in passwords:
        if not re.fullmatch(r"[!-~]{16,128}", password) or set(password) & set(',"/@'):
            raise Refused(
                "Passwords must be 16 to 128 printable characters and can't contain any of , \" / @: exclude "
                "these when it is generated."
            )
    if kind == "iam" and properties.get("UserId") != properties.get("UserName"):
        raise Refused("For IAM authentication, UserId and UserName must be the same.")
    refuse_access(properties.get("AccessString") or "")


def refuse_access(access: str) -> None:
    """Refuse an access string that ElastiCache does not take."""
    rules = access.split()
    if not rules or rules[0].lower() not in ("on", "off"):
        raise Refused(f"Invalid access string: it must start with on or off: {access}")
    wrong = [rule for rule in rules if not RULE.fullmatch(rule)]
    if wrong:
        raise Refused(f"Invalid access string: {', '.join(wrong)} in: {access}")


def _flat(properties: dict) -> dict:
    """The properties with the passwords where MiniStack reads them."""
    return {**properties, "Passwords": _authentication(properties)[1]}


def _hold(user_id: str, properties: dict) -> None:
    kind, passwords = _authentication(properties)
    elasticache.users[user_id]["Authentication"] = {"Type": AUTHENTICATION[kind], "PasswordCount": len(passwords)}


def _create_user(create: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
    if properties["UserId"] in elasticache.users:
        raise Refused(f"User {properties['UserId']} already exists.")
    _check_user(properties)
    answer = create(logical_id, _flat(properties), stack_name)
    _hold(answer[0], properties)
    return answer


def _update_user(
    update: Update, physical_id: str, old: dict, new: dict, stack_name: str, logical_id: str | None = None
) -> Made:
    _check_user(new)
    answer = update(physical_id, _flat(old), _flat(new), stack_name, logical_id)
    _hold(answer[0], new)
    return answer


def _delete_user(delete: Delete, physical_id: str, properties: dict) -> None:
    for group_id in elasticache.users.get(physical_id, {}).get("UserGroupIds", []):
        users = elasticache.user_groups.get(group_id, {})
        if users.get("ReplicationGroups"):
            raise Refused(
                f"User {physical_id} is in the user group {group_id}, which replication group "
                f"{', '.join(users['ReplicationGroups'])} uses: remove it from the group first."
            )
    delete(physical_id, properties)


def _check_group(properties: dict) -> None:
    """Refuse a user group as ElastiCache would; a group of Valkey needs no default user."""
    users = elasticache.users
    for missing in (name for name in properties.get("UserIds") or [] if name not in users):
        raise Refused(f"User {missing} not found.")
    names = [users[name]["UserName"] for name in properties.get("UserIds") or []]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise Refused(f"User group has two users with the user name {', '.join(doubled)}.")
    if properties.get("Engine", "redis").lower() == "redis" and DEFAULT not in names:
        raise Refused(f"User group needs to contain a user with the user name {DEFAULT}.")


def _create_group(create: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
    if properties["UserGroupId"] in elasticache.user_groups:
        raise Refused(f"User group {properties['UserGroupId']} already exists.")
    _check_group(properties)
    return create(logical_id, properties, stack_name)


def _update_group(
    update: Update, physical_id: str, old: dict, new: dict, stack_name: str, logical_id: str | None = None
) -> Made:
    _check_group(new)
    return update(physical_id, old, new, stack_name, logical_id)


def _delete_group(delete: Delete, physical_id: str, properties: dict) -> None:
    used = elasticache.user_groups.get(physical_id, {}).get("ReplicationGroups")
    if used:
        raise Refused(f"User group {physical_id} can't be deleted while replication group {', '.join(used)} uses it.")
    delete(physical_id, properties)
