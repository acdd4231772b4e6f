import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { metrics, type AlarmDefinition } from './definition';

/** Each NAT gateway. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway-cloudwatch.html */
export const networkAlarms = (natGatewayIds: readonly string[]): readonly AlarmDefinition[] =>
  natGatewayIds.map((NatGatewayId, i) => ({
    tier: 'network',
    symptom: 'nat-ports',
    instance: `${i + 1}`,
    severity: 'critical',
    metric: metrics('AWS/NATGateway', { NatGatewayId }, `gateway ${i + 1}`)('ErrorPortAllocation', 'Sum'),
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: 0,
    datapointsToAlarm: 2,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    description: `NAT gateway ${i + 1} has no free port for one destination (55,000 connections are open). New connections to it fail.`,
  }));
