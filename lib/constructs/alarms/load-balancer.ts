import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { PublicSite } from '../../config/derive/public-sites';
import type { Color } from '../../model/names';
import { certificateAlarms } from './certificate';
import { metrics, percentage, type AlarmDefinition } from './definition';

/** A target group of a site. */
interface WatchedTargets {
  readonly site: PublicSite;
  /** The color of its pods. @default - the site has none */
  readonly color?: Color | undefined;
  /** Whether the requests of users get there. */
  readonly live: boolean;
  /** As metrics name it. */
  readonly fullName: string;
}

export interface LoadBalancerAlarmsProps {
  /** As metrics name it: `app/NAME/ID`. */
  readonly loadBalancer: string;
  /** The target groups of the sites. */
  readonly targetGroups: readonly WatchedTargets[];
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
    ...targetGroups.flatMap((group) => targets(group, loadBalancer)),
    ...(certificate === undefined ? [] : certificateAlarms('load-balancer', certificate)),
  ];
};

/** The alarms of a target group. That nobody is in it matters only where requests get there: the other color may be absent. */
const targets = (
  { site: { name: site, severity }, color, live, fullName }: WatchedTargets,
  loadBalancer: string,
): AlarmDefinition[] => {
  const metric = (name: string, statistic: string, label: string, minutes?: number) =>
    metrics('AWS/ApplicationELB', { TargetGroup: fullName, LoadBalancer: loadBalancer }, label)(
      name,
      statistic,
      minutes,
    );
  const instance = color === undefined ? site : `${site}-${color}`;
  const pod = color === undefined ? `A pod of the site ${site}` : `A ${color} pod of the site ${site}`;
  const whole = color === undefined ? '' : ` A switch to ${color} waits for every pod.`;
  const common = { tier: 'load-balancer' } as const;
  return [
    ...(live
      ? [
          {
            ...common,
            instance: site,
            symptom: 'no-targets',
            severity,
            metric: metric('HealthyHostCount', 'Maximum', site, 1),
            comparisonOperator: LESS_THAN_THRESHOLD,
            threshold: 1,
            datapointsToAlarm: 3,
            treatMissingData: BREACHING, // a group without any target reports nothing
            description: `No pod of the site ${site} is healthy. Every request to it fails.`,
          },
        ]
      : []),
    {
      ...common,
      instance,
      symptom: 'unhealthy-targets',
      severity: 'warning',
      metric: metric('UnHealthyHostCount', 'Minimum', instance),
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 0,
      datapointsToAlarm: 3,
      treatMissingData: NOT_BREACHING, // nor one of a color that is absent
      description: `${pod} has not been ready for 15 minutes, which is longer than a rollout takes. The other pods carry its load.${whole}`,
    },
  ];
};
