import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { pages } from '../../doctor/facts/reader';
import type { Aws } from '../../doctor/aws';
import { regionsOf, type Plan } from '../../doctor/plan';
import { reader } from './reader';

/** An alarm as CloudWatch has it. */
export interface AlarmState {
  readonly name: string;
  readonly region: string;
  readonly state: string;
  readonly reason: string;
  readonly description: string;
}

/** The alarms of an environment, in all of its regions. */
export const alarmsIn = async (aws: Aws, plan: Plan): Promise<readonly AlarmState[]> => {
  const all = regionsOf(plan).map((region) =>
    pages(
      (NextToken) =>
        aws.client(CloudWatchClient, region).send(
          new DescribeAlarmsCommand({
            AlarmNamePrefix: `platform-${plan.name}-`,
            AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
            NextToken,
          }),
        ),
      ({ MetricAlarms = [], CompositeAlarms = [] }) =>
        [...MetricAlarms, ...CompositeAlarms].map(
          ({ AlarmName = '', StateValue = '', StateReason = '', AlarmDescription = '' }): AlarmState => ({
            name: AlarmName,
            region,
            state: StateValue,
            reason: StateReason,
            description: AlarmDescription,
          }),
        ),
      (page) => page.NextToken,
    ),
  );
  return (await Promise.all(all)).flat();
};

/** The same, as a fact. */
export const alarms = reader('CloudWatch', ['cloudwatch:DescribeAlarms'], ({ aws }, target) => alarmsIn(aws, target));
