import { CloudFrontClient, ListDistributionsCommand } from '@aws-sdk/client-cloudfront';
import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { DescribeCacheClustersCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { GetAccountSummaryCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { EDGE_REGION } from '../../lib/model/edge-region';
import { asked, quotaKey } from '../quotas';
import { isAbsent } from '../why';
import { pages, reader } from './reader';

/** The value of each quota: the one that AWS has granted, otherwise the default of every account. */
export const quotas = reader(
  ['servicequotas:GetServiceQuota', 'servicequotas:GetAWSDefaultServiceQuota'],
  async (aws, plan) => {
    const values = asked(plan).map(async (one) => {
      const client = aws.client(ServiceQuotasClient, one.region);
      const named = { ServiceCode: one.service, QuotaCode: one.code };
      const { Quota } = await client.send(new GetServiceQuotaCommand(named)).catch((error: unknown) => {
        if (!isAbsent(error, 'NoSuchResourceException')) throw error;
        return client.send(new GetAWSDefaultServiceQuotaCommand(named));
      });
      return [quotaKey(one), Quota?.Value] as const;
    });
    return Object.fromEntries(await Promise.all(values));
  },
);

/** An amount in use, with the id of the resource that it is part of, by which the environment's own are known. */
export interface Used {
  readonly id: string;
  readonly amount: number;
  /** Zone that it is in, where that matters. */
  readonly zone?: string | undefined;
}

const one = (id: string | undefined): Used => ({ id: id ?? '', amount: 1 });

export const vpcs = reader(['ec2:DescribeVpcs'], (aws) =>
  pages(
    (NextToken) => aws.client(EC2Client).send(new DescribeVpcsCommand({ NextToken })),
    (page) => page.Vpcs?.map(({ VpcId }) => one(VpcId)),
    (page) => page.NextToken,
  ),
);

export const internetGateways = reader(['ec2:DescribeInternetGateways'], (aws) =>
  pages(
    (NextToken) => aws.client(EC2Client).send(new DescribeInternetGatewaysCommand({ NextToken })),
    (page) => page.InternetGateways?.map(({ InternetGatewayId }) => one(InternetGatewayId)),
    (page) => page.NextToken,
  ),
);

/** Elastic IP addresses; CloudFormation knows them by the address. */
export const addresses = reader(['ec2:DescribeAddresses'], async (aws) => {
  const { Addresses = [] } = await aws.client(EC2Client).send(new DescribeAddressesCommand({}));
  return Addresses.map(({ PublicIp }) => one(PublicIp));
});

/** NAT gateways "only count toward your quota in the pending, active, and deleting states": the page of the quota. */
const COUNTED = new Set<string>(['pending', 'available', 'deleting']);

export const natGateways = reader(['ec2:DescribeNatGateways', 'ec2:DescribeSubnets'], async (aws) => {
  const ec2 = aws.client(EC2Client);
  const gateways = await pages(
    (NextToken) => ec2.send(new DescribeNatGatewaysCommand({ NextToken })),
    (page) => page.NatGateways?.filter(({ State = '' }) => COUNTED.has(State)),
    (page) => page.NextToken,
  );
  const subnets = await pages(
    (NextToken) => ec2.send(new DescribeSubnetsCommand({ NextToken })),
    (page) => page.Subnets,
    (page) => page.NextToken,
  );
  const zoneOf = new Map(subnets.map(({ SubnetId, AvailabilityZone }) => [SubnetId, AvailabilityZone]));
  return gateways.map(({ NatGatewayId, SubnetId }): Used => ({ ...one(NatGatewayId), zone: zoneOf.get(SubnetId) }));
});

/** Instance families that the quota of Standard instances counts: by their first letter, but for what only begins like them. */
const STANDARD = /^(a|c|d|h|i|im|is|m|r|t|z)\d/;

/** vCPUs of the on-demand instances that run, by cluster or by themselves. */
export const instances = reader(['ec2:DescribeInstances'], (aws) =>
  pages(
    (NextToken) =>
      aws.client(EC2Client).send(
        new DescribeInstancesCommand({
          NextToken,
          Filters: [{ Name: 'instance-state-name', Values: ['pending', 'running'] }],
        }),
      ),
    (page) =>
      page.Reservations?.flatMap(({ Instances = [] }) => Instances)
        .filter(
          ({ InstanceType = '', InstanceLifecycle }) => InstanceLifecycle === undefined && STANDARD.test(InstanceType),
        )
        .map(({ InstanceId, Tags = [], CpuOptions }): Used => {
          const cluster = Tags.find(({ Key }) => Key === 'eks:cluster-name')?.Value;
          return {
            id: cluster ?? InstanceId ?? '',
            amount: (CpuOptions?.CoreCount ?? 1) * (CpuOptions?.ThreadsPerCore ?? 1),
          };
        }),
    (page) => page.NextToken,
  ),
);

/** Nodes of ElastiCache; CloudFormation knows them by their replication group. */
export const cacheNodes = reader(['elasticache:DescribeCacheClusters'], (aws) =>
  pages(
    (Marker) => aws.client(ElastiCacheClient).send(new DescribeCacheClustersCommand({ Marker })),
    (page) =>
      page.CacheClusters?.map(({ ReplicationGroupId, CacheClusterId, NumCacheNodes }): Used => ({
        id: ReplicationGroupId ?? CacheClusterId ?? '',
        amount: NumCacheNodes ?? 1,
      })),
    (page) => page.Marker,
  ),
);

export const clusters = reader(['eks:ListClusters'], (aws) =>
  pages(
    (nextToken) => aws.client(EKSClient).send(new ListClustersCommand({ nextToken })),
    (page) => page.clusters?.map(one),
    (page) => page.nextToken,
  ),
);

export const distributions = reader(['cloudfront:ListDistributions'], (aws) =>
  pages(
    (Marker) => aws.client(CloudFrontClient, EDGE_REGION).send(new ListDistributionsCommand({ Marker })),
    (page) => page.DistributionList?.Items?.map(({ Id }) => one(Id)),
    (page) => page.DistributionList?.NextMarker,
  ),
);

/** Counts of IAM and their quotas: `Roles` and `RolesQuota`. */
export const iamSummary = reader(['iam:GetAccountSummary'], async (aws) => {
  const { SummaryMap = {} } = await aws.client(IAMClient, EDGE_REGION).send(new GetAccountSummaryCommand({}));
  return SummaryMap as Readonly<Record<string, number>>;
});
