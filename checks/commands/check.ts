import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { command } from '../../rehearsal/src/command-line';
import { kubernetesBinaries } from '../../rehearsal/src/cluster/kubernetes-binaries';
import type { Outcome } from '../../rehearsal/src/outcome';
import { pythonEnvironment } from '../../rehearsal/src/emulator/python-environment';
import { rehearse } from '../../rehearsal/src/rehearsal';
import type { Place } from '../../rehearsal/src/drills/drills';
import { isPlaceholder } from './contents';
import type { Documented } from './documented';
import { documentedCommands, problem } from './pages';

/** Objections of the AWS CLI to commands. A sentence may name a command without its required arguments. */
const awsProblems = async (commands: readonly Documented[], signal: AbortSignal): Promise<readonly string[]> => {
  const python = await pythonEnvironment(console.log, signal, join(__dirname, 'requirements.txt'));
  const input = JSON.stringify(commands.map(({ args }) => args));
  const { stdout, stderr } = spawnSync(python, [join(__dirname, 'aws.py')], { input, encoding: 'utf8' });
  if (!stdout.startsWith('[')) throw new Error(`the AWS CLI does not work: ${stderr}`);
  const said: readonly string[] = JSON.parse(stdout);
  return commands.flatMap((one, at) => {
    const isIncomplete = one.inline && /arguments are required/.test(said[at]!);
    const isShort = one.args.some(isPlaceholder) && /Invalid length for parameter/.test(said[at]!);
    return said[at] === '' || isIncomplete || isShort ? [] : [problem(one, said[at]!)];
  });
};

/** Verbs that only read. A rehearsed node has no logs, no measurements and no programs in a container. */
const LOOKS = new Set(['get', 'describe', 'auth']);

/** Options and kinds of objects that may be missing: pods that do not run, requests that nobody has made. */
const PASSING = new Set(['--field-selector', 'certificatesigningrequests']);

/** Runs the kubectl commands that only read, as they are; problems are those that fail, or find nothing. */
const looked = async ({ emulator, signal }: Place): Promise<Outcome> => {
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
  const faults = run.flatMap((one) => {
    const { status, stdout, stderr } = spawnSync(kubectl, one.args, { env: environment, encoding: 'utf8' });
    const isIncomplete = one.inline && /^error: (You must specify|required resource)/.test(stderr);
    const isFound = stdout.trim() !== '' || one.args.some((word) => PASSING.has(word));
    return isIncomplete || (status === 0 && isFound) ? [] : [problem(one, stderr.trim() || 'finds nothing')];
  });
  return { faults, line: `${run.length} documented commands of kubectl find what they ask for` };
};

const check = async (signal: AbortSignal) => {
  const aws = documentedCommands().filter(({ program }) => program === 'aws');
  const problems = await awsProblems(aws, signal);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log(`✔ the AWS CLI accepts the ${aws.length} documented aws commands`);
  await rehearse({
    target: 'dev',
    keep: false,
    seed: 1,
    update: undefined,
    kubernetes: undefined,
    drills: [['commands', 'documented commands are run', looked]],
    signal,
  });
};

const USAGE = `usage: npm run check:commands

Checks every aws command of the documentation with the AWS CLI, and runs the kubectl commands that only read in a rehearsed cluster.`;

void command({ usage: USAGE }, ({ signal }) => check(signal));
