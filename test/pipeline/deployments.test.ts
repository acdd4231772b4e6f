import { spawnSync } from 'node:child_process';
import { deploymentsCode } from '../../lib/pipeline/deployment-events';
import { wherePythonIs } from '../constructs/inline-function';

/** Calls the function, with an AWS that answers from a record, and remembers what it is asked to do. */
const CALL = `
import datetime, json, os, sys, types
code, record, event = json.load(sys.stdin)
done = []

def read(value):
    if isinstance(value, dict):
        return {key: datetime.datetime.fromisoformat(each) if key.endswith("Time") else read(each) for key, each in value.items()}
    return [read(each) for each in value] if isinstance(value, list) else value

record = read(record)

class Client:
    def get_pipeline_execution(self, pipelineName, pipelineExecutionId):
        return {"pipelineExecution": record["executions"][pipelineExecutionId]}

    def get_paginator(self, name):
        return types.SimpleNamespace(paginate=lambda **asked: getattr(self, name)(**asked))

    def list_action_executions(self, pipelineName, filter):
        all = record["actions"].get(filter["pipelineExecutionId"], [])
        return [{"actionExecutionDetails": all[:1]}, {"actionExecutionDetails": all[1:]}]

    def list_pipeline_executions(self, pipelineName):
        return [{"pipelineExecutionSummaries": record["summaries"]}]

    def publish(self, TopicArn, Message):
        done.append([TopicArn, Message])

    def put_metric_data(self, Namespace, MetricData):
        if "refuses" in record:
            raise RuntimeError("Throttling")
        done.append([Namespace, {one["MetricName"]: [one["Value"], one["Unit"], one["Dimensions"]] for one in MetricData}])

sys.modules["boto3"] = types.SimpleNamespace(client=lambda name: Client())
os.environ.update(
    ENVIRONMENT="prod", PIPELINE="platform-prod-pipeline", NAMESPACE="Platform/Delivery", MAIL="mail", CHAT="chat",
    REVIEW="https://review/EXECUTION", CONSOLE="https://console", AWS_REGION="ap-southeast-1",
)
names = {}
exec(code, names)
try:
    names["handler"](event, None)
finally:
    print(json.dumps(done))
`;

type Json = ReturnType<typeof JSON.parse>;

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecutionDetail.html */
const action = (stageName: string, actionName: string, startTime: string, more: object = {}, category = 'Deploy') => ({
  stageName,
  actionName,
  startTime,
  status: 'Succeeded',
  input: { actionTypeId: { category, owner: 'AWS', provider: 'any', version: '1' } },
  output: {},
  ...more,
});

const source = (CommitId: string, CommitMessage: string, AuthorDate: string) =>
  action(
    'Source',
    'Source',
    '2026-11-29T10:00:00+00:00',
    {
      output: {
        outputVariables: {
          CommitId,
          CommitMessage,
          AuthorDate,
          BranchName: 'main',
          FullRepositoryName: 'example/platform',
          ConnectionArn: 'arn:aws:codeconnections:ap-southeast-1:333333333333:connection/0',
        },
      },
    },
    'Source',
  );

const GOOD = source('0011223344556677', 'Faster pages', '2026-11-28T10:00:00Z');
const BAD = source('8899aabbccddeeff', 'Fix "login"\n\nand more', '2026-11-29T09:00:00Z');
const APPROVED = action(
  'Build',
  'Approve-prod',
  '2026-11-29T10:10:00+00:00',
  {
    updatedBy: 'arn:aws:sts::333333333333:assumed-role/Approver/jane',
  },
  'Approval',
);
const standard = (triggerType = 'StartPipelineExecution') => ({ executionType: 'STANDARD', trigger: { triggerType } });

const RECORD = {
  executions: {
    bad: standard(),
    better: standard(),
    back: {
      executionType: 'ROLLBACK',
      trigger: { triggerType: 'AutomatedRollback' },
      rollbackMetadata: { rollbackTargetPipelineExecutionId: 'good' },
    },
    byHand: {
      executionType: 'ROLLBACK',
      trigger: { triggerType: 'ManualRollback' },
      rollbackMetadata: { rollbackTargetPipelineExecutionId: 'good' },
    },
  },
  actions: {
    good: [GOOD, action('prod', 'Network.Deploy', '2026-11-28T11:00:00+00:00')],
    bad: [
      action('prod', 'Workloads.Deploy', '2026-11-29T10:25:00+00:00', {
        status: 'Failed',
        output: { executionResult: { externalExecutionSummary: 'Timeout waiting for output' } },
      }),
      action('prod', 'Network.Deploy', '2026-11-29T10:20:00+00:00'),
      APPROVED,
      BAD,
    ],
    better: [action('prod', 'Network.Deploy', '2026-11-29T12:00:00+00:00'), APPROVED, BAD],
    back: [action('prod', 'Network.Deploy', '2026-11-29T10:40:00+00:00')],
    rejected: [GOOD],
  } as Record<string, Json[]>,
  summaries: [
    { pipelineExecutionId: 'later', status: 'InProgress' },
    { pipelineExecutionId: 'better', status: 'Succeeded' },
    { pipelineExecutionId: 'back', status: 'Succeeded' },
    { pipelineExecutionId: 'rejected', status: 'Failed' },
    { pipelineExecutionId: 'bad', status: 'Failed' },
    { pipelineExecutionId: 'good', status: 'Succeeded' },
  ],
};

const run = (event: object, record: object) => {
  const input = JSON.stringify([deploymentsCode(), record, { time: '2026-11-29T10:50:00Z', ...event }]);
  const { status, stdout, stderr } = spawnSync('python3', ['-c', CALL], { encoding: 'utf8', input });
  return { status, stdout, stderr };
};

