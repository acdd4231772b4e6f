"""Manifests of the CDK, which its function applies: those that would fail on AWS, or never end, are refused."""

import json

from ...core.ministack_api import Refused
from ...core.seams import lambda_svc, provisioners
from .. import cloudformation
from ..cloudformation import Made

KUBECTL = "Custom::AWSCDK-EKS-"
"""How the types begin that the CDK's kubectl function handles."""
MANIFEST = f"{KUBECTL}KubernetesResource"


def install() -> None:
    """Wraps provisioners.custom_resource_create: a manifest needs access to the cluster and its namespace, and both
    may be there by the luck of the order."""
    create = provisioners.custom_resource_create

    def checked(
        logical_id: str, properties: dict, stack_name: str, kind: str = "AWS::CloudFormation::CustomResource"
    ) -> Made:
        if kind.startswith(KUBECTL):
            refuse_without_access(logical_id, properties)
        if kind == MANIFEST:
            _refuse_without_namespace(logical_id, properties)
        return create(logical_id, properties, stack_name, kind)

    provisioners.replace("custom_resource_create", checked)


def refuse_without_access(logical_id: str, properties: dict) -> None:
    """Refuse what the CDK's function would apply before it may enter the cluster."""
    role = kubectl_role(properties["ServiceToken"])
    late = cloudformation.unordered("AWS::EKS::AccessEntry", ClusterName=properties["ClusterName"], PrincipalArn=role)
    if late:
        raise Refused(
            f"the function that applies manifests has no access yet: order {logical_id} after the access "
            f"entry {', '.join(late)}"
        )


def kubectl_role(function: str) -> str:
    """The role of a function, or of the one that it hands its events to as the CDK's provider framework does."""
    configuration = lambda_svc.get_func_record_for_ref(function)[1] or {}
    variables = (configuration.get("Environment") or {}).get("Variables") or {}
    handler = variables.get("USER_ON_EVENT_FUNCTION_ARN")
    return kubectl_role(handler) if handler else configuration.get("Role", "")


def _refuse_without_namespace(logical_id: str, properties: dict) -> None:
    objects = objects_of(properties)
    wanted = {obj.get("metadata", {}).get("namespace") for obj in objects} - _namespaces(objects)
    late = cloudformation.unordered(MANIFEST, ClusterName=properties["ClusterName"])
    for other, of_other in late.items():
        for namespace in sorted(_namespaces(objects_of(of_other)) & wanted):
            raise Refused(f'namespaces "{namespace}" not found: order {logical_id} after {other}, which creates it')


def objects_of(properties: dict) -> list[dict]:
    """The objects of a manifest; none of one that refers to what is not made yet."""
    try:
        return json.loads(properties["Manifest"])
    except (KeyError, ValueError):
        return []


def _namespaces(objects: list[dict]) -> set[str]:
    """The names of the Namespaces among objects."""
    return {obj["metadata"]["name"] for obj in objects if obj["kind"] == "Namespace"}
