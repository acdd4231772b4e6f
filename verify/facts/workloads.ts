import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { DaemonSet, Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import { Unanswered } from '../../doctor/why';
import { manifestsOf, rolloutOf, type Rollout } from '../rollouts';
import type { Target } from '../target';
import { contextOf, reasonOf } from './kubectl';
import { reader, type World } from './reader';

/** Milliseconds between two looks at rollouts. */
const INTERVAL = 5_000;

type Workload = Deployment | DaemonSet | StatefulSet;

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
