import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmDefinition, Tier } from './definition';

/** Days before the end, by severity. ACM renews 60 days before it, or 45 where certificates live for 198 days. */
const DAYS = { warning: 30, critical: 7 } as const;

/** A certificate that ACM should have renewed. https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html */
export const certificateAlarms = (tier: Tier, certificateArn: string): readonly AlarmDefinition[] =>
  Object.entries(DAYS).map(([severity, days]) => ({
    tier,
    symptom: severity === 'critical' ? 'certificate-ends' : 'certificate',
    severity: severity as keyof typeof DAYS,
    metric: new Metric({
      namespace: 'AWS/CertificateManager',
      metricName: 'DaysToExpiry',
      dimensionsMap: { CertificateArn: certificateArn },
      statistic: 'Minimum',
      period: Duration.days(1), // ACM reports twice a day
    }),
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: days,
    datapointsToAlarm: 1,
    treatMissingData: TreatMissingData.IGNORE, // a new one has none for half a day
    longLasting: true,
    description: `The certificate expires in less than ${days} days, and ACM has failed to renew it for weeks. Once it expires, HTTPS connections that use it fail.`,
  }));
