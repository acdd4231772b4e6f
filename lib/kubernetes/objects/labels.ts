import { APP_LABEL } from '../../model/labels';
import type { Manifest } from '../manifest';

/** The part of the platform that a workload belongs to. */
export type Component = 'service' | 'database' | 'tenancy' | 'monitoring' | 'cluster';

/** What tells a workload apart from all others. */
export interface WorkloadIdentity {
  /** Label `app` of its pods. No other workload of the cluster has it. */
  readonly app: string;
  /** Program that it runs; the same for workloads that are one program. @default - `app` */
  readonly program?: string | undefined;
  readonly component: Component;
}

/** An object of a workload. */
export const labelled = <T extends Manifest>(_: WorkloadIdentity, object: T): T => object;

/** All objects of a workload. */
export const labelledAll = <T extends readonly Manifest[]>(workload: WorkloadIdentity, objects: T): T =>
  objects.map((object) => labelled(workload, object)) as unknown as T;

/** By what everything selects the pods of a workload. */
export const appLabel = (app: string): Record<string, string> => ({ [APP_LABEL]: app });
