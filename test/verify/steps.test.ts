import { runSteps, stepsOf } from '../../verify/steps';

const steps = stepsOf({ environment: 'prod', base: 'main', unattended: false });

/** Runs the steps, of which one ends with a code. */
const ended = async (failing?: string, code = 1) => {
  const run: string[] = [];
  const said: string[] = [];
  const result = await runSteps(
    steps,
    async ({ title }) => {
      run.push(title);
      return title === failing ? code : 0;
    },
    (line) => said.push(line),
  );
  return { run, said, result };
};

test('a deployment is examined, reviewed, made and verified, in this order', async () => {
  const { run, result } = await ended();
  expect(run).toEqual([
    'npm run doctor -- prod',
    'npm run review -- main --env prod',
    'npx cdk deploy --all -c env=prod',
    'npm run verify -- prod',
  ]);
  expect(result).toBe(0);
});

test.each(steps.map(({ title }, at) => [title, at] as const))(
  '%s: nothing runs after it if it fails',
  async (title, at) => {
    const { run, said, result } = await ended(title, 2);
    expect(run).toHaveLength(at + 1);
    expect(result).toBe(2);
    expect(said.join('\n')).toContain(`The deployment stops, because "${title}" ended with 2.`);
  },
);

test.each([
  [false, 'npx cdk deploy --all -c env=dev'],
  [true, 'npx cdk deploy --all -c env=dev --require-approval never'],
])('the CDK CLI changes permissions without a question: %s', (unattended, command) => {
  const [, , deployment] = stepsOf({ environment: 'dev', base: 'main', unattended });
  expect(deployment!.args.join(' ')).toBe(command);
});

test('an unguarded deployment removes the alarms of an earlier one', () => {
  const [, , deployment] = stepsOf({ environment: 'dev', base: 'main', unattended: false, guard: 'none' });
  expect(deployment!.args.join(' ')).toBe('npx cdk deploy --all --rollback-trigger-alarm-arns none -c env=dev');
});

test('alarms guard the services: what they need comes before them, and the rest after', () => {
  const guard = {
    stack: 'prod/Workloads',
    after: ['prod/Network', 'prod/Mysql'],
    alarmArns: [
      'arn:aws:cloudwatch:ap-southeast-1:333333333333:alarm:one',
      'arn:aws:cloudwatch:ap-southeast-1:333333333333:alarm:two',
    ],
    minutes: 15,
  };
  const deployments = stepsOf({ environment: 'prod', base: 'main', unattended: true, guard }).slice(2, -1);
  const common = '-c env=prod --require-approval never';
  expect(deployments.map(({ title }) => title)).toEqual([
    `npx cdk deploy prod/Network prod/Mysql ${common}`,
    `npx cdk deploy prod/Workloads --exclusively --rollback-trigger-alarm-arns ${guard.alarmArns[0]} ` +
      `--rollback-trigger-alarm-arns ${guard.alarmArns[1]} --monitoring-time-minutes 15 ${common}`,
    `npx cdk deploy --all ${common}`,
  ]);
});