const call = (event: object, record: object = RECORD) => {
  const { status, stdout, stderr } = run(event, record);
  if (status !== 0) throw new Error(stderr);
  const done: Json[] = JSON.parse(stdout);
  const [[mailTopic, mail], [chatTopic, chat]]: Json = done.slice(-2);
  const [figures] = done.slice(0, -2); // before anybody hears of it
  const { content, ...shape } = JSON.parse(chat);
  const { execution } = event as { readonly execution: string };
  const console = `https://console/platform-prod-pipeline/executions/${execution}/timeline?region=ap-southeast-1`;
  expect([mailTopic, mail, chatTopic, shape, content]).toEqual([
    'mail',
    `${content.title} ${console}`,
    'chat',
    { version: '1.0', source: 'custom' },
    { textType: 'client-markdown', title: content.title, description: console },
  ]);
  return {
    says: content.title as string,
    figures: figures?.[1] as Json,
    namespace: figures?.[0] as string | undefined,
  };
};

const prod = [{ Name: 'Environment', Value: 'prod' }];

wherePythonIs('the function that follows deployments', () => {
  test('says which commit is on its way', () => {
    expect(call({ kind: 'Started', execution: 'bad' })).toEqual({
      says: 'A deployment of prod began: 8899aabb "Fix "login"".',
    });
  });

  test('says what waits, and leads to its review', () => {
    expect(call({ kind: 'Waits', execution: 'bad' }).says).toMatch(
      /^8899aabb .* waits for you before it reaches prod\. .*: https:\/\/review\/bad$/,
    );
  });

  test('says what is deployed, how long it took and who approved it; measures it', () => {
    const { says, figures, namespace } = call(
      { kind: 'Ended', execution: 'better', time: '2026-11-29T12:23:20Z' },
      {
        ...RECORD,
        summaries: RECORD.summaries.filter(({ pipelineExecutionId: id }) => id !== 'back'),
      },
    );
    expect(says).toBe('8899aabb "Fix "login"" is deployed to prod, in 23 minutes. jane approved it.');
    expect(namespace).toBe('Platform/Delivery');
    expect(figures).toEqual({
      Deployments: [1, 'Count', prod],
      LeadTime: [3 * 3600 + 23 * 60 + 20, 'Seconds', prod],
      TimeToRestore: [2 * 3600 + 3 * 60 + 20, 'Seconds', prod], // since 10:20, when the bad one began
    });
  });

  test('says what failed, and why; counts a deployment that failed', () => {
    expect(call({ kind: 'Failed', execution: 'bad', stage: 'prod' })).toEqual({
      says: '8899aabb "Fix "login"" failed in the stage prod of prod: Workloads.Deploy: Timeout waiting for output.',
      namespace: 'Platform/Delivery',
      figures: { FailedDeployments: [1, 'Count', prod] },
    });
    const record = { ...RECORD, actions: { ...RECORD.actions, bad: RECORD.actions.better } };
    expect(call({ kind: 'Failed', execution: 'bad', stage: 'prod' }, record).says).toMatch(/prod, by its condition\.$/);
  });

  test('does not count what never reached the environment, and no way back', () => {
    expect(call({ kind: 'Failed', execution: 'bad', stage: 'Build' }).figures).toBeUndefined();
    expect(call({ kind: 'Failed', execution: 'back', stage: 'prod' }).figures).toBeUndefined();
    expect(call({ kind: 'RollsBack', execution: 'back' }).figures).toBeUndefined();
  });

  test('says where the environment goes back to; counts a way back by hand, because somebody saw a failure', () => {
    expect(call({ kind: 'RollsBack', execution: 'back' }).says).toBe('prod goes back to 00112233 "Faster pages".');
    expect(call({ kind: 'RollsBack', execution: 'byHand' }).figures).toEqual({ FailedDeployments: [1, 'Count', prod] });
  });

  test('says that the environment is back, and measures how long it was bad; a way back is no deployment', () => {
    expect(call({ kind: 'Ended', execution: 'back' })).toEqual({
      says: 'prod is back at 00112233 "Faster pages", in 10 minutes.',
      namespace: 'Platform/Delivery',
      figures: { TimeToRestore: [30 * 60, 'Seconds', prod] },
    });
  });

  test('measures no time to restore after a commit that was deployed and not promoted', () => {
    const promoted = action('Promote', 'Promote', '2026-11-29T10:45:00+00:00', { status: 'Failed' });
    const record = { ...RECORD, actions: { ...RECORD.actions, bad: [promoted, ...RECORD.actions.better!] } };
    record.actions.bad = record.actions.bad!.map((one) =>
      one.stageName === 'prod' ? { ...one, startTime: '2026-11-29T10:20:00+00:00' } : one,
    );
    const later = { kind: 'Ended', execution: 'better', time: '2026-11-29T12:23:20Z' };
    const summaries = RECORD.summaries.filter(({ pipelineExecutionId: id }) => id !== 'back');
    expect(call(later, { ...record, summaries }).figures).not.toHaveProperty('TimeToRestore');
  });

  test('tells nobody while a figure cannot be written, because AWS calls it again', () => {
    const { stderr, ...ended } = run({ kind: 'Ended', execution: 'back' }, { ...RECORD, refuses: true });
    expect(ended).toEqual({ status: 1, stdout: '[]\n' });
    expect(stderr).toContain('Throttling');
  });

  test('measures no time to restore after a deployment that succeeded', () => {
    expect(call({ kind: 'Ended', execution: 'better', time: '2026-11-29T12:23:20Z' }).figures).not.toHaveProperty(
      'TimeToRestore',
    );
  });
});
