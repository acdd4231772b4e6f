import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import { APP_LABEL, COLOR_LABEL, LABELS } from '../../model/labels';
import type { Color } from '../../model/names';
import type { Manifest } from '../manifest';

/** The part of the platform that a workload belongs to. */
type Component = 'service' | 'database' | 'tenancy' | 'monitoring' | 'cluster';

/** The label that tells a workload apart from all others. */
export interface WorkloadIdentity {
  /** Label `app` of its pods. No other workload of the cluster has it. */
  readonly app: string;
  /** Program that it runs; the same for workloads that are one program. @default - `app` */
  readonly program?: string | undefined;
  readonly component: Component;
}

interface MakesPods {
  readonly spec?: { readonly template?: PodTemplateSpec };
}

/** The tag of a full image reference: `1.0.0` of `registry/service:1.0.0@sha256:…`. */
const tagOf = (image: string): string => {
  const [named = ''] = image.split('@');
  return named.slice(named.lastIndexOf(':') + 1);
};

/**
 * The labels that Kubernetes recommends. The instance is the name of the workload, as `mysql-abcxyz` is in Kubernetes' own example: a cluster
 * has one environment, whose name is a label of its namespaces, and a setup for each database, which only their names tell apart.
 */
const recommended = ({ app, program = app, component }: WorkloadIdentity): Readonly<Record<string, string>> => ({
  [LABELS.name]: program,
  [LABELS.instance]: app,
  [LABELS.component]: component,
  [LABELS.partOf]: 'service-management-platform',
  [LABELS.managedBy]: 'aws-cdk',
});

const withLabels = <T extends { readonly labels?: Readonly<Record<string, string>> }>(
  metadata: T,
  labels: Readonly<Record<string, string>>,
) => ({ ...metadata, labels: { ...metadata.labels, ...labels } });

/**
 * An object of a workload, with the labels that Kubernetes recommends. An object that makes pods has the version too, and so do its pods:
 * the tag of their image. The rest does not change with a release.
 *
 * No selector may use them: those of a Deployment never change, and the others would miss pods in the middle of a rollout.
 */
export const labelled = <T extends Manifest>(workload: WorkloadIdentity, object: T): T => {
  const { metadata, ...rest } = object as Manifest & MakesPods;
  const template = rest.spec?.template;
  if (template === undefined) return { ...object, metadata: withLabels(metadata, recommended(workload)) };
  const labels = { ...recommended(workload), [LABELS.version]: tagOf(template.spec!.containers[0]!.image!) };
  return {
    ...object,
    metadata: withLabels(metadata, labels),
    spec: { ...rest.spec, template: { ...template, metadata: withLabels(template.metadata!, labels) } },
  };
};

/** All objects of a workload, labelled. */
export const labelledAll = <T extends readonly Manifest[]>(workload: WorkloadIdentity, objects: T): T =>
  objects.map((object) => labelled(workload, object)) as unknown as T;

/** By what everything selects the pods of a workload. */
export const appLabel = (app: string): Record<string, string> => ({ [APP_LABEL]: app });

/** The label of a color's pods, beside that of their workload; none without a color. */
export const colorLabel = (color: Color | undefined): Record<string, string> =>
  color === undefined ? {} : { [COLOR_LABEL]: color };
