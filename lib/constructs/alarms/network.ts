import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { metrics, type AlarmDefinition } from './definition';

/** Each NAT gateway. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway-cloudwatch.html */
export const networkAlarms = (natGatewayIds: readonly string[]): readonly AlarmDefinition[] =>
  natGatewayIds.map((NatGatewayId, i) => ({
    tier: 'network',
    what: 'nat-ports',
    of: `${i + 1}`,
    severity: 'critical',
    metric: metrics('AWS/NATGateway', { NatGatewayId }, `gateway ${i + 1}`)('ErrorPortAllocation', 'Sum'),
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: 0,
    datapoints: 2,
    missing: TreatMissingData.NOT_BREACHING,
    why: `NAT gateway ${i + 1} has no free port for one destination (55,000 connections are open). New connections to it fail.`,
  }));
