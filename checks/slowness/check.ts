import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { choice, command } from '../../rehearsal/src/command-line';
import { environmentNames } from '../../lib/config';
import { nameOf, type Cluster } from '../../rehearsal/src/cluster/cluster';
import type { Outcome } from '../../rehearsal/src/outcome';
import type { Report } from '../../rehearsal/src/report/progress';
import { rehearse } from '../../rehearsal/src/rehearsal';
import { DISTURBANCES, type Drill, type Place } from '../../rehearsal/src/drills/drills';
import { awaitWorkloads } from '../../rehearsal/src/cluster/workloads';

/** Milliseconds for which a program stands still: longer than the rehearsal takes to give up on an idle machine. */
const PAUSE = 20_000;

/** Milliseconds in which all go on, between two pauses. */
const BETWEEN = 5_000;

/** Programs to pause, each by a word of its command: the control plane, and the emulated AWS with all of its controllers. */
const PAUSED = ['kube-scheduler', 'kube-controller-manager', 'kwok', 'kube-apiserver', 'etcd', 'start.py'];

/** The processes below this one that run a program. */
const processesOf = (program: string): readonly number[] => {
  const parents = new Map<number, number>();
  const named: number[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (words.some((word) => word.endsWith(`/${program}`))) named.push(Number(pid));
    } catch {
      // it has ended meanwhile
    }
  const isBelow = (pid: number): boolean => pid === process.pid || (parents.has(pid) && isBelow(parents.get(pid)!));
  return named.filter(isBelow);
};

/** Stops a program for the length of a pause, or until a signal; then it goes on. Throws if it does not run. */
const pause = async (program: string, signal: AbortSignal): Promise<void> => {
  const pids = processesOf(program);
  if (pids.length === 0) throw new Error(`${program} does not run`);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  await sleep(PAUSE, undefined, { signal }).catch(() => {});
  for (const pid of pids) process.kill(pid, 'SIGCONT');
};

/** Restarts every Deployment while a program is paused, and waits until all run: nothing may be called hopeless meanwhile. */
const paused = async (program: string, cluster: Cluster, report: Report, signal: AbortSignal): Promise<void> => {
  report(`${program} is paused`);
  await restartAll(cluster, program);
  await Promise.all([pause(program, signal), awaitWorkloads(cluster, report)]);
};

const restartAll = async (cluster: Cluster, why: string) => {
  for (const { metadata } of await cluster.get<Deployment>('deployments'))
    await cluster.patch(`/apis/apps/v1/namespaces/${metadata?.namespace}/deployments/${metadata?.name}`, {
      spec: { template: { metadata: { annotations: { 'rehearsal/paused': why } } } },
    });
};

/** A pod that no node takes, which has to be named although everything is slow. */
const stillNamed = async (cluster: Cluster, report: Report): Promise<readonly string[]> => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'too-large', namespace: 'default' },
    spec: { containers: [{ name: 'main', image: 'none', resources: { requests: { cpu: '1000' } } }] },
  };
  await cluster.send('POST', '/api/v1/namespaces/default/pods', { body: pod });
  const told = await awaitWorkloads(cluster, report).then(
    () => 'nothing',
    ({ message }: Error) => message,
  );
  await cluster.send('DELETE', '/api/v1/namespaces/default/pods/too-large');
  return told.includes(`${nameOf(pod)} is not ready`) ? [] : [`a pod that no node takes is not named: ${told}`];
};

const slowness = async ({ cluster, signal }: Place, report: Report): Promise<Outcome> => {
  for (const program of PAUSED) await paused(program, cluster, report, signal);
  const faults = await stillNamed(cluster, report);
  return {
    faults,
    line: `${PAUSED.join(', ')} paused for ${PAUSE / 1000} s each: everything runs again, and what cannot is named`,
  };
};

/** Works while one program after another stands still, for as long as the work takes. */
const whilePaused = async <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> => {
  const done = new AbortController();
  const either = AbortSignal.any([done.signal, signal]);
  const pausing = async () => {
    for (let index = 0; !either.aborted; index += 1) {
      await pause(PAUSED[index % PAUSED.length]!, either);
      await sleep(BETWEEN, undefined, { signal: either }).catch(() => {});
    }
  };
  const [result] = await Promise.all([work().finally(() => done.abort()), pausing()]);
  return result;
};

/** Disturbances that the workloads have to survive, while programs are paused too. */
const slowDisturbances = DISTURBANCES.map(([subject, title, attempt]): Drill => [
  subject,
  `${title}, while programs are paused`,
  (place, report) => whilePaused(() => attempt(place, report), place.signal),
]);

const attempts: readonly Drill[] = [['slowness', 'programs are paused', slowness], ...slowDisturbances];
const USAGE = `usage: npm run check:slowness -- [ENVIRONMENT]

  ENVIRONMENT   ${environmentNames.join(', ')} (default: ${environmentNames[0]})

Rehearses the environment, and pauses the programs of the control plane and the emulated AWS.`;

void command({ usage: USAGE, takes: [0, 1] }, ({ positionals: [target = environmentNames[0]!], signal }) =>
  rehearse({
    target: choice('ENVIRONMENT', target, environmentNames),
    keep: false,
    seed: 1,
    update: undefined,
    kubernetes: undefined,
    drills: attempts,
    signal,
  }),
);
