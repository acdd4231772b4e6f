import type { DaemonSet, DaemonSetStatus, Deployment, DeploymentStatus, StatefulSet } from 'kubernetes-types/apps/v1';
import { planned, type Json, type Plan } from '../doctor/plan';
import { textOf } from './target';

type Workload = Deployment | DaemonSet | StatefulSet;

/** A workload that the templates apply. */
export interface PlannedWorkload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly images: readonly string[];
}

/** How far a rollout is, and why not further. */
export interface Rollout {
  readonly workload: PlannedWorkload;
  readonly state: 'complete' | 'in progress' | 'failed';
  /** Empty if it is complete. */
  readonly reason: string;
}

const KINDS = new Set(['Deployment', 'DaemonSet', 'StatefulSet']);

/** The workloads of the manifests, each of which the custom resource of a template applies. */
export const manifestsOf = (plan: Plan): readonly PlannedWorkload[] =>
  planned(plan, 'Custom::AWSCDK-EKS-KubernetesResource')
    .flatMap(({ properties }): Json[] => JSON.parse(textOf(properties.Manifest)))
    .filter(({ kind }) => KINDS.has(kind))
    .map(({ kind, metadata, spec }) => ({
      kind,
      namespace: metadata.namespace,
      name: metadata.name,
      images: spec.template.spec.containers.map(({ image }: Json) => image),
    }));

/** Where a rollout stands, by the same rules as `kubectl rollout status`. */
export const rolloutOf = (workload: PlannedWorkload, there: readonly Workload[]): Rollout => {
  const { kind, namespace, name, images } = workload;
  const found = there.find(
    (one) => one.kind === kind && one.metadata?.namespace === namespace && one.metadata.name === name,
  );
  if (found === undefined) return { workload, state: 'failed', reason: 'it does not exist' };
  const running = found.spec!.template.spec!.containers.map(({ image = '' }) => image);
  const other = images.find((image, at) => !isLike(running[at] ?? '', image));
  if (other !== undefined)
    return { workload, state: 'failed', reason: `it runs ${running.join(', ')}, and not ${images.join(', ')}` };
  if ((found.status?.observedGeneration ?? 0) < (found.metadata?.generation ?? 0))
    return { workload, state: 'in progress', reason: 'no controller has seen its last change' };
  const failure = conditionsOf(found).find(({ reason }) => reason === 'ProgressDeadlineExceeded');
  if (failure !== undefined) return { workload, state: 'failed', reason: failure.message ?? failure.reason! };
  const { wanted, updated, available } = countsOf(found);
  return updated >= wanted && available >= wanted
    ? { workload, state: 'complete', reason: '' }
    : { workload, state: 'in progress', reason: `${updated} of ${wanted} pods are new, ${available} are available` };
};

/** `*` stands for what only a deployment knows. */
const isLike = (image: string, wanted: string): boolean =>
  wanted.includes('*') ? image.endsWith(wanted.slice(wanted.lastIndexOf('*') + 1)) : image === wanted;

const conditionsOf = ({ status }: Workload): NonNullable<DeploymentStatus['conditions']> =>
  (status as DeploymentStatus | undefined)?.conditions ?? [];

const countsOf = (found: Workload) => {
  const status = (found.status ?? {}) as DeploymentStatus & Partial<DaemonSetStatus>;
  const spec = found.spec as Deployment['spec'];
  return found.kind === 'DaemonSet'
    ? {
        wanted: status.desiredNumberScheduled ?? 0,
        updated: status.updatedNumberScheduled ?? 0,
        available: status.numberAvailable ?? 0,
      }
    : {
        wanted: spec?.replicas ?? 1,
        updated: status.updatedReplicas ?? 0,
        available: status.availableReplicas ?? 0,
      };
};
