"""ECR: the replication of a registry, which MiniStack lacks: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html"""

import copy
import functools
import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, request_scope

from ...core import outages
from ...core.ministack_api import Refused, camel
from ...core.seams import ecr
from ..cloudformation import StandIn, register

REPLICATION = "AWS::ECR::ReplicationConfiguration"
RULES, DESTINATIONS, FILTERS = 10, 25, 100
"""The most rules of a configuration, different destinations of all rules, and filters of a rule
(https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ReplicationConfiguration.html and API_ReplicationRule.html)."""


def install() -> None:
    """Register the type, and put every seam of this module in."""
    ecr.replication_configurations = AccountRegionScopedDict()
    register(
        {
            REPLICATION: StandIn(
                _configure,
                lambda registry, properties: ecr.replication_configurations.pop(registry, None),
                lambda registry, properties: {"RegistryId": registry},
                mutable=frozenset({"ReplicationConfiguration"}),
                update=lambda registry, old, new: _hold(registry, new),
            )
        }
    )
    _show(ecr.describe_registry)
    _follow_pushes()


def rules() -> list[dict]:
    """The rules of the own registry, under the API's names."""
    return ecr.replication_configurations.get(get_account_id(), {"rules": []})["rules"]


def _show(describe: Callable) -> None:
    def described(data: dict) -> tuple:
        status, headers, body = describe(data)
        shown = {**json.loads(body), "replicationConfiguration": {"rules": rules()}}
        return status, headers, json.dumps(shown).encode()

    ecr.describe_registry = described


def _configure(properties: dict, _name: str) -> str:
    registry = get_account_id()
    if registry in ecr.replication_configurations:
        raise Refused(
            f"The registry {registry} already has a replication configuration in {get_region()}: it takes one."
        )
    _hold(registry, properties)
    return registry


def _hold(registry: str, properties: dict) -> None:
    given = camel(properties["ReplicationConfiguration"])
    places = {(to["region"], to["registryId"]) for rule in given["rules"] for to in rule["destinations"]}
    if (get_region(), registry) in places:
        raise Refused(
            "The replication destination cannot be the same as the source: another region, or another registry."
        )
    counts = {
        "rules": (len(given["rules"]), RULES),
        "destinations": (len(places), DESTINATIONS),
        "repositoryFilters": (
            max((len(rule.get("repositoryFilters") or []) for rule in given["rules"]), default=0),
            FILTERS,
        ),
    }
    many = [f"{count} {name}, of which there may be {most}" for name, (count, most) in counts.items() if count > most]
    if many:
        raise Refused(f"The replication configuration has {'; '.join(many)}.")
    kinds = {held["filterType"] for rule in given["rules"] for held in rule.get("repositoryFilters") or []}
    if kinds - {"PREFIX_MATCH"}:
        raise Refused(f"filterType must be PREFIX_MATCH, not {', '.join(sorted(kinds - {'PREFIX_MATCH'}))}")
    ecr.replication_configurations[registry] = given


def _follow_pushes() -> None:
    """Wraps ecr.put_image and ecr.v2_put_manifest: the API, and what `docker push` calls."""
    put, push = ecr.put_image, ecr.v2_put_manifest

    def put_image(data: dict) -> tuple:
        answer = put(data)
        if answer[0] < 400:
            replicate(data["repositoryName"], json.loads(answer[2])["image"]["imageId"]["imageDigest"])
        return answer

    def pushed(name: str, ref: str, headers: dict, body: Any) -> tuple:
        answer = push(name, ref, headers, body)
        if answer[0] < 400:
            replicate(name, answer[1]["Docker-Content-Digest"])
        return answer

    ecr.put_image, ecr.v2_put_manifest = put_image, pushed


def replicate(name: str, digest: str) -> None:
    """Replicate a pushed image by every rule that its repository's name fits. A deletion is not replicated, nor what comes by
    replication, nor what was pushed before the rule."""
    source = next(image for image in ecr.images[name] if image["imageDigest"] == digest)
    blobs = [(store, store.get(name, {})) for store in (ecr.layer_blobs, ecr.manifest_blobs)]
    for rule in rules():
        filters = rule.get("repositoryFilters")
        if filters and not any(name.startswith(held["filter"]) for held in filters):
            continue
        for destination in rule["destinations"]:
            outages.when_reachable(
                destination["region"], functools.partial(_bring, destination, name, copy.deepcopy(source), blobs)
            )


def _bring(destination: dict, name: str, image: dict, blobs: list[tuple[Any, dict]]) -> None:
    with request_scope(destination["registryId"], destination["region"]):
        _receive(name, image)
        for store, held in blobs:
            if held:
                store.setdefault(name, {}).update(held)


def _receive(name: str, image: dict) -> None:
    """ECR makes a missing repository with default settings, and leaves one that is there as it is: an immutable tag stays with
    the image that has it."""
    if name not in ecr.repositories:
        ecr.create_repository({"repositoryName": name})
    held, is_fixed = ecr.images[name], ecr.repositories[name].get("imageTagMutability") == "IMMUTABLE"
    others = [other for other in held if other["imageDigest"] != image["imageDigest"]]
    for tag in list(image["imageTags"]):
        for other in others:
            if tag in other["imageTags"]:
                (image if is_fixed else other)["imageTags"].remove(tag)
    if not image["imageTags"]:
        image["imageId"].pop("imageTag", None)
    image["registryId"] = get_account_id()
    held[:] = [*others, image]
