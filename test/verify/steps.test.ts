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
