/** A service that every zone of an environment needs, and that AWS does not have in every zone. */
interface ZonalService {
  readonly name: string;
  /** The page of AWS that names the zones without it. */
  readonly source: string;
  readonly missingIn: readonly string[];
}

/**
 * Zones without a service, by id, because accounts that are older than November 2025 name the zones of older regions each in its own way.
 * The pages were read as public repositories recorded them in 2026.
 */
export const ZONAL_SERVICES: readonly ZonalService[] = [
  {
    name: 'EKS',
    source: 'https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html',
    missingIn: ['cac1-az3', 'use1-az3', 'usw1-az2'],
  },
  {
    name: 'VPC origins of CloudFront',
    source:
      'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html#vpc-origins-supported-regions',
    // Until the end of 2025, the page named apne2-az1 too.
    missingIn: ['apne1-az3', 'cac1-az3', 'use1-az3', 'usw1-az2'],
  },
  {
    name: 'RDS Proxy',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html#rds-proxy.limitations',
    missingIn: ['use1-az3', 'usw1-az2'],
  },
];

/**
 * Ids of the zones of a region. AWS adds some and closes others to new accounts, so an account can have fewer or more:
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
 */
export const ZONE_IDS: Readonly<Record<string, readonly string[]>> = {
  'ap-northeast-1': ['apne1-az1', 'apne1-az2', 'apne1-az3', 'apne1-az4'],
  'ap-northeast-2': ['apne2-az1', 'apne2-az2', 'apne2-az3', 'apne2-az4'],
  'ap-south-1': ['aps1-az1', 'aps1-az2', 'aps1-az3'],
  'ap-southeast-1': ['apse1-az1', 'apse1-az2', 'apse1-az3'],
  'ap-southeast-2': ['apse2-az1', 'apse2-az2', 'apse2-az3'],
  'ca-central-1': ['cac1-az1', 'cac1-az2', 'cac1-az3', 'cac1-az4'], // AWS shows the third to old accounts only
  'eu-central-1': ['euc1-az1', 'euc1-az2', 'euc1-az3'],
  'eu-north-1': ['eun1-az1', 'eun1-az2', 'eun1-az3'],
  'eu-west-1': ['euw1-az1', 'euw1-az2', 'euw1-az3'],
  'eu-west-2': ['euw2-az1', 'euw2-az2', 'euw2-az3', 'euw2-az4'],
  'eu-west-3': ['euw3-az1', 'euw3-az2', 'euw3-az3'],
  'sa-east-1': ['sae1-az1', 'sae1-az2', 'sae1-az3'],
  'us-east-1': ['use1-az1', 'use1-az2', 'use1-az3', 'use1-az4', 'use1-az5', 'use1-az6'],
  'us-east-2': ['use2-az1', 'use2-az2', 'use2-az3'],
  'us-west-1': ['usw1-az1', 'usw1-az2', 'usw1-az3'],
  'us-west-2': ['usw2-az1', 'usw2-az2', 'usw2-az3', 'usw2-az4'],
};

/** Names of the services that a zone lacks; none where an environment can be. */
export const lackedBy = (zoneId: string): readonly string[] =>
  ZONAL_SERVICES.filter(({ missingIn }) => missingIn.includes(zoneId)).map(({ name }) => name);

/** Ids of the zones of a region: those that lack nothing, and the others. */
export const zonesOf = (region: string) => {
  const all = Object.hasOwn(ZONE_IDS, region) ? ZONE_IDS[region]! : [];
  return {
    whole: all.filter((id) => lackedBy(id).length === 0),
    lacking: all.filter((id) => lackedBy(id).length > 0),
  };
};
