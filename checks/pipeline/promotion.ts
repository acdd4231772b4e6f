import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { run } from '../../rehearsal/src/process';
import type { Definition } from './definition';
import { act, type Execution, type Surroundings } from './execution';
import type { Services } from './services';

type Json = ReturnType<typeof JSON.parse>;

const at = (event: Json, path: string): Json =>
  path
    .split('.')
    .slice(1)
    .reduce((value, key) => value?.[key], event);

/** The input that EventBridge makes of an event: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
const transformed = ({ InputPathsMap, InputTemplate }: Json, event: Json): Json =>
  JSON.parse(
    InputTemplate.replaceAll(/<([\w-]+)>/g, (_: string, name: string) =>
      JSON.stringify(at(event, InputPathsMap[name]) ?? ''),
    ),
  );

/**
 * Runs the step that promotes a commit, and follows its event through the bus and the rule of the next pipeline, into the call that
 * starts it. What does not hold, a line each.
 */
export const promotionFaults = async (
  from: Definition,
  to: Definition,
  execution: Execution,
  surroundings: Surroundings,
  { called }: Services,
): Promise<readonly string[]> => {
  const promote = from.groups.flatMap(({ actions }) => actions).find(({ Name }) => Name === 'Promote')!;
  const { succeeded, output } = await act(promote, from, execution, surroundings);
  const sent = called.find(({ operation }) => operation === 'AWSEvents.PutEvents');
  if (!succeeded || !sent) return [`Promote fails: ${output}`];
  const [{ EventBusName, Source: source, DetailType, Detail }] = sent.input.Entries;
  const event = {
    version: '0',
    id: '00000000-0000-0000-0000-000000000000',
    source,
    'detail-type': DetailType,
    account: sent.account,
    time: '2026-01-01T00:00:00Z',
    region: surroundings.region,
    resources: [],
    detail: JSON.parse(Detail),
  };
  const [bus] = to.resources('AWS::Events::EventBus');
  const [statement] = bus.Policy.Statement;
  const rule = to.resources('AWS::Events::Rule').find(({ EventBusName: name }) => name !== undefined);
  const [target] = rule.Targets;
  const call = (...args: readonly string[]) => run('aws', args, { env: surroundings.env, cwd: surroundings.folder });
  const pattern = JSON.stringify(rule.EventPattern);
  const matches = (one: object) =>
    call(
      'events',
      'test-event-pattern',
      '--endpoint-url',
      surroundings.env.AWS_ENDPOINT_URL!,
      '--event-pattern',
      pattern,
      '--event',
      JSON.stringify(one),
    ).then((answer) => JSON.parse(answer).Result as boolean);
  const file = join(surroundings.folder, 'start.json');
  writeFileSync(file, JSON.stringify(transformed(target.InputTransformer, event)));
  const pipeline = target.Arn.split(':').at(-1);
  const start = ['codepipeline', 'start-pipeline-execution', '--name', pipeline, '--cli-input-json', `file://${file}`];
  const refused = await call(...start).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (refused !== undefined) return [refused];
  const asked = called.find(({ operation }) => operation.endsWith('.StartPipelineExecution'))?.input;
  const [first] = to.groups[0]!.actions;
  const expected = {
    name: to.name,
    clientRequestToken: undefined, // the CLI makes one
    sourceRevisions: [{ actionName: first!.Name, revisionType: 'COMMIT_ID', revisionValue: execution.commit.id }],
  };
  const faults: readonly (readonly [boolean, string])[] = [
    [
      EventBusName === statement.Resource && EventBusName.endsWith(`:event-bus/${bus.Name}`),
      `the event goes to ${EventBusName}, not to ${statement.Resource}`,
    ],
    [
      statement.Principal.AWS === `arn:aws:iam::${sent.account}:root`,
      `the bus does not hear the account ${sent.account}`,
    ],
    // CloudFormation begins the name of a role with that of its stack.
    [
      statement.Condition.ArnLike['aws:PrincipalArn'] === `arn:aws:iam::${sent.account}:role/${from.name}-*`,
      `the bus does not hear the roles of ${from.name}`,
    ],
    [
      statement.Condition.StringEquals['events:source'] === source &&
        statement.Condition.StringEquals['events:detail-type'] === DetailType,
      `the bus takes no events of ${source}, ${DetailType}`,
    ],
    [await matches(event), `the rule ${pattern} does not match ${JSON.stringify(event)}`],
    [!(await matches({ ...event, account: '999999999999' })), 'the rule hears another account'],
    [
      isDeepStrictEqual({ ...asked, clientRequestToken: undefined }, expected),
      `starts ${JSON.stringify(asked)}, not ${JSON.stringify(expected)}`,
    ],
  ];
  return faults.filter(([holds]) => !holds).map(([, fault]) => fault);
};
