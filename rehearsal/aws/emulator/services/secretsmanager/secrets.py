"""Secrets Manager: secrets as AWS makes them, their policies, and what MiniStack's CloudFormation skips."""

import json

from ministack.core.responses import get_region

from ...core.ministack_api import Refused, enabled_key, result
from ...core.seams import provisioners, secretsmanager
from .. import cloudformation
from ..cloudformation import Create, Delete, Made, StandIn, Update, register
from . import replicas

SECRET, POLICY = "AWS::SecretsManager::Secret", "AWS::SecretsManager::ResourcePolicy"
TARGET_IDENTIFIERS = {"AWS::RDS::DBInstance": "dbInstanceIdentifier", "AWS::RDS::DBCluster": "dbClusterIdentifier"}
"""The key of a secret that names the database that it is attached to, which rotation and RDS's console look for."""


def install() -> None:
    """Register the types and put the seams in."""
    register(TYPES)
    cloudformation.override(SECRET, create=_create, update=_update, delete=_delete)
    provisioners.replace("sm_secret_string", secret_string)
    name_the_target()


def find(secret_id: str) -> dict:
    """The record of a secret, by its name or ARN."""
    secret = secretsmanager.resolve(secret_id)[1]
    if secret is None or secret.get("DeletedDate"):
        raise Refused(f"Secrets Manager can't find the specified secret: {secret_id}.")
    return secret


def current(secret: dict) -> str:
    """The value of a secret."""
    version = secretsmanager.find_stage_version(secret, "AWSCURRENT")[1]
    if version is None:
        raise Refused(
            f"Secrets Manager can't find the specified secret value for staging label: AWSCURRENT. The "
            f"secret {secret['Name']} has none: give it a SecretString, or have one generated."
        )
    return version["SecretString"]


def password(options: dict) -> str:
    """A new password as GetRandomPassword makes it; a template gives numbers and booleans as text too."""
    api = {name: value == "true" if value in ("true", "false") else value for name, value in options.items()}
    return result(secretsmanager.get_random_password({**api, "PasswordLength": int(api.get("PasswordLength", 32))}))[
        "RandomPassword"
    ]


def secret_string(properties: dict) -> str:
    """Replaces provisioners.sm_secret_string, which knows the length and the excluded characters only, and makes a
    plain password of a template that it cannot read."""
    generate = properties.get("GenerateSecretString")
    if generate is None:
        return properties.get("SecretString", "")
    if properties.get("SecretString"):
        raise Refused("You can't specify both GenerateSecretString and SecretString.")
    options = {
        name: value for name, value in generate.items() if name not in ("SecretStringTemplate", "GenerateStringKey")
    }
    template, key = generate.get("SecretStringTemplate"), generate.get("GenerateStringKey")
    if bool(template) != bool(key):
        raise Refused("SecretStringTemplate and GenerateStringKey must be specified together.")
    if not template:
        return password(options)
    return json.dumps({**object_of(template, "SecretStringTemplate"), key: password(options)})


def object_of(text: str, what: str) -> dict:
    """The JSON object that a text is."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Refused(f"Could not parse {what} JSON: it must be a JSON object.")
    return value


def _refuse_replicas(properties: dict) -> None:
    """Refuse a replica in the own region, or with a key that its region does not have:
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html"""
    for replica in properties.get("ReplicaRegions") or []:
        region, key = replica["Region"], replica.get("KmsKeyId")
        if region == get_region():
            raise Refused(f"The replica region can't be the same as the primary secret region: {region}")
        if key and not enabled_key(key, region):
            raise Refused(f"Replication failed: the KMS key {key} does not exist in {region} or is not enabled.")


def _create(create: Create, logical_id: str, properties: dict, stack_name: str) -> Made:
    """MiniStack overwrites a secret of the same name, gives one without a value an empty value, and refers to it by
    its name; AWS refers to it by its ARN."""
    secret = secretsmanager.secrets.get(properties.get("Name"))
    if secret is not None:
        state = "is already scheduled for deletion" if secret.get("DeletedDate") else "already exists"
        raise Refused(f"The operation failed because the secret {secret['Name']} {state}.")
    _refuse_replicas(properties)
    _, attributes = create(logical_id, properties, stack_name)
    if "SecretString" not in properties and "GenerateSecretString" not in properties:
        secret = find(attributes["Id"])
        secret["Versions"].clear()
        secretsmanager.sync_replicas(secret)
    return attributes["Id"], attributes


def _name(physical_id: str) -> str:
    """The key under which MiniStack has a secret."""
    return secretsmanager.resolve(physical_id)[0] or physical_id


def _update(
    update: Update, physical_id: str, old: dict, new: dict, stack_name: str, logical_id: str | None = None
) -> Made:
    _refuse_replicas(new)
    _, attributes = update(_name(physical_id), old, new, stack_name, logical_id)
    _remove_replicas(physical_id, old, new)
    return attributes["Id"], attributes


def _remove_replicas(physical_id: str, old: dict, new: dict) -> None:
    """A region that the template names no longer loses its replica, which MiniStack keeps."""
    before, now = ({replica["Region"] for replica in given.get("ReplicaRegions") or []} for given in (old, new))
    if before - now:
        result(replicas.remove_regions(find(physical_id), {"RemoveReplicaRegions": sorted(before - now)}))


def _delete(delete: Delete, physical_id: str, properties: dict) -> None:
    delete(_name(physical_id), properties)


def name_the_target() -> None:
    """Wraps provisioners.sm_target_connection, which leaves out the identifier of the target, and sm_rewrite_secret,
    which takes away a dbname that the secret has by itself when the target has none of its own."""
    connection, rewrite = provisioners.sm_target_connection, provisioners.sm_rewrite_secret

    def named(target_type: str, target_id: str) -> dict:
        key = TARGET_IDENTIFIERS.get(target_type)
        return {**connection(target_type, target_id), **({key: target_id} if key else {})}

    def keeping(secret_id: str, info: dict, kind: str, action: str) -> str | None:
        if action == "delete":
            return rewrite(secret_id, info, kind, action)
        value = object_of(current(find(secret_id)), "SecretString")
        return rewrite(secret_id, {**{k: value[k] for k in ("dbname",) if k in value}, **info}, kind, action)

    provisioners.SM_TARGET_KEYS = (*provisioners.SM_TARGET_KEYS, *TARGET_IDENTIFIERS.values())
    provisioners.replace("sm_target_connection", named)
    provisioners.replace("sm_rewrite_secret", keeping)


def _put_policy(properties: dict) -> str:
    secret, policy = find(properties["SecretId"]), properties["ResourcePolicy"]
    text = policy if isinstance(policy, str) else json.dumps(policy)
    if not object_of(text, "ResourcePolicy").get("Statement"):
        raise Refused("This resource policy contains a syntax error: it has no Statement.")
    result(secretsmanager.put_resource_policy({"SecretId": secret["ARN"], "ResourcePolicy": text}))
    return secret["ARN"]


def _delete_policy(physical_id: str, _properties: dict) -> None:
    if secretsmanager.resolve(physical_id)[1] is not None:
        result(secretsmanager.delete_resource_policy({"SecretId": physical_id}))


TYPES = {
    POLICY: StandIn(
        lambda properties, name: _put_policy(properties),
        _delete_policy,
        lambda i, p: {"Id": i},
        mutable=frozenset({"BlockPublicPolicy", "ResourcePolicy"}),
        update=lambda i, old, new: _put_policy(new) and None,
    )
}
