import { Duration } from 'aws-cdk-lib';
import { Alarm, AlarmRule, AlarmState, CompositeAlarm, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Severity } from '../config/environment';
import { alarmName, anchor, type AlarmDefinition, type Tier } from './alarms/definition';

export interface TierAlarmsProps {
  /** Beginning of the names of the alarms: `platform-prod`. */
  readonly identifier: string;
  readonly tier: Tier;
  /** Those of the tier: at least one. */
  readonly definitions: readonly AlarmDefinition[];
  readonly topics: Readonly<Record<Severity, ITopic>>;
  /** Address of the runbook. */
  readonly runbookUrl: string;
}

/** An alarm that notifies for all of a tier and a severity. */
export interface Composite {
  readonly name: string;
  readonly alarm: CompositeAlarm;
}

/** Name of the alarm that notifies for all of a tier and a severity: `platform-prod-mysql-critical`. */
export const compositeName = (identifier: string, tier: Tier, severity: Severity): string =>
  `${identifier}-${tier}-${severity}`;

/** Severities of which there are alarms, the worst first. */
export const severitiesOf = (definitions: readonly AlarmDefinition[]): readonly Severity[] =>
  (['critical', 'warning'] as const).filter((severity) => definitions.some((one) => one.severity === severity));

/**
 * The alarms of a tier, and one composite alarm for each severity, which alone notifies: what goes wrong in one place shows in many,
 * and nobody should be called ten times. While the critical one is in alarm, warnings wait.
 */
export class TierAlarms extends Construct {
  /** The alarms, in the order of their definitions. */
  readonly alarms: readonly Alarm[];
  /** What notifies, with its name. */
  readonly composites: readonly Composite[];

  constructor(scope: Construct, id: string, props: TierAlarmsProps) {
    super(scope, id);
    const { identifier, tier, definitions, topics, runbookUrl } = props;
    const made = definitions.map((definition) => ({ definition, alarm: this.alarm(definition, props) }));
    this.alarms = made.map(({ alarm }) => alarm);

    let critical: IAlarm | undefined;
    this.composites = severitiesOf(definitions).map((severity) => {
      const ofSeverity = made.filter(({ definition }) => definition.severity === severity);
      const name = compositeName(identifier, tier, severity);
      const composite = new CompositeAlarm(this, severity, {
        compositeAlarmName: name,
        alarmDescription: `Something of ${tier} is ${severity}: the dashboard ${identifier}-${tier} shows what. ${runbookUrl}#${tier}`,
        alarmRule: AlarmRule.anyOf(...ofSeverity.map(({ alarm }) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
        ...(critical && {
          actionsSuppressor: critical,
          actionsSuppressorWaitPeriod: Duration.minutes(1),
          actionsSuppressorExtensionPeriod: Duration.minutes(1),
        }),
      });
      const action = new SnsAction(topics[severity]);
      composite.addAlarmAction(action);
      composite.addOkAction(action);
      if (severity === 'critical') critical = composite;
      return { name, alarm: composite };
    });
  }

  private alarm(definition: AlarmDefinition, { identifier, runbookUrl }: TierAlarmsProps): Alarm {
    const { what, of, metric, threshold, comparison, datapoints, outOf = datapoints, missing, why } = definition;
    return new Alarm(this, of === undefined ? what : `${what}-${of}`, {
      alarmName: alarmName(identifier, definition),
      alarmDescription: `${why} ${runbookUrl}#${anchor(definition)}`,
      metric,
      threshold,
      comparisonOperator: comparison,
      evaluationPeriods: outOf,
      datapointsToAlarm: datapoints,
      treatMissingData: missing,
    });
  }
}
