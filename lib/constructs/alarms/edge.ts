import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { certificateAlarms } from './certificate';
import { metrics, percentage, type AlarmDefinition } from './definition';

export interface EdgeAlarmsProps {
  /** Ids of the distributions, by site. */
  readonly distributions: Readonly<Record<string, string>>;
  /** ARN of the certificate that viewers see. @default - CloudFront's own */
  readonly certificate?: string | undefined;
}

/** Metrics of a distribution. They are in us-east-1, whose region they call Global. */
export const distributionMetrics = (id: string, label: string) =>
  metrics('AWS/CloudFront', { DistributionId: id, Region: 'Global' }, label);

/**
 * What users meet. Not the latency of the origin, nor errors by their code: these metrics cost extra and are not switched on.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
 */
export const edgeAlarms = ({ distributions, certificate }: EdgeAlarmsProps): readonly AlarmDefinition[] => [
  ...Object.entries(distributions).map(([site, id]): AlarmDefinition => {
    const metric = distributionMetrics(id, site);
    return {
      tier: 'edge',
      what: 'errors',
      of: site,
      severity: 'critical',
      // The rate is in percent already; of fewer than three failures a minute it says little. Nothing is filled in, as in `percentage`.
      metric: new MathExpression({
        expression: `IF(${site}Requests * ${site}Rate / 100 >= 3, ${site}Rate, 0 * ${site}Rate)`,
        usingMetrics: {
          [`${site}Requests`]: metric('Requests', 'Sum', 1),
          [`${site}Rate`]: metric('5xxErrorRate', 'Average', 1),
        },
        label: `% of the requests of ${site} fail`,
        period: Duration.minutes(1),
      }),
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 5,
      datapoints: 5,
      missing: TreatMissingData.NOT_BREACHING,
      why: 'More than one of twenty requests of users fails, for five minutes.',
    };
  }),
  ...(certificate === undefined ? [] : certificateAlarms('edge', certificate)),
];

/** What a firewall does with what its rules find, and the metric of it. */
const FOUND = { block: 'BlockedRequests', count: 'CountedRequests' } as const;

/**
 * More than usual is found by the firewalls.
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html: for CloudFront, without the dimension Region
 */
export const firewallAlarms = (
  webAcls: Readonly<Record<string, string>>,
  firewall: keyof typeof FOUND,
): readonly AlarmDefinition[] =>
  Object.entries(webAcls).map(([site, WebACL]) => {
    const metric = metrics('AWS/WAFV2', { WebACL, Rule: 'ALL' }, site);
    const found = metric(FOUND[firewall], 'Sum');
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
      what: 'surge',
      of: site,
      severity: 'warning',
      metric: percentage(`of the requests of ${site} are found`, { some: [found], all, least: 100, prefix: site }),
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 20,
      datapoints: 2,
      outOf: 3, // the newest may not be there yet, and either of `all` may really be absent
      missing: TreatMissingData.NOT_BREACHING,
      why: 'Rules find more than one of five requests: an attack, or a rule that is wrong about users.',
    };
  });
