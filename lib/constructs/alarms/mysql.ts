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
  const common = { tier: 'mysql', instance: name, treatMissingData: IGNORE } as const; // of silence, `cpu` tells
  return [
    {
      ...common,
      symptom: 'cpu',
      severity: name === 'primary' ? 'critical' : 'warning',
      metric: metric('CPUUtilization', 'Average'),
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 90,
      datapointsToAlarm: 3,
      treatMissingData: BREACHING,
      description: `The MySQL ${name} has used more than 90 % of its CPU for 15 minutes, or reports nothing because it is down. Queries wait or fail.`,
    },
    {
      ...common,
      symptom: 'memory',
      severity: 'warning',
      metric: metric('FreeableMemory', 'Average'),
      comparisonOperator: LESS_THAN_THRESHOLD,
      threshold: 0.05 * instanceMemory(config.instanceClass),
      datapointsToAlarm: 3,
      description: `Less than 5 % of the memory of the MySQL ${name} (${config.instanceClass}) is free. If it runs out, the instance swaps and queries become slow.`,
    },
    {
      ...common,
      symptom: 'storage',
      severity: 'critical',
      metric: metric('FreeStorageSpace', 'Minimum'),
      comparisonOperator: LESS_THAN_THRESHOLD,
      threshold: 0.05 * config.storageGiB * GIB,
      datapointsToAlarm: 3,
      description: `Less than 5 % of the volume of the MySQL ${name} is free, and RDS has not grown it. When the volume is full, the instance stops.`,
    },
    {
      ...common,
      symptom: 'connections',
      severity: 'warning',
      metric: metric('DatabaseConnections', 'Maximum'),
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: Math.floor(0.8 * connections),
      datapointsToAlarm: 3,
      description: `More than 80 % of the connections of the MySQL ${name} are in use. A ${config.instanceClass} accepts about ${connections} and then refuses new ones.`,
    },
  ];
};

const replication = (name: string, id: string): AlarmDefinition[] => {
  const lag = metrics('AWS/RDS', { DBInstanceIdentifier: id }, name)('ReplicaLag', 'Maximum');
  const common = { tier: 'mysql', instance: name, metric: lag, datapointsToAlarm: 3 } as const;
  return [
    {
      ...common,
      symptom: 'replica-lag',
      severity: 'warning',
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 60,
      treatMissingData: IGNORE,
      description: `The MySQL ${name} is more than 60 s behind the primary. Services that read from it get old data.`,
    },
    {
      ...common,
      symptom: 'replication',
      severity: 'critical',
      comparisonOperator: LESS_THAN_THRESHOLD,
      threshold: 0,
      treatMissingData: NOT_BREACHING, // a replica that is being made has none
      description: `The MySQL ${name} has stopped replicating (RDS reports a lag of -1). Services that read from it get older and older data.`,
    },
  ];
};

/** Per proxy: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.monitoring.html */
const proxy = (name: string): AlarmDefinition[] => {
  const metric = metrics('AWS/RDS', { ProxyName: name }, 'proxy');
  const common = {
    tier: 'mysql',
    severity: 'warning',
    comparisonOperator: GREATER_THAN_THRESHOLD,
    datapointsToAlarm: 3,
  } as const;
  return [
    {
      ...common,
      symptom: 'proxy-connections',
      // Each machine of the proxy reports its own: their sums are those of the proxy.
      metric: percentage('of allowed connections in use', {
        some: [metric('DatabaseConnections', 'Sum')],
        all: metric('MaxDatabaseConnectionsAllowed', 'Sum'),
        least: 1,
      }),
      threshold: 80,
      treatMissingData: NOT_BREACHING, // it reports nothing before the first connection
      description: 'RDS Proxy has used nearly all the database connections it may open. New clients will wait.',
    },
    {
      ...common,
      symptom: 'proxy-wait',
      metric: metric('DatabaseConnectionsBorrowLatency', 'Average'),
      threshold: 100_000, // microseconds
      treatMissingData: NOT_BREACHING,
      description:
        'Services wait more than 0.1 s on average until RDS Proxy gives them a database connection. Their requests become slower.',
    },
  ];
};
