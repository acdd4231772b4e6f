import type { Series } from '../panel';
import type { Unit } from '../unit';
import { chance, incident, MINUTES, START, wave } from './time';

/** The shape of a metric: its usual range, and its peak in the sample incident. */
interface Sample {
  readonly unit: Unit;
  readonly usual: readonly [low: number, high: number];
  /** @default - nothing happens to it */
  readonly incident?: number;
}

const GIB = 2 ** 30;
const NONE: Sample = { unit: 'none', usual: [0, 0] };

/** Metrics of AWS, by name. */
const METRICS: Readonly<Record<string, Sample>> = {
  CPUUtilization: { unit: 'percent', usual: [22, 38], incident: 71 },
  DaysToExpiry: { unit: 'days', usual: [141, 141] },
  CurrConnections: { unit: 'none', usual: [18, 26] },
  DatabaseConnections: { unit: 'none', usual: [70, 95], incident: 150 },
  DatabaseConnectionsBorrowLatency: { unit: 'microseconds', usual: [900, 2600], incident: 41_000 },
  DatabaseMemoryUsagePercentage: { unit: 'percent', usual: [41, 47] },
  EngineCPUUtilization: { unit: 'percent', usual: [8, 19] },
  ErrorPortAllocation: NONE,
  Errors: NONE,
  Evictions: NONE,
  FreeStorageSpace: { unit: 'bytes', usual: [61 * GIB, 62 * GIB] },
  FreeableMemory: { unit: 'bytes', usual: [1.2 * GIB, 1.4 * GIB] },
  HTTPCode_ELB_5XX_Count: NONE,
  HTTPCode_Target_5XX_Count: { unit: 'none', usual: [0, 8], incident: 240 },
  HealthyHostCount: { unit: 'none', usual: [3, 3] },
  OperationsFailedReplication: NONE,
  RejectedConnectionCount: NONE,
  ReplicaLag: { unit: 'seconds', usual: [0, 1], incident: 14 },
  ReplicationLatency: { unit: 'seconds', usual: [1, 40] },
  ReplicationLag: { unit: 'seconds', usual: [0, 0.4] },
  RequestCount: { unit: 'none', usual: [2300, 3400] },
  TargetResponseTime: { unit: 'seconds', usual: [0.18, 0.35], incident: 2.6 },
  UnHealthyHostCount: { unit: 'none', usual: [0, 0] },
  cluster_failed_node_count: NONE,
  node_cpu_utilization: { unit: 'percent', usual: [44, 58], incident: 76 },
  node_filesystem_utilization: { unit: 'percent', usual: [31, 32] },
  node_memory_utilization: { unit: 'percent', usual: [57, 63] },
  pod_status_pending: NONE,
};

/** Calculated metrics, by a part of their label. */
const CALCULATED: Readonly<Record<string, Sample>> = {
  'of requests failed': { unit: 'percent', usual: [0, 0.4], incident: 8.2 },
  'to api failed': { unit: 'percent', usual: [0, 0.4], incident: 9.1 },
  failed: { unit: 'percent', usual: [0, 0.3] },
  rejected: { unit: 'percent', usual: [0, 0.1] },
  matched: { unit: 'percent', usual: [0.5, 2] },
  'without an answer': { unit: 'percent', usual: [0, 0.1] },
  'p95 of the origin': { unit: 'milliseconds', usual: [190, 380], incident: 2700 },
  p99: { unit: 'seconds', usual: [0.18, 0.35], incident: 2.6 },
  'of the objective': { unit: 'percent', usual: [8, 64] },
  'connections in use': { unit: 'percent', usual: [18, 26], incident: 44 },
};

/** Alarms that the sample incident has raised, without the beginning of their names. */
export const RAISED: readonly string[] = [
  'edge-critical',
  'edge-errors-api',
  'load-balancer-errors',
  'load-balancer-latency',
  'load-balancer-critical',
  'load-balancer-warning',
];

/** Minutes that are shown, and between two values. */
const SHOWN = 180;
const STEP = 5;

/** The sample of a metric, or of an expression that has no metric of its own. */
export const sampleOf = (metric: string | undefined, label: string): Sample => {
  const sample =
    metric === undefined ? Object.entries(CALCULATED).find(([part]) => label.includes(part))?.[1] : METRICS[metric];
  if (!sample)
    throw new Error(
      `docs/tools/pictures/samples/cloudwatch.ts has no sample of ${metric ?? `the expression "${label}"`}: add one`,
    );
  return sample;
};

/** Three hours of a metric. */
export const series = (name: string, { unit, usual: [low, high], incident: worst }: Sample): Series => {
  const whole = unit === 'none' || unit === 'days';
  const points = Array.from({ length: SHOWN / STEP + 1 }, (_, i) => {
    const minute = MINUTES - SHOWN + i * STEP;
    const usual = low + (high - low) * wave(name, minute);
    const bad = worst === undefined ? usual : worst * (0.92 + 0.16 * chance(name, minute));
    const value = usual + incident(minute) * (bad - usual);
    return [START + minute * 60_000, whole ? Math.round(value) : Number(value.toPrecision(4))] as const;
  });
  return { name, points };
};
