"""ECR: the replication of a registry, which MiniStack lacks: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html"""

import json
from collections.abc import Callable

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from ...core.ministack_api import Refused, camel
from ...core.seams import ecr
from ..cloudformation import StandIn, register

REPLICATION = "AWS::ECR::ReplicationConfiguration"
RULES, DESTINATIONS, FILTERS = 10, 25, 100
"""The most rules of a configuration, different destinations of all rules, and filters of a rule
(https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ReplicationConfiguration.html and API_ReplicationRule.html)."""


def install() -> None:
    """Register the type, and wrap what says of a registry that it replicates nothing."""
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
