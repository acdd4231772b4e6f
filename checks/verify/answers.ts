import {
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type DescribeAlarmsCommandOutput,
  type GetMetricDataCommandInput,
  type GetMetricDataCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { GetWebACLCommand, type GetWebACLCommandInput, type GetWebACLCommandOutput } from '@aws-sdk/client-wafv2';
import type { Aws } from '../../doctor/aws';
import { planned, type Json, type Plan } from '../../doctor/plan';

/** A command of the SDK. */
type Kind = abstract new (...args: never[]) => object;

/** How one request is answered in place of the emulated AWS, or changed after it. */
export interface Replacement {
  readonly command: Kind;
  readonly answer: (ask: () => Promise<unknown>, input: unknown) => Promise<unknown>;
}

/** A recorded answer, of the SDK's own type, for something that the emulated AWS lacks. */
const recorded = <I, O>(command: Kind, answer: (input: I) => O): Replacement => ({
  command,
  answer: async (_, input) => answer(input as I),
});

/** The answer of the emulated AWS, after a change. */
export const changed = <O>(command: Kind, change: (answer: O) => void): Replacement => ({
  command,
  answer: async (ask) => {
    const answer = (await ask()) as O;
    change(answer);
    return answer;
  },
});

interface Client {
  readonly send: (command: { readonly input: unknown }) => Promise<unknown>;
}

/** The same AWS, except for some answers. The last replacement of a command comes last. */
export const answering = (aws: Aws, replacements: readonly Replacement[]): Aws => ({
  ...aws,
  client: (kind, region) => {
    const real = aws.client(kind, region) as Client;
    const send: Client['send'] = (command) =>
      replacements
        .filter((each) => command instanceof each.command)
        .reduce<() => Promise<unknown>>(
          (ask, { answer }) =>
            () =>
              answer(ask, command.input),
          () => real.send(command),
        )();
    const client = { send, config: (real as unknown as { readonly config: unknown }).config };
    return client as never;
  },
});

const $metadata = {};

/** The emulated AWS has no metrics of RDS: each replica is a fifth of a second behind. */
const LAG = recorded<GetMetricDataCommandInput, GetMetricDataCommandOutput>(
  GetMetricDataCommand,
  ({ MetricDataQueries = [] }) => ({
    $metadata,
    MetricDataResults: MetricDataQueries.map(({ Id }) => ({ Id, StatusCode: 'Complete', Values: [0.2, 0.1] })),
  }),
);

/** The emulated AWS answers texts of rules as they are; AWS answers them in base64, which the SDK expects. */
const acl = (plan: Plan): Replacement =>
  recorded<GetWebACLCommandInput, GetWebACLCommandOutput>(GetWebACLCommand, ({ Name }) => {
    const { properties } = planned(plan, 'AWS::WAFv2::WebACL').find((each) => each.properties.Name === Name)!;
    const rules: Json = structuredClone(properties.Rules);
    return {
      $metadata,
      WebACL: { Name, Id: 'a1', ARN: 'arn', DefaultAction: { Allow: {} }, VisibilityConfig: undefined, Rules: rules },
    };
  });

/** The alarms of the stacks that the check does not deploy, because they need a cluster: all are OK. */
const alarmsOf = (plan: Plan): Replacement =>
  changed<DescribeAlarmsCommandOutput>(DescribeAlarmsCommand, (answer) => {
    const there = new Set(
      [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])].map((one) => one.AlarmName),
    );
    const names = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']
      .flatMap((type) => planned(plan, type, plan.region))
      .map(({ properties }): string => properties.AlarmName);
    const missing = names.filter((name) => !there.has(name));
    answer.MetricAlarms = [
      ...(answer.MetricAlarms ?? []),
      ...missing.map((AlarmName) => ({ AlarmName, StateValue: 'OK' as const })),
    ];
  });

/** Answers that are recorded, because the emulated AWS lacks them. */
export const recordedAnswers = (plan: Plan): readonly Replacement[] => [LAG, acl(plan), alarmsOf(plan)];
