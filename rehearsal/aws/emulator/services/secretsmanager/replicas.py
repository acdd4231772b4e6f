"""Secrets Manager: what MiniStack lacks of replicas: their end, and their promotion. It makes them, and keeps them in step.

Rules: https://docs.aws.amazon.com/secretsmanager/latest/apireference/, of which each function names the page.
"""

import json
from collections.abc import Callable

from ministack.core.responses import error_response_json, get_region, json_response

from ...core import outages
from ...core.seams import secretsmanager

ActionOf = Callable[[dict, dict], tuple]
"""(a secret's record, parameters) -> answer"""


def install() -> None:
    """Wraps secretsmanager.handle_request, which has a table of its own, and secretsmanager.delete_secret."""
    handle, delete = secretsmanager.handle_request, secretsmanager.delete_secret

    async def with_replicas(method: str, path: str, headers: dict, body: bytes, query: dict) -> tuple:
        action = ACTIONS.get(headers.get("x-amz-target", "").rpartition(".")[2])
        return act(action, json.loads(body)) if action else await handle(method, path, headers, body, query)

    def deleted(data: dict) -> tuple:
        secret = secretsmanager.resolve(data.get("SecretId"))[1]
        if secret and secret["ReplicationStatus"]:
            return _invalid(
                "You can't delete secret with replica regions. You must first remove the replicas with "
                f"RemoveRegionsFromReplication: {', '.join(_regions(secret))}"
            )
        return delete(data)

    secretsmanager.handle_request, secretsmanager.delete_secret = with_replicas, deleted
    _wait_for_regions()


def _wait_for_regions() -> None:
    """Wraps secretsmanager.sync_replicas: a region that is out has the new value when it is back."""
    sync = secretsmanager.sync_replicas

    def synced(secret: dict) -> None:
        late = [region for region in _regions(secret) if region in outages.OUT]
        outages.when_reachable(late[0] if late else get_region(), lambda: sync(secret))

    secretsmanager.sync_replicas = synced


def act(action: ActionOf, data: dict) -> tuple:
    """The answer of an action on a secret."""
    secret = secretsmanager.resolve(data.get("SecretId"))[1]
    if secret is None:
        return error_response_json("ResourceNotFoundException", "Secrets Manager can't find the specified secret.", 400)
    return action(secret, data)


def _invalid(message: str) -> tuple:
    return error_response_json("InvalidRequestException", message, 400)


def _regions(secret: dict) -> list[str]:
    return [status["Region"] for status in secret["ReplicationStatus"]]


def remove_regions(secret: dict, data: dict) -> tuple:
    """Delete replicas; called where the primary is (API_RemoveRegionsFromReplication)."""
    if secretsmanager.is_replica(secret):
        return secretsmanager.replica_mutation_error()
    given = data["RemoveReplicaRegions"]
    unknown = sorted(set(given) - set(_regions(secret)))
    if unknown:
        return error_response_json(
            "InvalidParameterException", f"The secret isn't replicated to {', '.join(unknown)}.", 400
        )
    statuses = secret["ReplicationStatus"]
    secret["ReplicationStatus"] = [status for status in statuses if status["Region"] in given]
    secretsmanager.delete_replicas(secret)
    secret["ReplicationStatus"] = [status for status in statuses if status["Region"] not in given]
    return json_response({"ARN": secret["ARN"], "ReplicationStatus": secret["ReplicationStatus"]})


def stop_replication(secret: dict, _data: dict) -> tuple:
    """Make a replica a secret of its own; called where the replica is (API_StopReplicationToReplica)."""
    if not secretsmanager.is_replica(secret):
        return _invalid("You can't perform this operation on a secret that isn't a replica.")
    secretsmanager.unlink_from_primary(secret)
    for name in ("_PrimarySecretArn", "_PrimaryRegion"):
        del secret[name]
    return json_response({"ARN": secret["ARN"]})


ACTIONS: dict[str, ActionOf] = {
    "RemoveRegionsFromReplication": remove_regions,
    "StopReplicationToReplica": stop_replication,
}
