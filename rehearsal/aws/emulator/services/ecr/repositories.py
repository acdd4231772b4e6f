"""ECR: repositories and lifecycle policies that AWS would refuse; the images that it holds, for the orchestrator: GET
/_rehearsal/images. POST /_rehearsal/pushed-images with {"region",
"repository", "tag" or null, "digest"} tells of an image that somebody pushed, whose content nobody here has."""

import json
import re
import time
from typing import Any

import jsonschema
from ministack.core.responses import get_account_id, request_scope

from ...core.ministack_api import Refused, enabled_key
from ...core.seams import ecr
from .. import cloudformation
from ..cloudformation import Create, Update
from . import replication

REPOSITORY = "AWS::ECR::Repository"
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
    with request_scope(account, region):
        replication.replicate(str(name), digest)
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
