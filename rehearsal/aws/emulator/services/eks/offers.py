"""Which versions of Kubernetes and of add-ons EKS has: those that core/account.py is told of."""

from ...core import account
from ...core.answers import answer
from ...core.seams import eks
from ..ec2 import offers


def install() -> None:
    """Wraps eks.handle_request_sync, which has no answer."""
    handle = eks.handle_request_sync

    def with_versions(method: str, path: str, headers: dict, body: bytes, query: dict) -> tuple:
        if path == "/addons/supported-versions":
            return addon_versions(query)
        if path == "/cluster-versions":
            return cluster_versions()
        return handle(method, path, headers, body, query)

    eks.handle_request_sync = with_versions


def addon_versions(query: dict) -> tuple:
    """DescribeAddonVersions of one add-on."""
    name = offers.one(query, "addonName")
    versions = account.field("addons", {}).get(name, [])
    addons = [{"addonName": name, "addonVersions": [{"addonVersion": version} for version in versions]}]
    return answer("eks", "DescribeAddonVersions", {"addons": addons if versions else []})


def cluster_versions() -> tuple:
    """DescribeClusterVersions"""
    return answer(
        "eks",
        "DescribeClusterVersions",
        {
            "clusterVersions": [
                {"clusterVersion": version, "clusterType": "eks"} for version in account.field("kubernetes", [])
            ]
        },
    )
