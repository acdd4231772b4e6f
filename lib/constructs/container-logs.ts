import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** Logs of Container Insights, each with its own log group: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-EKS-logs.html */
const KINDS = ['application', 'dataplane', 'host', 'performance'];

export interface ContainerLogsProps {
  readonly clusterName: string;
  readonly retention: RetentionDays;
}

/** The log groups of Container Insights, which would make them itself, to be kept forever. Nothing of them is an audit log. */
export class ContainerLogs extends Construct {
  constructor(scope: Construct, id: string, { clusterName, retention }: ContainerLogsProps) {
    super(scope, id);
    for (const kind of KINDS)
      new LogGroup(this, kind, {
        logGroupName: `/aws/containerinsights/${clusterName}/${kind}`,
        retention,
        removalPolicy: RemovalPolicy.DESTROY,
      });
  }
}
