"""Rotation of secrets by a function that Secrets Manager hosts.

The function itself is not made: on AWS the transform brings it in a nested stack. Its work is done here: it changes the
password in the secret and of the database instance, at first and whenever somebody calls RotateSecret, for which MiniStack
makes another version of the same value.
"""

import json
import re
from typing import Any

from ministack.core.responses import get_account_id, get_region

from ...core.ministack_api import Refused, is_true
from ...core.seams import ec2, engine, rds, secretsmanager
from .. import cloudformation
from ..cloudformation import StandIn, register
from .secrets import current, find, object_of, password

SCHEDULE = "AWS::SecretsManager::RotationSchedule"
TRANSFORM = "AWS::SecretsManager-2024-09-16"
ENGINES = {"MySQLSingleUser": "mysql", "MariaDBSingleUser": "mariadb", "PostgreSQLSingleUser": "postgres"}
"""Rotation type -> the engine that the secret must name."""

NEEDED = ("engine", "host", "username", "password")
"""Keys of a secret that the rotation function of a single user reads."""

EXCLUDED = ":/@\"'\\"
"""Characters that AWS's rotation functions leave out of a password by default."""

EXCLUDED_BY = "_ExcludedByRotation"
"""Field of a secret's record: the characters that its hosted rotation leaves out."""


def install() -> None:
    """Register the type and put the seam in."""
    register(TYPES)
    know_the_transform()
    rotate_on_request()


def rotate_on_request() -> None:
    """Wraps secretsmanager.rotate_secret. Users of a database but the first one are not the emulator's: their password is only
    in the secret."""
    rotate = secretsmanager.rotate_secret

    def rotated(data: dict) -> tuple:
        answer = rotate(data)
        secret = secretsmanager.resolve(data.get("SecretId"))[1]
        if answer[0] == 200 and secret.get(EXCLUDED_BY):
            value = object_of(current(secret), f"{secret['Name']} SecretString")
            _put(secret, value, secret[EXCLUDED_BY])
        return answer

    secretsmanager.rotate_secret = rotated


def know_the_transform() -> None:
    """Wraps engine.apply_transforms, which leaves an unknown transform in the template, so that the types of its
    resources are not checked. The template stays as it is: see above."""
    apply = engine.apply_transforms

    def applied(template: dict, *args: Any) -> dict:
        if TRANSFORM in engine.declared_transforms(template):
            return apply(engine.without_transform(template, TRANSFORM), *args)
        for name, resource in (template.get("Resources") or {}).items():
            if "HostedRotationLambda" in (resource.get("Properties") or {}) and resource["Type"] == SCHEDULE:
                raise ValueError(
                    f"To use the HostedRotationLambda property of {name}, the template must declare the "
                    f"transform {TRANSFORM}."
                )
        return apply(template, *args)

    engine.replace("apply_transforms", applied)


def _rules(properties: dict) -> dict:
    """The rules of a schedule, as describe-secret shows them."""
    rules = dict(properties.get("RotationRules") or {})
    days, expression = rules.get("AutomaticallyAfterDays"), rules.get("ScheduleExpression")
    if (days is None) == (expression is None):
        raise Refused("RotationRules must have either AutomaticallyAfterDays or ScheduleExpression.")
    if days is not None and not 1 <= int(days) <= 1000:
        raise Refused("AutomaticallyAfterDays must be between 1 and 1000 days.")
    if expression is not None and not re.fullmatch(r"rate\(\d+ (hours?|days?)\)|cron\((\S+ ){4,5}\S+\)", expression):
        raise Refused(f"The schedule expression {expression} is not a valid rate() or cron() expression.")
    if "Duration" in rules and not re.fullmatch(r"[1-9]\d?h", rules["Duration"]):
        raise Refused(f"The Duration {rules['Duration']} of the rotation window is not a number of hours, like 3h.")
    return {**rules, **({"AutomaticallyAfterDays": int(days)} if days is not None else {})}


def _listed(value: Any) -> list[str]:
    """HostedRotationLambda takes its lists as text with commas."""
    return [item.strip() for item in (value or "").split(",") if item.strip()]


def _function(properties: dict) -> str:
    """The ARN of the function that rotates; a hosted one must reach the database in its network."""
    hosted = properties.get("HostedRotationLambda")
    if hosted is None:
        if not properties.get("RotationLambdaARN"):
            raise Refused("No Lambda rotation function ARN is associated with this secret.")
        return properties["RotationLambdaARN"]
    for name, store, kind in (
        ("VpcSubnetIds", ec2.subnets, "subnet"),
        ("VpcSecurityGroupIds", ec2.security_groups, "security group"),
    ):
        given = _listed(hosted.get(name))
        if not given:
            raise Refused(f"The rotation function has no {name}: outside the database's network it can't reach it.")
        for missing in (item for item in given if item not in store):
            raise Refused(f"The {kind} '{missing}' does not exist")
    name = hosted.get("RotationLambdaName") or f"SecretsManager{hosted['RotationType']}"
    return f"arn:aws:lambda:{get_region()}:{get_account_id()}:function:{name}"


