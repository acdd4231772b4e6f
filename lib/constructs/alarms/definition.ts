import { Duration } from 'aws-cdk-lib';
import {
  MathExpression,
  Metric,
  type ComparisonOperator,
  type IMetric,
  type TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { EnvironmentConfig, Severity } from '../../config/environment';

/** Tiers of alarms: each tier has a dashboard and at most two notifications at a time, one of each severity. */
const TIERS = [
  'load-balancer',
  'mysql',
  'redis',
  'cluster',
  'network',
  'functions',
  'copies',
  'edge',
  'firewall',
] as const;
export type Tier = (typeof TIERS)[number];

/** The tiers that an environment has. */
export const tiersOf = ({ recovery }: Pick<EnvironmentConfig, 'recovery'>): readonly Tier[] =>
  TIERS.filter((tier) => tier !== 'copies' || recovery !== undefined);

/** One alarm, as data. Its name is `platform-ENV-TIER-SYMPTOM`, and `-INSTANCE` where there are several. */
export interface AlarmDefinition {
  readonly tier: Tier;
  /** The symptom, in a word; `TIER-SYMPTOM` is the heading of the runbook. */
  readonly symptom: string;
  /** Which one of several, e.g. `replica-1`. */
  readonly instance?: string;
  readonly severity: Severity;
  readonly metric: IMetric;
  readonly comparisonOperator: ComparisonOperator;
  readonly threshold: number;
  /** Alarms if so many … */
  readonly datapointsToAlarm: number;
  /** … of the last so many periods are beyond the threshold. @default - of as many */
  readonly evaluationPeriods?: number;
  /** The state of the alarm in a period without data. */
  readonly treatMissingData: TreatMissingData;
  /** It lasts for days, and would keep quiet what else goes wrong in its tier meanwhile: so it notifies by itself. @default false */
  readonly longLasting?: boolean;
  /** Why it matters, in a sentence; with the threshold where that has a reason of its own. */
  readonly description: string;
}

/** Name of the heading in the runbook. */
export const anchor = ({ tier, symptom }: Pick<AlarmDefinition, 'tier' | 'symptom'>): string => `${tier}-${symptom}`;

/** `platform-prod-mysql-cpu-replica-1`. */
export const alarmName = (
  identifier: string,
  definition: Pick<AlarmDefinition, 'tier' | 'symptom' | 'instance'>,
): string => [identifier, anchor(definition), definition.instance].filter((part) => part !== undefined).join('-');

/** Name of the alarm for when alerts of Prometheus no longer reach AWS. */
export const heartbeatMissingAlarmName = (identifier: string): string => `${identifier}-telemetry-silent`;

/** Makes metrics of a namespace that have some dimensions. */
export const metrics =
  (namespace: string, dimensionsMap: Readonly<Record<string, string>>, label?: string) =>
  (metricName: string, statistic: string, minutes = 5): Metric =>
    new Metric({
      namespace,
      metricName,
      dimensionsMap: { ...dimensionsMap },
      statistic,
      period: Duration.minutes(minutes),
      ...(label !== undefined && { label }),
    });

/** The metrics that `percentage` compares, and their period. */
export interface PercentageProps {
  readonly some: readonly IMetric[];
  readonly all: IMetric;
  /** How many of them the percentage says something about: fewer could be chance. */
  readonly least: number;
  readonly minutes?: number;
  /** Beginning of the names in the expression, which a graph of several needs: lower case. @default m */
  readonly prefix?: string;
}

/**
 * Some of all, in percent. AWS publishes no count of zero, so an absent one is zero; but where `all` is absent there is no percentage.
 * The newest minutes are often absent because they come late, and as a zero each would keep the alarm from ever going off.
 */
export const percentage = (label: string, props: PercentageProps): MathExpression => {
  const { some, all, least, minutes = 5, prefix = 'm' } = props;
  const parts = some.map((metric, i) => [`${prefix}${i}`, metric] as const);
  const sum = parts.map(([name]) => `FILL(${name}, 0)`).join(' + ');
  return new MathExpression({
    expression: `IF((${sum}) >= ${least}, 100 * (${sum}) / ${prefix}All, 0 * ${prefix}All)`,
    usingMetrics: { ...Object.fromEntries(parts), [`${prefix}All`]: all },
    label: `% ${label}`,
    period: Duration.minutes(minutes),
  });
};
