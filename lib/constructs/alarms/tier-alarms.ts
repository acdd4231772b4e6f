import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  CompositeAlarm,
  type AlarmBase,
  type IAlarm,
  type IAlarmRule,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Severity } from '../../config/environment';
import { alarmName, anchor, type AlarmDefinition, type Tier } from './definition';

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

/** An alarm that notifies: for all of a tier and a severity, or for itself because it lasts. */
export interface Notifying {
  readonly name: string;
  readonly alarm: IAlarm;
}

/** A rule takes a hundred alarms and 10,240 characters, of which an alarm's ARN and what joins it to the next are up to 120. */
const IN_A_RULE = 80;

/** Name of the alarm that notifies for all of a tier and a severity: `platform-prod-mysql-critical`. */
const compositeName = (identifier: string, tier: Tier, severity: Severity): string =>
  `${identifier}-${tier}-${severity}`;

/** Severities of which there are alarms, the worst first. */
const severitiesOf = (definitions: readonly AlarmDefinition[]): readonly Severity[] =>
  (['critical', 'warning'] as const).filter((severity) => definitions.some((one) => one.severity === severity));

/**
 * The alarms of a tier, and one composite alarm for each severity, which alone notifies: a fault in one place shows in many, and
 * nobody should be called ten times. While the critical one is in alarm, warnings wait. Alarms that last for days are not among them.
 */
export class TierAlarms extends Construct {
  /** The alarms, in the order of their definitions. */
  readonly alarms: readonly Alarm[];
  /** The topics that notify. */
  readonly notifying: readonly Notifying[];

  constructor(scope: Construct, id: string, props: TierAlarmsProps) {
    super(scope, id);
    const { identifier, tier, definitions, topics, runbookUrl } = props;
    const made = definitions.map((definition) => ({ definition, alarm: this.alarm(definition, props) }));
    this.alarms = made.map(({ alarm }) => alarm);

    const [lasting, passing] = [true, false].map((lasts) =>
      made.filter(({ definition }) => (definition.longLasting ?? false) === lasts),
    ) as [typeof made, typeof made];
    for (const { definition, alarm } of lasting) notify(alarm, topics[definition.severity]);

    let critical: IAlarm | undefined;
    const composites = severitiesOf(passing.map(({ definition }) => definition)).map((severity) => {
      const ofSeverity = passing.filter(({ definition }) => definition.severity === severity);
      const name = compositeName(identifier, tier, severity);
      const alarm = new CompositeAlarm(this, severity, {
        compositeAlarmName: name,
        alarmDescription: `At least one ${severity} alarm of the tier ${tier} is on. The dashboard ${identifier}-${tier} shows which. ${runbookUrl}#${tier}`,
        alarmRule: this.any(
          name,
          severity,
          ofSeverity.map((one) => one.alarm),
        ),
        ...(critical && {
          actionsSuppressor: critical,
          actionsSuppressorWaitPeriod: Duration.minutes(1),
          actionsSuppressorExtensionPeriod: Duration.minutes(1),
        }),
      });
      notify(alarm, topics[severity]);
      if (severity === 'critical') critical = alarm;
      return { name, alarm };
    });
    const alone = lasting.map(({ definition, alarm }) => ({ name: alarmName(identifier, definition), alarm }));
    this.notifying = [...composites, ...alone];
  }

  /** Whether any of some alarms is on: more than a rule takes are in composite alarms of their own, which do not notify. */
  private any(name: string, id: string, alarms: readonly IAlarm[]): IAlarmRule {
    const parts = Array.from({ length: Math.ceil(alarms.length / IN_A_RULE) }, (_, i) =>
      alarms.slice(i * IN_A_RULE, (i + 1) * IN_A_RULE),
    );
    if (parts.length === 1) return anyOf(alarms);
    return anyOf(
      parts.map(
        (part, i) =>
          new CompositeAlarm(this, `${id}-${i + 1}`, {
            compositeAlarmName: `${name}-${i + 1}`,
            alarmDescription: `Part ${i + 1} of the alarm ${name}, which notifies.`,
            alarmRule: anyOf(part),
          }),
      ),
    );
  }

  private alarm(definition: AlarmDefinition, { identifier, runbookUrl }: TierAlarmsProps): Alarm {
    const { symptom, instance, description, datapointsToAlarm, evaluationPeriods = datapointsToAlarm } = definition;
    const { metric, threshold, comparisonOperator, treatMissingData } = definition;
    return new Alarm(this, instance === undefined ? symptom : `${symptom}-${instance}`, {
      alarmName: alarmName(identifier, definition),
      alarmDescription: `${description} ${runbookUrl}#${anchor(definition)}`,
      metric,
      threshold,
      comparisonOperator,
      evaluationPeriods,
      datapointsToAlarm,
      treatMissingData,
    });
  }
}

const anyOf = (alarms: readonly IAlarm[]): IAlarmRule =>
  AlarmRule.anyOf(...alarms.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM)));

/** Tells a topic of the beginning of an alarm, and of its end. */
export const notify = (alarm: AlarmBase, topic: ITopic): void => {
  const action = new SnsAction(topic);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
};
