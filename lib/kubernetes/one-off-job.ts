import type { Job, JobSpec } from 'kubernetes-types/batch/v1';
import type { Manifest } from './manifest';
import { digest } from './objects/digest';
import { appLabel, labelled, type WorkloadIdentity } from './objects/labels';

/** Seconds in which a Job has to succeed: less than the 15 minutes that the function runs which waits for it. */
export const JOB_DEADLINE = 780;

export interface OneOffJobProps {
  readonly name: string;
  readonly namespace: string;
  readonly workload: WorkloadIdentity;
  /** The task of the Job. */
  readonly spec: JobSpec;
  /** Further input that runs it again when it changes. Tokens, whose values only a deployment knows, count as nothing. */
  readonly also: unknown;
}

/**
 * A Job that runs once. Kubernetes changes none in place: its name changes with what it is, so that a change runs it again, and
 * nothing else does.
 *
 * The labels that Kubernetes recommends are not what it is, so they do not count. They follow from what does, its name and its image:
 * Kubernetes would refuse other ones under the same name, for the template of a Job never changes.
 */
export const oneOffJob = ({ name, namespace, workload, spec, also }: OneOffJobProps): Manifest<Job> =>
  labelled(workload, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `${name}-${digest([spec, also])}`, namespace, labels: appLabel(name) },
    spec,
  });
