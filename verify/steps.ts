import type { Guard } from './guard';

/** A step of a deployment: a program with its arguments. */
export interface Step {
  readonly title: string;
  readonly args: readonly [program: string, ...args: string[]];
}

export interface Deployment {
  readonly environment: string;
  /** Commit that the review compares with. */
  readonly base: string;
  /** The CDK CLI asks nobody before it changes permissions. */
  readonly unattended: boolean;
  /** Alarms that roll the services back. `none` removes those of an earlier deployment. @default - as the stacks have them */
  readonly guard?: Guard | 'none' | undefined;
}

const script = (name: string, ...args: readonly string[]): Step => ({
  title: `npm run ${[name, '--', ...args].join(' ')}`,
  args: ['npm', 'run', '--silent', name, '--', ...args],
});

/** Arguments of `cdk deploy` for a stack that alarms guard, and for those before it. */
export const guardedArgs = ({ stack, after, alarmArns, minutes }: Guard): readonly (readonly string[])[] => [
  [...after],
  [
    stack,
    '--exclusively',
    ...alarmArns.flatMap((arn) => ['--rollback-trigger-alarm-arns', arn]),
    '--monitoring-time-minutes',
    `${minutes}`,
  ],
];

/** The steps of a deployment, in their order. */
export const stepsOf = ({ environment, base, unattended, guard }: Deployment): readonly Step[] => {
  const deploy = (stacks: readonly string[]): Step => {
    const common = ['-c', `env=${environment}`, ...(unattended ? ['--require-approval', 'never'] : [])];
    const args = ['cdk', 'deploy', ...stacks, ...common];
    return { title: `npx ${args.join(' ')}`, args: ['npx', ...args] };
  };
  return [
    script('doctor', environment),
    script('review', base, '--env', environment),
    ...(guard === undefined || guard === 'none' ? [] : guardedArgs(guard).map(deploy)),
    deploy(['--all', ...(guard === 'none' ? ['--rollback-trigger-alarm-arns', 'none'] : [])]),
    script('verify', environment),
  ];
};

/** Runs steps until one fails. Its exit code, or 0. */
export const runSteps = async (
  steps: readonly Step[],
  run: (step: Step) => Promise<number>,
  say: (line: string) => void,
): Promise<number> => {
  for (const [at, step] of steps.entries()) {
    say(`== ${at + 1} of ${steps.length}: ${step.title}`);
    const code = await run(step);
    if (code === 0) continue;
    const left = steps.slice(at + 1).map(({ title }) => title);
    say(`The deployment stops, because "${step.title}" ended with ${code}. Fix what it names, and start again.`);
    if (left.length > 0) say(`Not run: ${left.join('; ')}`);
    return code;
  }
  return 0;
};
