"""Answers that IAM would give. Nothing here enforces permissions: MiniStack's evaluator says what AWS would answer to a pod with a
Pod Identity, or to a service of AWS."""

from typing import Any

from ministack.core.iam_evaluator import EvalContext

from ...core.seams import iam, iam_evaluator

ASSUME = ("sts:AssumeRole", "sts:TagSession")
"""Actions that EKS Pod Identity calls."""
POD_IDENTITY = "pods.eks.amazonaws.com"


def session_tags(association: dict, kind: str) -> dict:
    """Session tags of EKS Pod Identity, as condition keys: of the request or of the principal."""
    if association.get("disableSessionTags"):
        return {}
    return {
        f"aws:{kind}tag/eks-cluster-name": association["clusterName"],
        f"aws:{kind}tag/kubernetes-namespace": association["namespace"],
        f"aws:{kind}tag/kubernetes-service-account": association["serviceAccount"],
    }


def untrusting(association: dict) -> list[str]:
    """Actions that a role's trust policy does not allow EKS Pod Identity."""
    tags = session_tags(association, "request")
    return [action for action in ASSUME if not trusts(association["roleArn"], POD_IDENTITY, action, tags)]


def trusts(role_arn: str, service: str, action: str = "sts:AssumeRole", facts: dict | None = None) -> bool:
    """Whether a role is there, and its trust policy allows a service of AWS an action."""
    role = iam.roles.get_scoped(account_of(role_arn), None, role_arn.rpartition("/")[2]) or {}
    context = context_of("", action, "*", "", facts)
    trust = role.get("AssumeRolePolicyDocument")
    return iam_evaluator.evaluate_resource_policy(trust, context, service=service).decision == "Allow"


def allowed(association: dict, role: str, context: Any, own_policy: str | None) -> bool:
    """Whether a role's policies and the resource's own one allow what the context says; a key's has to."""
    account, name = account_of(role), role.rpartition("/")[2]
    policies = iam_evaluator.gather_role_policies(name, account)
    limits = iam_evaluator.permissions_boundary(iam.roles, name, account)
    if association.get("policy"):
        limits = [*limits, [iam_evaluator.parse_policy_document(association["policy"])]]
    context.principal_keys = session_tags(association, "principal")
    answer = iam_evaluator.evaluate(context, policies, *limits)
    answer = iam_evaluator.combine_resource_policy(
        answer, context, own_policy, account, limits=tuple(limits), required=context.action.startswith("kms:")
    )
    return answer.decision == "Allow"


def context_of(principal: str, action: str, resource: str, region: str, facts: dict | None = None) -> EvalContext:
    """A request of a principal, with what else is known of it."""
    return EvalContext(
        principal,
        "AssumedRole",
        account_of(principal),
        action,
        resource,
        region,
        source_ip="10.0.0.1",
        secure_transport=True,
        service_context=facts or {},
    )


def account_of(arn: str) -> str:
    """The account of an ARN."""
    return (arn.split(":") + [""] * 5)[4]
