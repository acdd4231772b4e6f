import type { JobName } from '../../lib/kubernetes/prometheus/jobs';

/** A target that Prometheus has to find. */
export interface Target {
  readonly job: JobName;
  /** Where it asks, with the path and what follows. */
  readonly url: string;
  /** The object that declares it. */
  readonly what: string;
  /** Labels that its series have to have. */
  readonly labels: Readonly<Record<string, string>>;
  /** The source of its answer: metrics that are made here, or something real, at a port of this machine or where it is. */
  readonly answer: (() => string) | { readonly port: number } | 'itself';
}
