import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { PublicSite } from '../../config/derive/public-sites';
import { certificateAlarms } from './certificate';
import { metrics, percentage, type AlarmDefinition } from './definition';

export interface EdgeAlarmsProps {
  /** The id of each site's distribution. */
  readonly distributions: readonly { readonly site: PublicSite; readonly id: string }[];
  /** ARN of the certificate that viewers see. @default - CloudFront's own */
  readonly certificate?: string | undefined;
}

/** Metrics of a distribution. They are in us-east-1, whose region they call Global. */
const distributionMetrics = (id: string, label: string) =>
  metrics('AWS/CloudFront', { DistributionId: id, Region: 'Global' }, label);

/**
 * Faults that users meet, and faults between CloudFront and the load balancer.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
 */
export const edgeAlarms = ({ distributions, certificate }: EdgeAlarmsProps): readonly AlarmDefinition[] => [
  ...distributions.flatMap(({ site, id }) => ofSite(site, id)),
  ...(certificate === undefined ? [] : certificateAlarms('edge', certificate)),
];

const ofSite = ({ name: site, severity }: PublicSite, id: string): AlarmDefinition[] => {
  const metric = distributionMetrics(id, site);
  // Rates are in percent already; of few failures they say little. Where there is no request nothing is filled in, as in `percentage`.
  const math = (label: string, minutes: number, expression: string, used: Readonly<Record<string, [string, string]>>) =>
    new MathExpression({
      expression: expression.replaceAll('$', site),
      usingMetrics: Object.fromEntries(
        Object.entries(used).map(([name, [metricName, statistic]]) => [
          `${site}${name}`,
          metric(metricName, statistic, minutes),
        ]),
      ),
      label,
      period: Duration.minutes(minutes),
    });
  const common = {
    tier: 'edge',
    instance: site,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  } as const;
  return [
    {
      ...common,
      symptom: 'errors',
      severity,
      metric: math(`% of requests to ${site} failed`, 1, 'IF($Requests * $Rate / 100 >= 3, $Rate, 0 * $Rate)', {
        Requests: ['Requests', 'Sum'],
        Rate: ['5xxErrorRate', 'Average'],
      }),
      threshold: 5,
      datapointsToAlarm: 5,
      description: `More than 5 % of the requests to the site ${site} have failed for five minutes. These users see errors.`,
    },
    {
      ...common,
      symptom: 'origin',
      severity: 'warning',
      metric: math(
        `% of requests to ${site} without an answer`,
        5,
        'IF($Requests * (FILL($Bad, 0) + FILL($Late, 0)) / 100 >= 10, FILL($Bad, 0) + FILL($Late, 0), 0 * $Requests)',
        {
          Requests: ['Requests', 'Sum'],
          Bad: ['502ErrorRate', 'Average'],
          Late: ['504ErrorRate', 'Average'],
        },
      ),
      threshold: 1,
      datapointsToAlarm: 3,
      description: `For more than 1 % of the requests to the site ${site}, CloudFront gets no answer from the load balancer in time. These users see errors.`,
    },
    {
      ...common,
      symptom: 'latency',
      severity: 'warning',
      metric: math(`p95 of the origin of ${site}`, 5, 'IF($Requests >= 500, $Slow, 0 * $Slow)', {
        Requests: ['Requests', 'Sum'],
        Slow: ['OriginLatency', 'p95'],
      }),
      threshold: 3000, // milliseconds
      datapointsToAlarm: 3,
      description: `One in twenty requests that CloudFront forwards for the site ${site} takes longer than 3 s. The alarm of the load balancer allows 2 s.`,
    },
  ];
};

/** The action of a firewall on the requests that match its rules, and its metric. */
const FOUND = { block: 'BlockedRequests', count: 'CountedRequests' } as const;

/**
 * More than usual is found by the firewalls.
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html: for CloudFront, without the dimension Region
 */
export const firewallAlarms = (
  webAcls: readonly { readonly site: PublicSite; readonly name: string }[],
  firewall: keyof typeof FOUND,
): readonly AlarmDefinition[] =>
  webAcls.map(({ site: { name: site, allowedCidrs }, name: WebACL }) => {
    const metric = metrics('AWS/WAFV2', { WebACL, Rule: 'ALL' }, site);
    const found = metric(FOUND[allowedCidrs ? 'block' : firewall], 'Sum');
    const all = new MathExpression({
      expression: `FILL(${site}Allowed, 0) + FILL(${site}Blocked, 0)`,
      usingMetrics: {
        [`${site}Allowed`]: metric('AllowedRequests', 'Sum'),
        [`${site}Blocked`]: metric('BlockedRequests', 'Sum'),
      },
      period: Duration.minutes(5),
    });
    return {
      tier: 'firewall',
      symptom: 'surge',
      instance: site,
      severity: 'warning',
      metric: percentage(`of requests to ${site} matched`, { some: [found], all, least: 100, prefix: site }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 20,
      datapointsToAlarm: 2,
      evaluationPeriods: 3, // the newest may not be there yet, and either of `all` may really be absent
      treatMissingData: TreatMissingData.NOT_BREACHING,
      description: `WAF rules match more than 20 % of the requests to the site ${site}. Either somebody attacks it, or a rule matches legitimate users.`,
    };
  });
