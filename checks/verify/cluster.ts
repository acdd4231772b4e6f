import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import type { DaemonSetStatus, DeploymentStatus } from 'kubernetes-types/apps/v1';
import { connect } from '../../doctor/aws';
import { kubernetesBinaries } from '../../rehearsal/src/cluster/kubernetes-binaries';
import { SECTIONS } from '../../verify/checks';
import { examine } from '../../verify/examine';
import { exitCode, report } from '../../verify/report';
import { manifestsOf } from '../../verify/rollouts';
import type { Target } from '../../verify/target';
import { findProgram } from '../servers/install';

/** A workload as the API lists it: the fields of all kinds, as far as a rollout is read from them. */
interface Workload {
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string; generation: number };
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: { readonly name: string; image: string }[] } };
  };
  readonly status: DeploymentStatus & DaemonSetStatus;
}

/** A wrong answer of a Kubernetes API, and the verification's message about it. */
export interface PlantedRollout {
  readonly title: string;
  /** Changes what the API lists: the workloads, of which `named` gives one. */
  readonly plant?: (named: (name: string) => Workload, all: Workload[]) => void;
  /** The API refuses the credentials, or nothing listens. */
  readonly api?: 'refuses' | 'closed';
  /** Lists before all is well. @default - it stays as it is */
  readonly after?: number;
  readonly says: RegExp;
  readonly exitCode: 0 | 1 | 2;
}

export const ROLLOUTS: readonly PlantedRollout[] = [
  { title: 'every rollout is complete', says: /^✔ Every workload runs its image/, exitCode: 0 },
  {
    title: 'a rollout completes while it is waited for',
    plant: (named) => (named('api-gateway-blue').status.updatedReplicas = 0),
    after: 1,
    says: /^✔ Every workload runs its image/,
    exitCode: 0,
  },
  {
    title: 'a rollout does not complete in time',
    plant: (named) => (named('auth-service').status.availableReplicas = 1),
    says: /^The Deployment platform-core\/auth-service is not rolled out: 2 of 2 pods are new, 1 are available → kubectl rollout status -n platform-core deployment\/auth-service/m,
    exitCode: 1,
  },
  {
    title: 'a rollout has passed its deadline',
    plant: (named) => {
      const message = 'ReplicaSet "frontend-blue-5d9" has timed out progressing.';
      const reason = 'ProgressDeadlineExceeded';
      named('frontend-blue').status.conditions = [{ type: 'Progressing', status: 'False', reason, message }];
    },
    says: /^The Deployment platform-apps\/frontend-blue is not rolled out: ReplicaSet "frontend-blue-5d9" has timed out progressing\. → /m,
    exitCode: 1,
  },
  {
    title: 'no controller has seen a change',
    plant: (named) => (named('grafana').metadata.generation = 8),
    says: /^The \w+ platform-monitoring\/grafana is not rolled out: no controller has seen its last change → /m,
    exitCode: 1,
  },
  {
    title: 'a workload runs another image',
    plant: (named) => (named('tenant-service').spec.template.spec.containers[0]!.image = 'example/tenant-service:old'),
    says: /^The Deployment platform-core\/tenant-service is not rolled out: it runs example\/tenant-service:old, and not \d+\.dkr\.ecr\..*\/platform\/tenant-service:/m,
    exitCode: 1,
  },
  {
    title: 'a workload does not exist',
    plant: (named, all) => void all.splice(all.indexOf(named('service-registry')), 1),
    says: /^The Deployment platform-core\/service-registry is not rolled out: it does not exist → /m,
    exitCode: 1,
  },
  {
    title: 'the Kubernetes API refuses the credentials',
    api: 'refuses',
    says: /^not asked, because the Kubernetes API rejects the credentials: use a role of cluster\.administratorRoleArns/m,
    exitCode: 2,
  },
  {
    title: 'the Kubernetes API cannot be reached',
    api: 'closed',
    says: /^not asked, because the Kubernetes API does not answer: open the way to it as docs\/access\.md says \(/m,
    exitCode: 2,
  },
];

/** The workloads of the templates, rolled out. */
const rolledOut = (target: Target): Workload[] =>
  manifestsOf(target).map(({ kind, namespace, name, images }): Workload => ({
    kind,
    metadata: { namespace, name, generation: 7 },
    spec: { replicas: 2, template: { spec: { containers: images.map((image) => ({ name, image })) } } },
    status: {
      observedGeneration: 7,
      replicas: 2,
      updatedReplicas: 2,
      availableReplicas: 2,
      desiredNumberScheduled: 2,
      updatedNumberScheduled: 2,
      numberAvailable: 2,
      currentNumberScheduled: 2,
      numberMisscheduled: 0,
      numberReady: 2,
    },
  }));

/** A Kubernetes API on this machine, to which a real kubectl goes by default. */
const startApi = async (target: Target, folder: string, { plant, api, after = Infinity }: PlantedRollout) => {
  let rounds = 0;
  const server = createServer((request, response) => {
    const kind = /^\/apis\/apps\/v1\/(\w+)s(\?|$)/.exec(request.url ?? '')?.[1];
    const all = rolledOut(target);
    if (kind === 'deployment') rounds += 1;
    if (rounds <= after) plant?.((name) => all.find(({ metadata }) => metadata.name === name)!, all);
    const items = all.filter((each) => each.kind.toLowerCase() === kind);
    const refused = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Unauthorized', code: 401 };
    response.writeHead(api === 'refuses' ? 401 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(api === 'refuses' ? refused : { kind: 'List', items }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  if (api === 'closed') server.close();
  const context = `arn:aws:eks:${target.region}:${target.account}:cluster/platform-${target.name}`;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'here', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'nobody', user: {} }],
    contexts: [{ name: context, context: { cluster: 'here', user: 'nobody' } }],
  };
  process.env.KUBECONFIG = join(folder, 'kubeconfig');
  await writeFile(process.env.KUBECONFIG, JSON.stringify(config));
  return () => server.close();
};

/** Where the machine has no kubectl, the one of the rehearsal is put into its PATH. */
export const useKubectl = async (signal: AbortSignal): Promise<void> => {
  if (findProgram('kubectl') !== undefined) return;
  const folder = await kubernetesBinaries(undefined, console.log, signal);
  process.env.PATH = `${folder}${delimiter}${process.env.PATH}`;
};

/** Why the verification does not say what it has to, if it does not. */
export const rolled = async (
  target: Target,
  planted: PlantedRollout,
  folder: string,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const stop = await startApi(target, folder, planted);
  try {
    const cluster = { patience: planted.after === undefined ? 0 : 60_000 };
    const world = { aws: connect(target.region), web: { detours: [], patience: 0 }, cluster, signal };
    const results = await examine(world, target, SECTIONS.cluster);
    const lines = report(target.name, results).replaceAll(/^ +/gm, '');
    const code = exitCode(results);
    return planted.says.test(lines) && code === planted.exitCode
      ? undefined
      : `exit code ${code}, and it says\n${lines}`;
  } finally {
    stop();
  }
};