def _credentials(secret: dict, properties: dict) -> dict:
    """The secret's value, which the hosted function can read."""
    text, hosted = current(secret), properties.get("HostedRotationLambda")
    if hosted is None:
        return {}
    late = cloudformation.unordered("AWS::SecretsManager::SecretTargetAttachment", SecretId=secret["ARN"])
    if late:
        raise Refused(
            f"The keys of the database may be missing from secret JSON of {secret['Name']}: order the "
            f"schedule after {', '.join(late)}."
        )
    engine, value = ENGINES.get(hosted["RotationType"]), object_of(text, f"{secret['Name']} SecretString")
    if engine is None:
        raise Refused(f"The rehearsal knows no rotation of type {hosted['RotationType']}: it has {', '.join(ENGINES)}.")
    missing = [key for key in NEEDED if not value.get(key)]
    if missing:
        raise Refused(
            f"{', '.join(missing)} missing from secret JSON of {secret['Name']}: order the schedule after "
            "the secret's target attachment, or have them in the secret's template."
        )
    if value["engine"] != engine:
        raise Refused(
            f"Database engine must be set to '{engine}' in order to use this rotation lambda: the secret "
            f"{secret['Name']} has {value['engine']}."
        )
    return value


def _instance(value: dict, secret: dict) -> dict:
    """The database instance of a secret whose password can be changed now: that of the user whom the instance has from
    its creation."""
    found = [i for i in rds.instances.values() if i["Endpoint"]["Address"] == value["host"]]
    if not found:
        raise Refused(
            f"Unable to log into database with previous, current, or pending secret of {secret['Name']}: "
            f"there is no database at {value['host']}."
        )
    if found[0]["MasterUsername"] != value["username"]:
        raise Refused(
            f"The user {value['username']} of the secret {secret['Name']} does not exist yet, so the first "
            "rotation fails: set RotateImmediatelyOnUpdate to false."
        )
    return found[0]


def _rotates_at_once(properties: dict) -> bool:
    return is_true(properties.get("RotateImmediatelyOnUpdate", True))


def _apply(properties: dict, is_new: bool) -> str:
    """Check everything, then hold the schedule on the secret, and rotate if it says so."""
    secret = find(properties["SecretId"])
    if is_new and secret.get("RotationEnabled"):
        raise Refused(f"The secret {secret['Name']} has a rotation schedule already; it can have one.")
    function, rules, value = _function(properties), _rules(properties), _credentials(secret, properties)
    instance = _instance(value, secret) if value and _rotates_at_once(properties) else None
    secret.update(RotationEnabled=True, RotationLambdaARN=function, RotationRules=rules)
    hosted = properties.get("HostedRotationLambda")
    secret[EXCLUDED_BY] = hosted.get("ExcludeCharacters", EXCLUDED) if hosted else None
    if instance is not None:
        _put(secret, value, secret[EXCLUDED_BY])
    return secret["ARN"]


def _put(secret: dict, value: dict, excluded: str) -> None:
    """Put another password into a secret, and give it to its user if that is the one that its instance has from the beginning."""
    value = {**value, "password": password({"ExcludeCharacters": excluded})}
    secretsmanager.put_secret_value_in_process(secret["ARN"], json.dumps(value))
    for instance in rds.instances.values():
        if (instance["Endpoint"]["Address"], instance["MasterUsername"]) == (value["host"], value["username"]):
            instance["_MasterUserPassword"] = value["password"]


def _cancel(physical_id: str, _properties: dict) -> None:
    """CancelRotateSecret, which MiniStack lacks."""
    secret = secretsmanager.resolve(physical_id)[1]
    if secret is not None:
        secret.update(RotationEnabled=False, RotationLambdaARN=None, RotationRules=None)


TYPES = {
    SCHEDULE: StandIn(
        lambda properties, name: _apply(properties, is_new=True),
        _cancel,
        lambda i, p: {"Id": i},
        mutable=frozenset({"HostedRotationLambda", "RotateImmediatelyOnUpdate", "RotationLambdaARN", "RotationRules"}),
        update=lambda i, old, new: _apply(new, is_new=False) and None,
    )
}
