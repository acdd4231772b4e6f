import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { Rule } from '../pipeline/definition';

/** The state of the alarm that a rule watches. Undefined: it does not exist. */
type StateOf = (rule: Rule) => Promise<string | undefined>;

/** Asks CloudWatch, in the region of the rule. Without `AlarmTypes`, it would tell of no composite alarm. */
export const alarmState: StateOf = async ({ Region: region, Configuration: { AlarmName } }) => {
  const asked = new DescribeAlarmsCommand({ AlarmNames: [AlarmName!], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] });
  const { MetricAlarms = [], CompositeAlarms = [] } = await new CloudWatchClient({ region }).send(asked);
  return [...MetricAlarms, ...CompositeAlarms][0]?.StateValue;
};

/**
 * Why a condition does not hold, or undefined. "If one rule fails in the condition, then the condition fails"
 * (https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html). A rule fails when its alarm goes into one of its
 * states within its wait: "roll back the changes if a CloudWatch alarm goes into ALARM state within 60 minutes"
 * (https://aws.amazon.com/about-aws/whats-new/2024/08/aws-codepipeline-stage-level-conditions-implement-pipeline-gates).
 *
 * Each minute is one look, and takes no time.
 */
export const failure = async (
  rules: readonly Rule[],
  stateOf: StateOf,
  /** Is called in each minute, before the look. */
  happens: (minute: number) => Promise<void>,
): Promise<string | undefined> => {
  const known = rules.map((rule) => {
    const { Provider } = rule.RuleTypeId;
    if (Provider !== 'CloudWatchAlarm')
      throw new Error(`the rule ${rule.Name} is a ${Provider}: write here what it does`);
    const { AlarmStates = '', WaitTime = '0' } = rule.Configuration;
    return { rule, states: AlarmStates.split(','), wait: Number(WaitTime) };
  });
  for (let minute = 0; minute <= Math.max(...known.map(({ wait }) => wait)); minute++) {
    await happens(minute);
    for (const { rule, states } of known.filter(({ wait }) => minute <= wait)) {
      const state = await stateOf(rule);
      if (state === undefined) return `${rule.Name}: the alarm ${rule.Configuration.AlarmName} does not exist`;
      if (states.includes(state))
        return `${rule.Name}: ${rule.Configuration.AlarmName} is ${state} in minute ${minute}`;
    }
  }
  return undefined;
};
