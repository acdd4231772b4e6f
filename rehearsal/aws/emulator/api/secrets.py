"""Secrets, who may read them, and logs: GET /_rehearsal/secrets, /_rehearsal/identities and /_rehearsal/logs."""

import base64
from collections.abc import Iterator

from ministack.core.responses import request_scope

from ..core.seams import cloudwatch_logs, eks, kms, secretsmanager
from ..services.iam import evaluation

READ = ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret")
"""Actions of the Secrets Store CSI driver's provider: read the value, and when it rotates, its versions."""


def secrets() -> list[dict]:
    """Every secret of Secrets Manager with all of its versions' values: for the orchestrator, never for a report."""
    return [
        {
            "account": account,
            "region": region,
            "name": secret["Name"],
            "arn": secret["ARN"],
            "deleted": bool(secret.get("DeletedDate")),
            "versions": [
                {"id": key, "stages": version["Stages"], "value": _text(version)}
                for key, version in secret["Versions"].items()
            ],
        }
        for (account, region, _), secret in _all_secrets()
    ]


def _all_secrets() -> list[tuple[tuple[str, str, str], dict]]:
    return secretsmanager.secrets.all_items()


def _text(version: dict) -> str | None:
    """The value of a version; None if there is none, and bytes as text as far as they are."""
    if version.get("SecretBinary"):
        return base64.b64decode(version["SecretBinary"]).decode(errors="replace")
    return version.get("SecretString") or None


def identities() -> list[dict]:
    """Every Pod Identity association, whether pods get its role, and what the role lacks to read each secret."""
    found = []
    for (account, region, _), association in eks.pod_identity_associations.all_items():
        role = association.get("targetRoleArn") or association["roleArn"]
        denied = {
            secret["ARN"]: _denied(association, role, home, secret)
            for (owner, home, _), secret in _all_secrets()
            if owner == account
        }
        found.append(
            {
                "account": account,
                "region": region,
                "cluster": association["clusterName"],
                "namespace": association["namespace"],
                "serviceAccount": association["serviceAccount"],
                "role": role,
                "untrusting": evaluation.untrusting(association),
                "denied": {arn: actions for arn, actions in denied.items() if actions},
            }
        )
    return found


def _denied(association: dict, role: str, region: str, secret: dict) -> list[str]:
    """Actions that a role lacks for reading a secret; with a key of its own, decrypting is one of them."""
    tags = {
        f"{service}:resourcetag/{tag['Key']}".lower(): tag["Value"]
        for tag in secret.get("Tags") or []
        for service in ("aws", "secretsmanager")
    }
    policy = secretsmanager.resource_policies.get_scoped(evaluation.account_of(secret["ARN"]), region, secret["ARN"])
    wanted = [(action, secret["ARN"], policy, tags) for action in READ]
    key = _key(evaluation.account_of(secret["ARN"]), region, secret.get("KmsKeyId"))
    if key:
        via = {
            "kms:viaservice": f"secretsmanager.{region}.amazonaws.com",
            "kms:encryptioncontext:secretarn": secret["ARN"],
        }
        wanted.append(("kms:Decrypt", key["Arn"], key.get("Policy"), via))
    return [
        action
        for action, resource, own, facts in wanted
        if not evaluation.allowed(association, role, evaluation.context_of(role, action, resource, region, facts), own)
    ]


def _key(account: str, region: str, key_id: str | None) -> dict | None:
    """The key that encrypts a secret; None for that of Secrets Manager itself, which every reader may use."""
    if not key_id or key_id.endswith("alias/aws/secretsmanager"):
        return None
    with request_scope(account, region):
        return kms.resolve_key(key_id) or {"Arn": key_id}


def logs() -> list[dict]:
    """Every stream of CloudWatch Logs with its messages."""
    return list(_streams())


def _streams() -> Iterator[dict]:
    for (account, region, group), held in cloudwatch_logs.log_groups.all_items():
        for name, stream in list(held["streams"].items()):
            yield {
                "account": account,
                "region": region,
                "group": group,
                "stream": name,
                "messages": [event.get("message", "") for event in list(stream["events"])],
            }
