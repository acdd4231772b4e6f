"""IAM: identity providers, which MiniStack has as an API but not in CloudFormation."""

from ...core.ministack_api import element, query
from ...core.seams import iam
from ..cloudformation import StandIn, register


def install() -> None:
    """Register the type."""
    register(
        {
            "AWS::IAM::OIDCProvider": StandIn(
                _create_oidc_provider, _delete_oidc_provider, lambda physical_id, properties: {"Arn": physical_id}
            )
        }
    )


def _create_oidc_provider(properties: dict, name: str) -> str:
    return element(
        "OpenIDConnectProviderArn",
        query(
            iam.create_oidc_provider,
            **{
                "Url": properties["Url"],
                "ClientIDList.member": properties.get("ClientIdList", []),
                "ThumbprintList.member": properties.get("ThumbprintList", []),
            },
        ),
    )


def _delete_oidc_provider(physical_id: str, properties: dict) -> None:
    query(iam.delete_oidc_provider, OpenIDConnectProviderArn=physical_id)
