import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { MysqlConfig } from '../../config/environment';
import { instanceMemory } from '../../model/instance-memory';
import { metrics, percentage, type AlarmDefinition } from './definition';

export interface MysqlAlarmsProps {
  /** Of the primary and the proxy; replicas add `-replica-1`. */
  readonly identifier: string;
  readonly config: Pick<MysqlConfig, 'instanceClass' | 'readReplicas' | 'storageGiB' | 'proxy'>;
}

const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = ComparisonOperator;
const { BREACHING, IGNORE, NOT_BREACHING } = TreatMissingData;
const GIB = 2 ** 30;

/** The primary, its replicas and the proxy. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html */
export const mysqlAlarms = ({ identifier, config }: MysqlAlarmsProps): readonly AlarmDefinition[] => [
  ...instance('primary', identifier, config),
  ...Array.from({ length: config.readReplicas }, (_, i) => `replica-${i + 1}`).flatMap((name) => [
    ...instance(name, `${identifier}-${name}`, config),
    ...replication(name, `${identifier}-${name}`),
  ]),
  ...(config.proxy ? proxy(identifier) : []),
];

/**
 * Of the memory of a class, RDS leaves at least three quarters to `DBInstanceClassMemory`, of which every 12582880 bytes are a
 * connection, 16000 at most: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
 */
const maxConnections = (instanceClass: string): number =>
  Math.min(16_000, Math.floor((0.75 * instanceMemory(instanceClass)) / 12_582_880));

const instance = (name: string, id: string, config: MysqlAlarmsProps['config']): AlarmDefinition[] => {
  const metric = metrics('AWS/RDS', { DBInstanceIdentifier: id }, name);
  const connections = maxConnections(config.instanceClass);
  const common = { tier: 'mysql', of: name, missing: IGNORE } as const; // of silence, `cpu` tells
  return [
    {
      ...common,
      what: 'cpu',
      severity: name === 'primary' ? 'critical' : 'warning',
      metric: metric('CPUUtilization', 'Average'),
      comparison: GREATER_THAN_THRESHOLD,
      threshold: 90,
      datapoints: 3,
      missing: BREACHING,
      why: 'Queries wait for the CPU; an instance that reports nothing is down.',
    },
    {
      ...common,
      what: 'memory',
      severity: 'warning',
      metric: metric('FreeableMemory', 'Average'),
      comparison: LESS_THAN_THRESHOLD,
      threshold: 0.05 * instanceMemory(config.instanceClass),
      datapoints: 3,
      why: `Less than a twentieth of the memory of ${config.instanceClass} is free: the buffer pool has three quarters, and what does not fit swaps.`,
    },
    {
      ...common,
      what: 'storage',
      severity: 'critical',
      metric: metric('FreeStorageSpace', 'Minimum'),
      comparison: LESS_THAN_THRESHOLD,
      threshold: 0.05 * config.storageGiB * GIB,
      datapoints: 3,
      why: 'RDS grows the volume when less than a tenth of it is free: here it could not, and a full one stops the instance.',
    },
    {
      ...common,
      what: 'connections',
      severity: 'warning',
      metric: metric('DatabaseConnections', 'Maximum'),
      comparison: GREATER_THAN_THRESHOLD,
      threshold: Math.floor(0.8 * connections),
      datapoints: 3,
      why: `An instance of ${config.instanceClass} takes about ${connections} connections, and refuses the next.`,
    },
  ];
};

const replication = (name: string, id: string): AlarmDefinition[] => {
  const lag = metrics('AWS/RDS', { DBInstanceIdentifier: id }, name)('ReplicaLag', 'Maximum');
  const common = { tier: 'mysql', of: name, metric: lag, datapoints: 3 } as const;
  return [
    {
      ...common,
      what: 'replica-lag',
      severity: 'warning',
      comparison: GREATER_THAN_THRESHOLD,
      threshold: 60,
      missing: IGNORE,
      why: 'Services read what was true a minute ago.',
    },
    {
      ...common,
      what: 'replication',
      severity: 'critical',
      comparison: LESS_THAN_THRESHOLD,
      threshold: 0,
      missing: NOT_BREACHING, // a replica that is being made has none
      why: 'Replication has stopped, for which RDS reports a lag of -1: services read ever older data.',
    },
  ];
};

/** Per proxy: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.monitoring.html */
const proxy = (name: string): AlarmDefinition[] => {
  const metric = metrics('AWS/RDS', { ProxyName: name }, 'proxy');
  const common = { tier: 'mysql', severity: 'warning', comparison: GREATER_THAN_THRESHOLD, datapoints: 3 } as const;
  return [
    {
      ...common,
      what: 'proxy-connections',
      // Each machine of the proxy reports its own: their sums are those of the proxy.
      metric: percentage('of the connections that the proxy may open', {
        some: [metric('DatabaseConnections', 'Sum')],
        all: metric('MaxDatabaseConnectionsAllowed', 'Sum'),
        least: 1,
      }),
      threshold: 80,
      missing: NOT_BREACHING, // it reports nothing before the first connection
      why: 'Who comes next waits for a connection of the proxy to the database.',
    },
    {
      ...common,
      what: 'proxy-wait',
      metric: metric('DatabaseConnectionsBorrowLatency', 'Average'),
      threshold: 100_000, // microseconds
      missing: NOT_BREACHING,
      why: 'Services wait more than 0.1 s, on average, until the proxy has a connection for them.',
    },
  ];
};
