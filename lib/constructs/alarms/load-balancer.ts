import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { PublicSite } from '../../config/derive/public-sites';
import { certificateAlarms } from './certificate';
import { metrics, percentage, type AlarmDefinition } from './definition';

export interface LoadBalancerAlarmsProps {
  /** As metrics name it: `app/NAME/ID`. */
  readonly loadBalancer: string;
  /** The target group of each site, as metrics name it. */
  readonly targetGroups: readonly { readonly site: PublicSite; readonly fullName: string }[];
  /** ARN of its certificate. @default - it has none */
  readonly certificate?: string | undefined;
}

const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = ComparisonOperator;
const { BREACHING, NOT_BREACHING } = TreatMissingData;

/** Errors and delays behind CloudFront. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html */
export const loadBalancerAlarms = (props: LoadBalancerAlarmsProps): readonly AlarmDefinition[] => {
  const { loadBalancer, targetGroups, certificate } = props;
  const metric = metrics('AWS/ApplicationELB', { LoadBalancer: loadBalancer });
  const common = {
    tier: 'load-balancer',
    treatMissingData: NOT_BREACHING,
    comparisonOperator: GREATER_THAN_THRESHOLD,
  } as const;
  const ownErrors = metric('HTTPCode_ELB_5XX_Count', 'Sum', 1);
  // A request for which there was no target is not among those that are counted.
  const requests = new MathExpression({
    expression: 'passed + FILL(refused, 0)',
    usingMetrics: { passed: metric('RequestCount', 'Sum', 1), refused: ownErrors },
    period: Duration.minutes(1),
  });
  return [
    {
      ...common,
      symptom: 'errors',
      severity: 'critical',
      metric: percentage('of requests failed', {
        some: [ownErrors, metric('HTTPCode_Target_5XX_Count', 'Sum', 1)],
        all: requests,
        least: 3,
        minutes: 1,
      }),
      threshold: 5,
      datapointsToAlarm: 5,
      description:
        'More than 5 % of the requests to the load balancer have failed for five minutes. These users see errors.',
    },
    {
      ...common,
      symptom: 'latency',
      severity: 'warning',
      // Among few requests, the slowest of a hundred is one.
      metric: new MathExpression({
        expression: 'IF(requests >= 500, slow, 0 * slow)',
        usingMetrics: { requests: metric('RequestCount', 'Sum'), slow: metric('TargetResponseTime', 'p99') },
        label: 'p99',
        period: Duration.minutes(5),
      }),
      threshold: 2, // seconds
      datapointsToAlarm: 3,
      description: 'One in a hundred requests to the load balancer takes longer than 2 s. Users start to try again.',
    },
    {
      ...common,
      symptom: 'rejected',
      severity: 'critical',
      metric: metric('RejectedConnectionCount', 'Sum'),
      threshold: 0,
      datapointsToAlarm: 2,
      description:
        'The load balancer has reached its maximum number of connections. It rejects new ones, and their requests fail.',
    },
    ...targetGroups.flatMap(({ site, fullName }) => targets(site, fullName, loadBalancer)),
    ...(certificate === undefined ? [] : certificateAlarms('load-balancer', certificate)),
  ];
};

const targets = (
  { name: site, severity }: PublicSite,
  targetGroup: string,
  loadBalancer: string,
): AlarmDefinition[] => {
  const metric = metrics('AWS/ApplicationELB', { TargetGroup: targetGroup, LoadBalancer: loadBalancer }, site);
  const common = { tier: 'load-balancer', instance: site } as const;
  return [
    {
      ...common,
      symptom: 'no-targets',
      severity,
      metric: metric('HealthyHostCount', 'Maximum', 1),
      comparisonOperator: LESS_THAN_THRESHOLD,
      threshold: 1,
      datapointsToAlarm: 3,
      treatMissingData: BREACHING, // a group without any target reports nothing
      description: `No pod of the site ${site} is healthy. Every request to it fails.`,
    },
    {
      ...common,
      symptom: 'unhealthy-targets',
      severity: 'warning',
      metric: metric('UnHealthyHostCount', 'Minimum'),
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 0,
      datapointsToAlarm: 3,
      treatMissingData: NOT_BREACHING,
      description: `A pod of the site ${site} has not been ready for 15 minutes, which is longer than a rollout takes. The other pods carry its load.`,
    },
  ];
};
