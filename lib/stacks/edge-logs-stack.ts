import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDelivery, CfnDeliveryDestination, CfnDeliverySource, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { identifierOf } from '../config/derive/names';
import { acrossRegions } from '../constructs/across-regions';
import { logBucket } from '../constructs/buckets';
import { emptyingLogs } from '../constructs/provider-logs';
import type { EdgeStack } from './edge-stack';
import type { EnvironmentStackProps } from './environment-stack-props';

export interface EdgeLogsStackProps extends EnvironmentStackProps<'name' | 'edge' | 'retainLogs'> {
  readonly edge: Pick<EdgeStack, 'sites'>;
}

/** The fields of each log line. Not its cookies and its query string, nor the referrer, which has that of the page before. */
const FIELDS = [
  'date',
  'time',
  'x-edge-location',
  'sc-bytes',
  'c-ip',
  'cs-method',
  'cs(Host)',
  'cs-uri-stem',
  'sc-status',
  'cs(User-Agent)',
  'x-edge-result-type',
  'x-edge-request-id',
  'x-host-header',
  'cs-protocol',
  'cs-bytes',
  'time-taken',
  'ssl-protocol',
  'ssl-cipher',
  'x-edge-response-result-type',
  'cs-protocol-version',
  'time-to-first-byte',
  'x-edge-detailed-result-type',
  'sc-content-type',
];

/** Access logs of the distributions, in the region from which CloudFront delivers them. */
export class EdgeLogsStack extends Stack {
  constructor(scope: Construct, id: string, props: EdgeLogsStackProps) {
    super(scope, id, props);
    const { config, edge } = props;
    const identifier = identifierOf(config);
    const bucket = this.bucket(config.edge.logRetentionDays, config.retainLogs);

    const destination = new CfnDeliveryDestination(this, 'Destination', {
      name: identifier,
      deliveryDestinationType: 'S3',
      // With the folder that AWS adds by itself when a delivery is made, and takes away again when it is changed
      // (aws-cloudformation/cloudformation-coverage-roadmap#2274).
      destinationResourceArn: bucket.arnForObjects(`${this.folder}/CloudFront`),
      outputFormat: 'json',
    });
    destination.node.addDependency(bucket.policy!); // AWS writes a policy of its own where it finds none

    const deliveries = edge.sites.map(({ site: { name }, distribution: { distributionId } }) => {
      const source = new CfnDeliverySource(this, `Source-${name}`, {
        name: `${identifier}-${name}`,
        logType: 'ACCESS_LOGS',
        resourceArn: `arn:aws:cloudfront::${this.account}:distribution/${acrossRegions(this, distributionId)}`,
      });
      return new CfnDelivery(this, `Delivery-${name}`, {
        deliverySourceName: source.ref,
        deliveryDestinationArn: destination.attrArn,
        recordFields: FIELDS,
        s3SuffixPath: '{DistributionId}/{yyyy}/{MM}/{dd}',
      });
    });
    // One destination takes one new delivery at a time (hashicorp/terraform-provider-aws#42194).
    deliveries.slice(1).forEach((delivery, i) => delivery.node.addDependency(deliveries[i]!));
  }

  /** Where AWS lets deliveries write. */
  private get folder(): string {
    return `AWSLogs/${this.account}`;
  }

  private bucket(logRetentionDays: RetentionDays, retainLogs: boolean): Bucket {
    const bucket = logBucket(this, 'Logs', retainLogs, logRetentionDays);
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects(`${this.folder}/*`)],
        conditions: {
          StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', 'aws:SourceAccount': this.account },
          ArnLike: { 'aws:SourceArn': `arn:aws:logs:${this.region}:${this.account}:delivery-source:*` },
        },
      }),
    );
    emptyingLogs(this, 'EmptyingLogs', [bucket], logRetentionDays);
    return bucket;
  }
}
