/** A data source, as panels name it. */
export interface Source {
  /** Kind of data source, and id of its plugin. */
  readonly type: string;
  readonly uid: string;
}

/** Prometheus of the cluster. */
export const PROMETHEUS_SOURCE = { type: 'prometheus', uid: 'prometheus' } as const satisfies Source;

/** CloudWatch of the home region. */
export const CLOUDWATCH_SOURCE = { type: 'cloudwatch', uid: 'cloudwatch' } as const satisfies Source;
