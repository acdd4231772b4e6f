"""Secrets, who may read them, and logs, for the orchestrator: GET /_rehearsal/secrets, /_rehearsal/identities and
/_rehearsal/logs.

Nothing here enforces permissions. MiniStack's evaluator is asked what AWS would answer to a pod with a Pod Identity.
"""

import base64
from collections.abc import Iterator

READ = ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret")
"""What the Secrets Store CSI driver's provider calls: the value, and when it rotates, its versions."""
ASSUME = ("sts:AssumeRole", "sts:TagSession")
"""What EKS Pod Identity calls."""
POD_IDENTITY = "pods.eks.amazonaws.com"


def secrets() -> list[dict]:
    """Every secret of Secrets Manager with all of its versions' values: for the orchestrator, never for a report."""
    return [{"account": account, "region": region, "name": secret["Name"], "arn": secret["ARN"],
             "deleted": bool(secret.get("DeletedDate")),
             "versions": [{"id": key, "stages": version["Stages"], "value": _text(version)}
                          for key, version in secret["Versions"].items()]}
            for (account, region, _), secret in _all_secrets()]


def _all_secrets() -> list[tuple[tuple[str, str, str], dict]]:
    from ministack.services import secretsmanager

    return secretsmanager._secrets.all_items()


def _text(version: dict) -> str | None:
    """The value of a version; None if there is none, and bytes as text as far as they are."""
    if version.get("SecretBinary"):
        return base64.b64decode(version["SecretBinary"]).decode(errors="replace")
    return version.get("SecretString") or None


def identities() -> list[dict]:
    """Every Pod Identity association, whether pods get its role, and what the role lacks to read each secret."""
    from ministack.services import eks

    found = []
    for (account, region, _), association in eks._pod_identity_associations.all_items():
        role = association.get("targetRoleArn") or association["roleArn"]
        denied = {secret["ARN"]: _denied(association, role, home, secret) for (owner, home, _), secret in _all_secrets()
                  if owner == account}
        found.append({
            "account": account, "region": region, "cluster": association["clusterName"],
            "namespace": association["namespace"], "serviceAccount": association["serviceAccount"], "role": role,
            "untrusting": untrusting(association),
            "denied": {arn: actions for arn, actions in denied.items() if actions},
        })
    return found


def _session_tags(association: dict, kind: str) -> dict:
    """What EKS Pod Identity tags its sessions with, as condition keys: of the request or of the principal."""
    if association.get("disableSessionTags"):
        return {}
    return {f"aws:{kind}tag/eks-cluster-name": association["clusterName"],
            f"aws:{kind}tag/kubernetes-namespace": association["namespace"],
            f"aws:{kind}tag/kubernetes-service-account": association["serviceAccount"]}


def untrusting(association: dict) -> list[str]:
    """What EKS Pod Identity may not do with a role: its trust policy does not say so."""
    from ministack.core import iam_evaluator
    from ministack.services import iam

    role_arn, tags = association["roleArn"], _session_tags(association, "request")
    role = iam._roles.get_scoped(_account(role_arn), None, role_arn.rpartition("/")[2]) or {}
    trust = role.get("AssumeRolePolicyDocument")
    return [action for action in ASSUME if iam_evaluator.evaluate_resource_policy(
        trust, context_of("", action, "*", "", tags), service=POD_IDENTITY).decision != "Allow"]


def _denied(association: dict, role: str, region: str, secret: dict) -> list[str]:
    """What a role may not do that reading a secret takes: with a key of its own, decrypting too."""
    from ministack.services import secretsmanager

    tags = {f"{service}:resourcetag/{tag['Key']}".lower(): tag["Value"] for tag in secret.get("Tags") or []
            for service in ("aws", "secretsmanager")}
    policy = secretsmanager._resource_policies.get_scoped(_account(secret["ARN"]), region, secret["ARN"])
    wanted = [(action, secret["ARN"], policy, tags) for action in READ]
    key = _key(_account(secret["ARN"]), region, secret.get("KmsKeyId"))
    if key:
        via = {"kms:viaservice": f"secretsmanager.{region}.amazonaws.com",
               "kms:encryptioncontext:secretarn": secret["ARN"]}
        wanted.append(("kms:Decrypt", key["Arn"], key.get("Policy"), via))
    return [action for action, resource, own, facts in wanted
            if not allowed(association, role, context_of(role, action, resource, region, facts), own)]


def _key(account: str, region: str, key_id: str | None) -> dict | None:
    """The key that encrypts a secret; None for that of Secrets Manager itself, which every reader may use."""
    from ministack.core.responses import request_scope
    from ministack.services import kms

    if not key_id or key_id.endswith("alias/aws/secretsmanager"):
        return None
    with request_scope(account, region):
        return kms._resolve_key(key_id) or {"Arn": key_id}


def allowed(association: dict, role: str, context, own_policy: str | None) -> bool:
    """Whether a role's policies and the resource's own one allow what the context says; a key's has to."""
    from ministack.core import iam_evaluator as evaluator
    from ministack.services import iam

    account, name = _account(role), role.rpartition("/")[2]
    policies = evaluator._gather_role_policies(name, account)
    limits = evaluator._permissions_boundary(iam._roles, name, account)
    if association.get("policy"):
        limits = [*limits, [evaluator.parse_policy_document(association["policy"])]]
    context.principal_keys = _session_tags(association, "principal")
    answer = evaluator.evaluate(context, policies, *limits)
    answer = evaluator.combine_resource_policy(answer, context, own_policy, account, limits=tuple(limits),
                                               required=context.action.startswith("kms:"))
    return answer.decision == "Allow"


def context_of(principal: str, action: str, resource: str, region: str, facts: dict | None = None):
    from ministack.core.iam_evaluator import EvalContext

    return EvalContext(principal, "AssumedRole", _account(principal), action, resource, region,
                       source_ip="10.0.0.1", secure_transport=True, service_context=facts or {})


def _account(arn: str) -> str:
    """The account of an ARN."""
    return (arn.split(":") + [""] * 5)[4]


def logs() -> list[dict]:
    """Every stream of CloudWatch Logs with its messages."""
    return list(_streams())


def _streams() -> Iterator[dict]:
    from ministack.services import cloudwatch_logs

    for (account, region, group), held in cloudwatch_logs._log_groups.all_items():
        for name, stream in list(held["streams"].items()):
            yield {"account": account, "region": region, "group": group, "stream": name,
                   "messages": [event.get("message", "") for event in list(stream["events"])]}
