from emulator.core.seams import budgets
from emulator.services.budgets import BUDGET
from test.support.alarms import MonitoringTest
from test.support.emulated import change, make, remove


class Budgets(MonitoringTest):
    """A budget notifies a topic that lets it."""

    def budget(self, topic: str) -> dict:
        notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80}
        subscriber = {"SubscriptionType": "SNS", "Address": topic}
        return {
            "Budget": {
                "BudgetName": "b",
                "BudgetType": "COST",
                "TimeUnit": "MONTHLY",
                "BudgetLimit": {"Amount": 5, "Unit": "USD"},
            },
            "NotificationsWithSubscribers": [{"Notification": notification, "Subscribers": [subscriber]}],
        }

    def test_a_budget_notifies_a_topic_that_lets_it(self):
        with self.refused("budgets.amazonaws.com cannot publish"):
            make(BUDGET, **self.budget(self.topic("cloudwatch.amazonaws.com")))
        given = self.budget(self.topic("budgets.amazonaws.com"))
        make(BUDGET, **given)
        more = {**given, "Budget": {**given["Budget"], "BudgetLimit": {"Amount": 9, "Unit": "USD"}}}
        change(BUDGET, "b", given, more)
        self.assertEqual(budgets.budgets["b"]["BudgetLimit"]["Amount"], "9")
        remove(BUDGET, "b")
        self.assertNotIn("b", budgets.budgets)
