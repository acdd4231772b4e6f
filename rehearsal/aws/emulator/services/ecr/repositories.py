"""ECR: repositories and lifecycle policies that AWS would refuse; the signing of images, with the profiles of Signer, which MiniStack
lacks; the images that it holds, for the orchestrator: GET /_rehearsal/images. POST /_rehearsal/pushed-images with {"region",
"repository", "tag" or null, "digest"} tells of an image that somebody pushed, whose content nobody here has."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

import jsonschema
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from ...core.answers import answer
from ...core.ministack_api import Refused, enabled_key
from ...core.seams import app, ecr
from .. import cloudformation
from ..cloudformation import Create, StandIn, Update, register

REPOSITORY = "AWS::ECR::Repository"
SIGNING = "AWS::ECR::SigningConfiguration"
PROFILE = "AWS::Signer::SigningProfile"
NAME = r"(?=.{2,256}$)(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*"
DIGEST = r"sha256:[0-9a-f]{64}"
INDEX = "application/vnd.oci.image.index.v1+json"
WILDCARDS = 4
"""In one pattern of tags."""
AGES = ["sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"]


def _when(name: str, values: list[str], then: dict, otherwise: dict) -> dict:
    """The schema of a selection if one of its fields has one of the values, and the schema otherwise."""
    given = {"properties": {name: {"enum": values}}, "required": [name]}
    return {"if": given, "then": then, "else": otherwise}


TAG_LISTS = [{"required": [name]} for name in ("tagPatternList", "tagPrefixList")]
NAMES = {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}
SELECTION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["tagStatus", "countType", "countNumber"],
    "properties": {
        "tagStatus": {"enum": ["tagged", "untagged", "any"]},
        "tagPatternList": NAMES,
        "tagPrefixList": NAMES,
        "storageClass": {"enum": ["standard", "archive"]},
        "countType": {"enum": ["imageCountMoreThan", *AGES]},
        "countUnit": {"enum": ["days"]},
        "countNumber": {"type": "integer", "minimum": 1},
    },
    "allOf": [
        _when("tagStatus", ["tagged"], {"anyOf": TAG_LISTS}, {"not": {"anyOf": TAG_LISTS}}),
        _when("countType", AGES, {"required": ["countUnit"]}, {"not": {"required": ["countUnit"]}}),
    ],
}
RULE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["rulePriority", "selection", "action"],
    "properties": {
        "rulePriority": {"type": "integer", "minimum": 1},
        "description": {"type": "string"},
        "selection": SELECTION,
        "action": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type"],
            "properties": {"type": {"enum": ["expire", "transition"]}, "targetStorageClass": {"enum": ["archive"]}},
        },
    },
}
POLICY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["rules"],
    "properties": {"rules": {"type": "array", "minItems": 1, "items": RULE}},
}
"""https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html"""


def install() -> None:
    """Put the seams in."""
    cloudformation.override(REPOSITORY, create=_create, update=_update)
    ecr.signing_profiles = AccountRegionScopedDict()
    ecr.signing_configurations = AccountRegionScopedDict()
    register(
        {
            PROFILE: StandIn(_make_profile, _forget(ecr.signing_profiles), lambda arn, properties: {"Arn": arn}),
            SIGNING: StandIn(
                _configure_signing,
                _forget(ecr.signing_configurations),
                lambda registry, properties: {"RegistryId": registry},
                mutable=frozenset({"Rules"}),
                update=lambda registry, old, new: _sign(registry, new),
            ),
        }
    )

    app.SERVICE_HANDLERS["ecr"] = _with_signing(app.SERVICE_HANDLERS["ecr"])


def _with_signing(handle: Callable) -> Callable:
    """The operations on the signing configuration of the registry."""

    async def handle_request(method: str, path: str, headers: dict, body: bytes, query: dict) -> tuple:
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if operation not in ("GetSigningConfiguration", "PutSigningConfiguration", "DeleteSigningConfiguration"):
            return await handle(method, path, headers, body, query)
        registry = get_account_id()
        if operation == "PutSigningConfiguration":
            _sign(registry, _cased(str.upper, json.loads(body)["signingConfiguration"]))
        elif registry not in ecr.signing_configurations:
            code = "SigningConfigurationNotFoundException"
            text = json.dumps({"__type": code, "message": f"The registry {registry} has no signing configuration."})
            return 400, {"Content-Type": "application/x-amz-json-1.1"}, text.encode()
        held = _cased(str.lower, ecr.signing_configurations[registry])
        if operation == "DeleteSigningConfiguration":
            del ecr.signing_configurations[registry]
        named = {} if operation == "PutSigningConfiguration" else {"registryId": registry}
        return answer("ecr", operation, {**named, "signingConfiguration": held})

    return handle_request


def _cased(case: Callable[[str], str], value: Any) -> Any:
    """A value with keys that begin as those of CloudFormation, in upper case, or as those of the service, in lower case."""
    if isinstance(value, list):
        return [_cased(case, each) for each in value]
    if isinstance(value, dict):
        return {case(key[0]) + key[1:]: _cased(case, each) for key, each in value.items()}
    return value


def _forget(held: dict) -> Callable[[str, dict], None]:
    """Deletes a resource of its physical id."""

    def delete(physical_id: str, _properties: dict) -> None:
        held.pop(physical_id, None)

    return delete


def _make_profile(properties: dict, name: str) -> str:
    given = properties.get("ProfileName") or re.sub(r"\W", "_", name)
    arn = f"arn:aws:signer:{get_region()}:{get_account_id()}:/signing-profiles/{given}"
    if arn in ecr.signing_profiles:
        raise Refused(f"Profile with name {given} already exists.")
    ecr.signing_profiles[arn] = properties
    return arn


def _configure_signing(properties: dict, _name: str) -> str:
    registry = get_account_id()
    if registry in ecr.signing_configurations:
        raise Refused(f"The registry {registry} already has a signing configuration: it takes one.")
    _sign(registry, properties)
    return registry


def _sign(registry: str, properties: dict) -> None:
    """A rule has a profile that there is, for images."""
    for rule in properties["Rules"]:
        arn = rule["SigningProfileArn"]
        profile = ecr.signing_profiles.get(arn)
        if profile is None:
            raise Refused(f"The signing profile {arn} does not exist: order it first.")
        if profile["PlatformId"] != "Notation-OCI-SHA384-ECDSA":
            raise Refused(f"The signing profile {arn} is of {profile['PlatformId']}, which signs no images.")
    ecr.signing_configurations[registry] = properties


def _create(original: Create, logical_id: str, properties: dict, stack_name: str) -> tuple[str, dict]:
    name = properties.get("RepositoryName")
    if name is not None and not re.fullmatch(NAME, name):
        raise Refused(
            f"Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular "
            f"expression {NAME}': {name}"
        )
    if name in ecr.repositories:
        raise Refused(f"The repository with name '{name}' already exists (RepositoryAlreadyExistsException)")
    _refuse_key(properties.get("EncryptionConfiguration") or {})
    refuse_policy(properties.get("LifecyclePolicy"))
    return original(logical_id, properties, stack_name)


def _update(original: Update, physical_id: str, old: dict, new: dict, *args: Any) -> tuple[str, dict]:
    refuse_policy(new.get("LifecyclePolicy"))
    return original(physical_id, old, new, *args)


def _refuse_key(encryption: dict) -> None:
    """A key has to be there and in use, and only KMS takes one."""
    key, kind = encryption.get("KmsKey"), encryption.get("EncryptionType", "AES256")
    if not key:
        return
    if kind == "AES256":
        raise Refused(
            f"Invalid parameter at 'encryptionConfiguration': the KMS key {key} cannot be set with the "
            "encryption type AES256"
        )
    if not enabled_key(key):
        raise Refused(
            f"The KMS key {key} does not exist or is not enabled (KmsException): order the repository after it"
        )


def refuse_policy(given: dict | None) -> None:
    """Refuse a lifecycle policy that ECR would, with every reason."""
    text = (given or {}).get("LifecyclePolicyText")
    problems = _problems(text) if text else []
    if problems:
        raise Refused(
            "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy "
            f"validation failure: {'; '.join(problems)}'"
        )


def _problems(text: str) -> list[str]:
    try:
        policy = json.loads(text)
    except ValueError as error:
        return [f"it is not JSON: {error}"]
    errors = sorted(jsonschema.Draft202012Validator(POLICY).iter_errors(policy), key=lambda error: error.json_path)
    return [f"{error.json_path}: {error.message}" for error in errors] or _conflicts(policy["rules"])


def _conflicts(rules: list[dict]) -> list[str]:
    """Conflicts between rules that are right one by one."""
    priorities = [rule["rulePriority"] for rule in rules]
    patterns = [pattern for rule in rules for pattern in rule["selection"].get("tagPatternList", [])]
    return [
        *(
            f"rulePriority {priority} is given to {priorities.count(priority)} rules"
            for priority in sorted({p for p in priorities if priorities.count(p) > 1})
        ),
        *(
            f"the rule for tagStatus any must have the highest rulePriority, not {rule['rulePriority']}"
            for rule in rules
            if rule["selection"]["tagStatus"] == "any" and rule["rulePriority"] < max(priorities)
        ),
        *(
            f"the pattern {pattern} has more than {WILDCARDS} wildcards"
            for pattern in patterns
            if pattern.count("*") > WILDCARDS
        ),
    ]


def pushed(given: dict) -> dict:
    """Hold an image of exactly that digest. ECR computes the digest of what is pushed, and refuses to move a tag."""
    region, name, tag, digest = (given.get(key) for key in ("region", "repository", "tag", "digest"))
    if not isinstance(digest, str) or not re.fullmatch(DIGEST, digest):
        raise Refused(f"digest must be sha256: and 64 digits from 0 to f, not {digest!r}")
    account = get_account_id()
    repository = ecr.repositories.get_scoped(account, region, name)
    if repository is None:
        raise Refused(f"The repository with name '{name}' does not exist in {region} (RepositoryNotFoundException)")
    held = ecr.images.get_scoped(account, region, name)
    if held is None:
        held = []
        ecr.images.set_scoped(account, region, name, held)
    found = next((image for image in held if image["imageDigest"] == digest), None)
    other = next((image for image in held if tag and tag in image.get("imageTags", []) and image is not found), None)
    if other is not None and repository.get("imageTagMutability") == "IMMUTABLE":
        raise Refused(f"The image tag '{tag}' is {other['imageDigest']} (ImageTagAlreadyExistsException)")
    if found is None:
        found = {
            "registryId": account,
            "repositoryName": name,
            "imageId": {"imageDigest": digest},
            "imageManifest": "",
            "imageManifestMediaType": INDEX,
            "imageTags": [],
            "imagePushedAt": int(time.time()),
            "imageDigest": digest,
        }
        held.append(found)
    if tag and tag not in found["imageTags"]:
        found["imageTags"].append(tag)
        found["imageId"]["imageTag"] = tag
    return {"repository": name, "tag": tag, "digest": digest}


def images() -> list[dict]:
    """Every repository, with the tags and the digests that are in it."""
    found = []
    for (account, region, name), _ in ecr.repositories.all_items():
        held = ecr.images.get_scoped(account, region, name) or []
        found.append(
            {
                "account": account,
                "region": region,
                "repository": name,
                "tags": sorted({tag for image in held for tag in image.get("imageTags", [])}),
                "digests": sorted({image["imageDigest"] for image in held}),
            }
        )
    return found
