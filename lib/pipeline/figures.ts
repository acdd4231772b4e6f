import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, MathExpression, Metric, Stats, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

/** Namespace of the metrics of delivery. */
export const NAMESPACE = 'Platform/Delivery';

/** Days over which a figure is made, at each of its points. */
const DAYS = 7;

/** The four figures of delivery, as docs/delivery.md defines them: https://dora.dev/guides/dora-metrics-four-keys */
export const figuresDashboard = (scope: Construct, environment: string): Dashboard => {
  const metric = (metricName: string, statistic: string, label: string) =>
    new Metric({
      namespace: NAMESPACE,
      metricName,
      dimensionsMap: { Environment: environment },
      statistic,
      period: Duration.days(DAYS),
      label,
    });
  const deployments = metric('Deployments', Stats.SUM, 'deployments');
  const failed = metric('FailedDeployments', Stats.SUM, 'failed deployments');
  const hours = (name: string, label: string) =>
    new MathExpression({
      expression: 'seconds / 3600',
      usingMetrics: { seconds: metric(name, Stats.percentile(50), label) },
      period: Duration.days(DAYS),
      label,
    });
  const rate = new MathExpression({
    expression: '100 * FILL(failed, 0) / (FILL(failed, 0) + FILL(passed, 0))',
    usingMetrics: { failed, passed: deployments },
    period: Duration.days(DAYS),
    label: 'of deployments failed',
  });
  const graph = (title: string, ...left: (Metric | MathExpression)[]) =>
    new GraphWidget({ title, width: 12, height: 6, left, period: Duration.days(DAYS), leftYAxis: { min: 0 } });
  const dashboard = new Dashboard(scope, 'Figures', {
    dashboardName: `platform-${environment}-delivery`,
    defaultInterval: Duration.days(90),
  });
  dashboard.addWidgets(
    new TextWidget({
      width: 24,
      height: 1,
      markdown: `How ${environment} is delivered. Each point is a week.`,
    }),
  );
  dashboard.addWidgets(
    graph('Deployment frequency, a week', deployments),
    graph('Lead time for changes, hours (median)', hours('LeadTime', 'from the commit to its deployment')),
    graph('Change failure rate, %', rate),
    graph('Time to restore, hours (median)', hours('TimeToRestore', 'from a bad deployment to a good one')),
  );
  return dashboard;
};
