import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { kubernetesBinaries } from '../../rehearsal/kubernetes-binaries';
import type { Outcome } from '../../rehearsal/outcome';
import { pythonEnvironment } from '../../rehearsal/python-environment';
import { rehearse } from '../../rehearsal/rehearsal';
import type { Place } from '../../rehearsal/trials';
import { isPlaceholder } from './contents';
import type { Documented } from './documented';
import { documentedCommands, problem } from './pages';

const interruption = new AbortController();
const { signal } = interruption;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interruption.abort());

/** What the AWS CLI says against commands. A sentence may name one without what it requires. */
const awsProblems = async (commands: readonly Documented[]): Promise<readonly string[]> => {
  const python = await pythonEnvironment(console.log, signal, join(__dirname, 'requirements.txt'));
  const input = JSON.stringify(commands.map(({ args }) => args));
  const { stdout, stderr } = spawnSync(python, [join(__dirname, 'aws.py')], { input, encoding: 'utf8' });
  if (!stdout.startsWith('[')) throw new Error(`the AWS CLI does not work: ${stderr}`);
  const said: readonly string[] = JSON.parse(stdout);
  return commands.flatMap((command, at) => {
    const isIncomplete = command.inline && /arguments are required/.test(said[at]!);
    const isShort = command.args.some(isPlaceholder) && /Invalid length for parameter/.test(said[at]!);
    return said[at] === '' || isIncomplete || isShort ? [] : [problem(command, said[at]!)];
  });
};

/** What only looks. Logs, measurements and programs in a container are nothing that a rehearsed node has. */
const LOOKS = new Set(['get', 'describe', 'auth']);

/** Of what may not be there: pods that do not run, requests that nobody has made. */
const PASSING = new Set(['--field-selector', 'certificatesigningrequests']);

/** The kubectl commands that only look, run as they are: what fails, or finds nothing. */
const looked = async ({ emulator }: Place): Promise<Outcome> => {
  const { account, region, physicalId } = (await emulator.resources()).find(
    ({ type }) => type === 'AWS::EKS::Cluster',
  )!;
  const kubectl = join(await kubernetesBinaries(undefined, () => {}, signal), 'kubectl');
  const kubeconfig = emulator.kubeconfig(account, region, physicalId);
  const environment = { PATH: process.env.PATH, KUBECONFIG: kubeconfig, HOME: dirname(kubeconfig) }; // its cache goes with it
  const run = documentedCommands().filter(
    ({ program, args }) =>
      program === 'kubectl' && args.some((word) => LOOKS.has(word)) && !args.some((word) => isPlaceholder(word)),
  );
  const faults = run.flatMap((command) => {
    const { status, stdout, stderr } = spawnSync(kubectl, command.args, { env: environment, encoding: 'utf8' });
    const isIncomplete = command.inline && /^error: (You must specify|required resource)/.test(stderr);
    const isFound = stdout.trim() !== '' || command.args.some((word) => PASSING.has(word));
    return isIncomplete || (status === 0 && isFound) ? [] : [problem(command, stderr.trim() || 'finds nothing')];
  });
  return { faults, line: `${run.length} documented commands of kubectl find what they ask for` };
};

const check = async () => {
  const aws = documentedCommands().filter(({ program }) => program === 'aws');
  const problems = await awsProblems(aws);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log(`✔ ${aws.length} documented commands of aws are such`);
  await rehearse({
    target: 'dev',
    keep: false,
    seed: 1,
    update: undefined,
    kubernetes: undefined,
    trials: [['commands', 'documented commands are run', looked]],
    signal,
  });
};

check().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
