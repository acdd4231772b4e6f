import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { DaemonSet, Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import { Unanswered } from '../../doctor/why';
import { manifestsOf, rolloutOf, type Rollout } from '../rollouts';
import type { Target } from '../target';
import { reader, type World } from './reader';

/** Milliseconds between two looks at rollouts. */
const INTERVAL = 5_000;

type Workload = Deployment | DaemonSet | StatefulSet;

/** The name that `aws eks update-kubeconfig` gives the context of a cluster. */
const contextOf = ({ account, region, name }: Target): string =>
  `arn:aws:eks:${region}:${account}:cluster/platform-${name}`;

/** The failure of kubectl, from its standard error, with the fix. */
const reasonOf = (error: NodeJS.ErrnoException & { readonly stderr?: string }, context: string): string => {
  const said = `${error.stderr ?? ''}`.trim().split('\n').at(-1) ?? '';
  if (error.code === 'ENOENT') return 'kubectl is not installed: install it';
  if (/context .*does not exist|context was not found/.test(said))
    return `kubectl has no context "${context}": reach the cluster as docs/access.md says, or name its context with --context`;
  if (/Unauthorized|must be logged in|credentials/i.test(said))
    return `the Kubernetes API rejects the credentials: use a role of cluster.administratorRoleArns (${said})`;
  return `the Kubernetes API does not answer: open the way to it as docs/access.md says (${said || error.message})`;
};

const list = async ({ cluster, signal }: World, target: Target, kind: string): Promise<readonly Workload[]> => {
  const context = cluster.context ?? contextOf(target);
  const args = ['--context', context, '--request-timeout', '10s', 'get', '--raw', `/apis/apps/v1/${kind}`];
  try {
    const { stdout } = await promisify(execFile)('kubectl', args, { signal, maxBuffer: 2 ** 28 });
    return JSON.parse(stdout).items;
  } catch (error) {
    throw new Unanswered(reasonOf(error as NodeJS.ErrnoException, context));
  }
};

/** The rollouts of all workloads of the manifests, when they are complete, have failed, or the time is over. */
export const rollouts = reader('the Kubernetes API, through kubectl', [], async (world, target) => {
  const wanted = manifestsOf(target);
  const until = Date.now() + world.cluster.patience;
  for (;;) {
    const kinds = { Deployment: 'deployments', DaemonSet: 'daemonsets', StatefulSet: 'statefulsets' };
    const there = await Promise.all(
      Object.entries(kinds).map(async ([kind, path]) =>
        (await list(world, target, path)).map((object) => ({ ...object, kind })),
      ),
    );
    const found: readonly Rollout[] = wanted.map((one) => rolloutOf(one, there.flat() as readonly Workload[]));
    const waits = found.some(({ state }) => state === 'in progress');
    if (!waits || Date.now() >= until) return found;
    await sleep(INTERVAL, undefined, { signal: world.signal });
  }
});
