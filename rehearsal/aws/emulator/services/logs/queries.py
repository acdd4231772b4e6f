"""CloudWatch Logs: saved queries, which MiniStack lacks."""

from ministack.core.responses import AccountRegionScopedDict

from ...core.ministack_api import Refused
from ...core.seams import cloudwatch_logs
from ..cloudformation import StandIn, register

QUERY = "AWS::Logs::QueryDefinition"


def install() -> None:
    """Register the type. Saved queries are a store of their own, for the inventory."""
    cloudwatch_logs.saved_queries = AccountRegionScopedDict()
    register(
        {
            QUERY: StandIn(
                _save_query,
                _forget_query,
                lambda i, p: {"QueryDefinitionId": i},
                mutable=None,
                update=lambda i, old, new: _save_query(new, i) and None,
            )
        }
    )


def _save_query(properties: dict, name: str) -> str:
    for group in properties.get("LogGroupNames") or []:
        if group not in cloudwatch_logs.log_groups:
            raise Refused(f"The query {properties['Name']} is about {group}, a log group that does not exist.")
    cloudwatch_logs.saved_queries[name] = properties
    return name


def _forget_query(physical_id: str, _properties: dict) -> None:
    cloudwatch_logs.saved_queries.pop(physical_id, None)
