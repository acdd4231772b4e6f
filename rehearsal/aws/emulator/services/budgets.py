"""Budgets, which MiniStack has as an API but not in CloudFormation."""

from ..core.ministack_api import result
from ..core.seams import budgets
from .cloudformation import StandIn, register
from .sns import require_topic

BUDGET = "AWS::Budgets::Budget"


def install() -> None:
    """Register the type."""
    register(
        {
            BUDGET: StandIn(
                _create_budget, _delete_budget, mutable=frozenset({"Budget", "ResourceTags"}), update=_update_budget
            )
        }
    )


def _create_budget(properties: dict, name: str) -> str:
    for entry in properties.get("NotificationsWithSubscribers") or []:
        for subscriber in entry["Subscribers"]:
            if subscriber["SubscriptionType"] == "SNS":
                require_topic(subscriber["Address"], "budgets.amazonaws.com")
    given = properties["Budget"]
    limit = {member: str(value) for member, value in given["BudgetLimit"].items()}
    budget = {"BudgetName": name, **given, "BudgetLimit": limit}
    result(budgets.create_budget({**properties, "Budget": budget}))
    return budget["BudgetName"]


def _delete_budget(physical_id: str, _properties: dict) -> None:
    if physical_id in budgets.budgets:
        result(budgets.delete_budget({"BudgetName": physical_id}))


def _update_budget(physical_id: str, old: dict, new: dict) -> None:
    _delete_budget(physical_id, old)
    _create_budget(new, physical_id)
