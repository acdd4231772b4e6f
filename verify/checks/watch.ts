import { planned, unique } from '../../doctor/plan';
import { check, few, findings } from '../check';

export const ALARMS = check({
  title: 'No alarm fires',
  facts: ['alarms'],
  find: (_, { alarms }) =>
    findings(alarms, ({ name, region, state, reason, description }) =>
      state === 'ALARM'
        ? {
            what: `${name} fires in ${region}: ${reason}`,
            remedy: `follow ${/https?:\S+$/.exec(description)?.[0] ?? 'docs/runbook.md'}`,
          }
        : undefined,
    ),
});

export const WATCHED = check({
  title: 'Every alarm of the templates exists',
  facts: ['alarms'],
  find: (target, { alarms }) => {
    const there = new Set(alarms.map(({ name }) => name));
    const wanted = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
      planned(target, type),
    );
    return unique(wanted.map(({ stack }) => stack)).flatMap((stack) => {
      const missing = wanted.flatMap(({ properties: { AlarmName: name }, stack: own }): readonly string[] =>
        own !== stack || typeof name !== 'string' || there.has(name) ? [] : [name],
      );
      return missing.length === 0
        ? []
        : [
            {
              what: `CloudWatch has no alarm ${few(missing)}`,
              remedy: `npx cdk deploy ${stack.id} -c env=${target.name}`,
            },
          ];
    });
  },
});

export const HEARTBEAT = check({
  title: 'The heartbeat of Prometheus arrives',
  facts: ['alarms'],
  find: (target, { alarms }) => {
    const wanted = planned(target, 'AWS::CloudWatch::Alarm').filter(
      ({ properties }) => properties.Namespace === 'AWS/SNS' && properties.MetricName === 'NumberOfMessagesPublished',
    );
    if (wanted.length === 0) throw new Error('the templates have no alarm of a heartbeat');
    return findings(wanted, ({ properties: { AlarmName: name } }) => {
      const state = alarms.find((alarm) => alarm.name === name)?.state ?? 'not there';
      return state === 'OK'
        ? undefined
        : {
            what: `The alarm of the heartbeat, ${name}, is ${state}, and not OK`,
            remedy: 'follow "telemetry-silent" in docs/runbook.md; a new deployment needs 20 minutes',
          };
    });
  },
});
