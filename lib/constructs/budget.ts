import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export interface BudgetProps {
  /** The limit of a month's cost, in US dollars. */
  readonly monthlyUsd: number;
  /** Value of the tag `Environment`. The organization has to activate the tag for the allocation of costs. */
  readonly environment: string;
  readonly topic: ITopic;
}

/** When somebody hears of it: percent of the budget, spent or expected by the end of the month. */
const NOTICES = [
  { notificationType: 'ACTUAL', threshold: 80 },
  { notificationType: 'ACTUAL', threshold: 100 },
  { notificationType: 'FORECASTED', threshold: 100 },
];

/** The budget of a month. CloudFormation names it: with other notices it is another one, made before the first goes. */
export const monthlyBudget = (
  scope: Construct,
  id: string,
  { monthlyUsd, environment, topic }: BudgetProps,
): CfnBudget =>
  new CfnBudget(scope, id, {
    budget: {
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: monthlyUsd, unit: 'USD' },
      // Of a tag that users define: https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create-filters.html
      costFilters: { TagKeyValue: [`user:Environment$${environment}`] },
    },
    notificationsWithSubscribers: NOTICES.map((notice) => ({
      notification: { ...notice, comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' },
      subscribers: [{ subscriptionType: 'SNS', address: topic.topicArn }],
    })),
  });
