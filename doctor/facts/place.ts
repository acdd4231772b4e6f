import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeKeyPairsCommand,
  DescribeManagedPrefixListsCommand,
  DescribeRegionsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { planned, unique, type Plan } from '../plan';
import { pages, reader } from './reader';

/** Account of the credentials, and who they are of. */
export const caller = reader([], async (aws) => {
  const { Account, Arn } = await aws.client(STSClient).send(new GetCallerIdentityCommand({}));
  return { account: Account ?? '', arn: Arn ?? '' };
});

/** Whether each region is enabled: the words of EC2. */
export const regions = reader(['ec2:DescribeRegions'], async (aws) => {
  const { Regions = [] } = await aws.client(EC2Client).send(new DescribeRegionsCommand({ AllRegions: true }));
  return Object.fromEntries(Regions.map(({ RegionName = '', OptInStatus = '' }) => [RegionName, OptInStatus]));
});

/** The availability zones of the home region, by the name that they have in this account. */
export const zones = reader(['ec2:DescribeAvailabilityZones'], async (aws) => {
  const { AvailabilityZones = [] } = await aws.client(EC2Client).send(new DescribeAvailabilityZonesCommand({}));
  return Object.fromEntries(
    AvailabilityZones.map(({ ZoneName = '', ZoneId = '', State = '' }) => [
      ZoneName,
      { id: ZoneId, state: State as string },
    ]),
  );
});

/** Instance types of the node groups. */
export const instanceTypes = (plan: Plan): readonly string[] =>
  unique(planned(plan, 'AWS::EKS::Nodegroup').flatMap(({ properties }) => properties.InstanceTypes));

/** The zones in which each instance type is offered. */
export const offerings = reader(['ec2:DescribeInstanceTypeOfferings'], async (aws, plan) => {
  const types = instanceTypes(plan);
  const offered = await pages(
    (NextToken) =>
      aws.client(EC2Client).send(
        new DescribeInstanceTypeOfferingsCommand({
          LocationType: 'availability-zone',
          Filters: [{ Name: 'instance-type', Values: [...types] }],
          NextToken,
        }),
      ),
    (page) => page.InstanceTypeOfferings,
    (page) => page.NextToken,
  );
  return Object.fromEntries(
    types.map((type) => [type, offered.flatMap((one) => (one.InstanceType === type ? (one.Location ?? []) : []))]),
  );
});

/** vCPUs of each instance type. */
export const vcpus = reader(['ec2:DescribeInstanceTypes'], async (aws, plan) => {
  const asked = new DescribeInstanceTypesCommand({ InstanceTypes: [...instanceTypes(plan)] as never });
  const { InstanceTypes = [] } = await aws.client(EC2Client).send(asked);
  return Object.fromEntries(
    InstanceTypes.map(({ InstanceType = '', VCpuInfo }) => [InstanceType as string, VCpuInfo?.DefaultVCpus ?? 0]),
  );
});

/** Names of the EC2 key pairs. */
export const keyPairs = reader(['ec2:DescribeKeyPairs'], async (aws) => {
  const { KeyPairs = [] } = await aws.client(EC2Client).send(new DescribeKeyPairsCommand({}));
  return KeyPairs.map(({ KeyName = '' }) => KeyName);
});

/** The list of addresses from which CloudFront asks an origin. */
export const CLOUDFRONT_PREFIX_LIST = 'com.amazonaws.global.cloudfront.origin-facing';

export const prefixList = reader(['ec2:DescribeManagedPrefixLists'], async (aws) => {
  const Filters = [{ Name: 'prefix-list-name', Values: [CLOUDFRONT_PREFIX_LIST] }];
  const { PrefixLists = [] } = await aws.client(EC2Client).send(new DescribeManagedPrefixListsCommand({ Filters }));
  return { id: PrefixLists[0]?.PrefixListId };
});

/** Name of the image of a release of the nodes, `1.36.4-20260923`. */
export const nodeImageName = (release: string): string => {
  const [, minor, date] = /^(\d+\.\d+)\.\d+-(\d+)$/.exec(release) ?? [];
  return `amazon-eks-node-al2023-x86_64-standard-${minor}-v${date}`;
};

/** Releases of the image that node groups name. */
export const releases = (plan: Plan): readonly string[] =>
  unique(planned(plan, 'AWS::EKS::Nodegroup').flatMap(({ properties }) => properties.ReleaseVersion ?? []));

/** Names of the images of the nodes that there are. Those that AWS has deprecated can still be chosen. */
export const nodeImages = reader(['ec2:DescribeImages'], async (aws, plan) => {
  const Values = releases(plan).map(nodeImageName);
  if (Values.length === 0) return [];
  const asked = { Owners: ['amazon'], IncludeDeprecated: true, Filters: [{ Name: 'name', Values }] };
  const { Images = [] } = await aws.client(EC2Client).send(new DescribeImagesCommand(asked));
  return Images.map(({ Name = '' }) => Name);
});
