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
}

const script = (name: string, ...args: readonly string[]): Step => ({
  title: `npm run ${[name, '--', ...args].join(' ')}`,
  args: ['npm', 'run', '--silent', name, '--', ...args],
});

/** The steps of a deployment, in their order. */
export const stepsOf = ({ environment, base, unattended }: Deployment): readonly Step[] => {
  const deploy = ['deploy', '--all', '-c', `env=${environment}`];
  const args = ['cdk', ...deploy, ...(unattended ? ['--require-approval', 'never'] : [])];
  return [
    script('doctor', environment),
    script('review', base, '--env', environment),
    { title: `npx ${args.join(' ')}`, args: ['npx', ...args] },
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
