import { RemovalPolicy, type CfnResource, type Stack } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';

export interface ProviderLogsProps {
  /** Type of the custom resources, e.g. `Custom::S3AutoDeleteObjects`. */
  readonly type: string;
  /** The custom resources themselves, which the function serves. */
  readonly resources: readonly IConstruct[];
  readonly retention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** The log group of a function that the library makes for custom resources: else it makes one itself, to be kept forever. */
export const providerLogs = (stack: Stack, id: string, props: ProviderLogsProps): void => {
  const { type, resources, ...logs } = props;
  const handler = stack.node.findChild(`${type}CustomResourceProvider`).node.findChild('Handler') as CfnResource;
  const group = new LogGroup(stack, id, { logGroupName: `/aws/lambda/${handler.ref}`, ...logs });
  for (const resource of resources) resource.node.addDependency(group);
};

/** The same of the function that empties those of some buckets that go with their stack. */
export const emptyingLogs = (
  stack: Stack,
  id: string,
  buckets: readonly IConstruct[],
  retention: RetentionDays,
): void => {
  const resources = buckets.flatMap(({ node }) => node.tryFindChild('AutoDeleteObjectsCustomResource') ?? []);
  if (resources.length > 0)
    providerLogs(stack, id, {
      type: 'Custom::S3AutoDeleteObjects',
      resources,
      retention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
};
