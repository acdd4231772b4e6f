import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { RecoveryConfig } from '../../config/environment';
import { COPY_AGE, type CopiedTier } from '../../model/recovery';
import { REPLICATION_RULE } from '../bucket-replication';
import { metrics, type AlarmDefinition } from './definition';

export interface CopiesAlarmsProps {
  readonly identifier: string;
  readonly config: RecoveryConfig;
  /** The bucket with the uploads, and that with their copies. */
  readonly uploads: { readonly source: string; readonly replica: string };
}

const { GREATER_THAN_THRESHOLD } = ComparisonOperator;
const { BREACHING, NOT_BREACHING } = TreatMissingData;

/** The copy of each tier whose age a function measures. */
const MEASURED: Readonly<Record<CopiedTier, string>> = {
  mysql: 'the replicated logs of MySQL',
  uploads: 'the replica of uploads',
  redis: 'the exported snapshot of Redis',
  backups: 'a backup in the vault',
};

const age = (dimensionsMap: Readonly<Record<string, string>>) =>
  new Metric({
    namespace: COPY_AGE.namespace,
    metricName: COPY_AGE.metricName,
    dimensionsMap,
    statistic: 'Maximum',
    period: Duration.minutes(COPY_AGE.everyMinutes),
  });

/** The newest copy of each tier, and its objective. https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html */
export const copiesAlarms = ({ identifier, config, uploads }: CopiesAlarmsProps): readonly AlarmDefinition[] => {
  const { objectives, region } = config;
  const common = { tier: 'copies', severity: 'warning', comparisonOperator: GREATER_THAN_THRESHOLD } as const;
  const replication = metrics(
    'AWS/S3',
    { SourceBucket: uploads.source, DestinationBucket: uploads.replica, RuleId: REPLICATION_RULE },
    'uploads',
  );
  return [
    ...Object.entries(MEASURED).map(([tier, copy]): AlarmDefinition => {
      const { rpoMinutes } = objectives[tier as CopiedTier];
      return {
        ...common,
        symptom: 'age',
        instance: tier,
        // Objectives of half an hour and of a day are in one graph.
        metric: new MathExpression({
          expression: `100 * ${tier} / ${rpoMinutes}`,
          usingMetrics: { [tier]: age({ Environment: identifier, Tier: tier }) },
          period: Duration.minutes(COPY_AGE.everyMinutes),
          label: `% of the objective of ${tier}`,
        }),
        threshold: 100,
        datapointsToAlarm: 2,
        treatMissingData: BREACHING, // nobody knows how old it is
        longLasting: true,
        description: `The newest copy in ${region} (${copy}) is older than its objective of ${rpoMinutes} minutes, or nothing measures it. A disaster would lose more than planned.`,
      };
    }),
    {
      ...common,
      symptom: 'not-replicated',
      instance: 'uploads',
      metric: replication('OperationsFailedReplication', 'Sum'),
      threshold: 0,
      datapointsToAlarm: 1,
      treatMissingData: NOT_BREACHING,
      description: `S3 could not replicate an upload to ${region}, and does not try again. A disaster would lose it.`,
    },
  ];
};
