import { DescribeAddonVersionsCommand, DescribeClusterVersionsCommand, EKSClient } from '@aws-sdk/client-eks';
import {
  DescribeAccountAttributesCommand,
  DescribeDBEngineVersionsCommand,
  DescribeOrderableDBInstanceOptionsCommand,
  DescribeSourceRegionsCommand,
  RDSClient,
  type OrderableDBInstanceOption,
} from '@aws-sdk/client-rds';
import { planned, unique, type Plan } from '../plan';
import { pages, reader, table } from './reader';

/** The versions of Kubernetes of which EKS makes clusters. */
export const kubernetesVersions = reader(['eks:DescribeClusterVersions'], async (aws) => {
  const versions = await pages(
    (nextToken) => aws.client(EKSClient).send(new DescribeClusterVersionsCommand({ nextToken })),
    (page) => page.clusterVersions,
    (page) => page.nextToken,
  );
  return versions.map(({ clusterVersion = '' }) => clusterVersion);
});

/** The versions of each add-on for the version of Kubernetes. */
export const addonVersions = reader(['eks:DescribeAddonVersions'], (aws, plan) =>
  table(
    planned(plan, 'AWS::EKS::Addon').map(({ properties }) => properties.AddonName),
    async (addonName) => {
      const addons = await pages(
        (nextToken) =>
          aws
            .client(EKSClient)
            .send(
              new DescribeAddonVersionsCommand({ addonName, kubernetesVersion: plan.kubernetesVersion, nextToken }),
            ),
        (page) => page.addons,
        (page) => page.nextToken,
      );
      return addons.flatMap((addon) => (addon.addonVersions ?? []).flatMap((one) => one.addonVersion ?? []));
    },
  ),
);

/** The engine versions of the instances, replicas' too. */
export const engineVersions = (plan: Plan): readonly string[] =>
  unique(planned(plan, 'AWS::RDS::DBInstance').flatMap(({ properties }) => properties.EngineVersion ?? []));

/** The engine versions of MySQL that RDS makes. */
export const databaseEngines = reader(['rds:DescribeDBEngineVersions'], async (aws, plan) => {
  const found = await Promise.all(
    engineVersions(plan).map((EngineVersion) =>
      aws.client(RDSClient).send(new DescribeDBEngineVersionsCommand({ Engine: 'mysql', EngineVersion })),
    ),
  );
  return found.flatMap(({ DBEngineVersions = [] }) =>
    DBEngineVersions.filter(({ Status }) => Status === undefined || Status === 'available').flatMap(
      (one) => one.EngineVersion ?? [],
    ),
  );
});

/** The offer of RDS for an instance class with an engine version. */
export interface DatabaseOffer {
  readonly zones: readonly string[];
  readonly multiAz: boolean;
  readonly replicas: boolean;
  readonly encryption: boolean;
  readonly insights: boolean;
}

/** A class, and the engine version that it is to run: `db.t4g.medium with MySQL 8.4.9`. */
export const offerKey = (instanceClass: string, version: string): string => `${instanceClass} with MySQL ${version}`;

/** The classes of the instances with each engine version, on gp3 volumes. */
export const databaseOffers = reader(['rds:DescribeOrderableDBInstanceOptions'], async (aws, plan) => {
  const classes = unique(
    planned(plan, 'AWS::RDS::DBInstance').map(({ properties }) => properties.DBInstanceClass as string),
  );
  const pairs = classes.flatMap((one) => engineVersions(plan).map((version) => [one, version] as const));
  const offers = pairs.map(async ([DBInstanceClass, EngineVersion]) => {
    const options = await pages(
      (Marker) =>
        aws.client(RDSClient).send(
          new DescribeOrderableDBInstanceOptionsCommand({
            Engine: 'mysql',
            EngineVersion,
            DBInstanceClass,
            Vpc: true,
            Marker,
          }),
        ),
      (page) => page.OrderableDBInstanceOptions,
      (page) => page.Marker,
    );
    return [offerKey(DBInstanceClass, EngineVersion), offer(options)] as const;
  });
  return Object.fromEntries(await Promise.all(offers));
});

const offer = (options: readonly OrderableDBInstanceOption[]): DatabaseOffer | undefined => {
  const option = options.find(({ StorageType }) => StorageType === 'gp3');
  return (
    option && {
      zones: (option.AvailabilityZones ?? []).flatMap(({ Name }) => Name ?? []),
      multiAz: option.MultiAZCapable ?? false,
      replicas: option.ReadReplicaCapable ?? false,
      encryption: option.SupportsStorageEncryption ?? false,
      insights: option.SupportsPerformanceInsights ?? false,
    }
  );
};

/** Quotas of RDS as it counts them itself: how much is used, and how much there may be. */
export const databaseQuotas = reader(['rds:DescribeAccountAttributes'], async (aws) => {
  const { AccountQuotas = [] } = await aws.client(RDSClient).send(new DescribeAccountAttributesCommand({}));
  return Object.fromEntries(
    AccountQuotas.map(({ AccountQuotaName = '', Used = 0, Max = 0 }) => [AccountQuotaName, { used: Used, max: Max }]),
  );
});

/** The regions into which RDS is to replicate automated backups. */
export const backupRegions = (plan: Plan): readonly string[] =>
  unique(
    planned(plan, 'AWS::RDS::DBInstance').flatMap(
      ({ properties }) => properties.AutomaticBackupReplicationRegion ?? [],
    ),
  );

/** Whether RDS replicates automated backups from the home region into each of them. */
export const backupReplication = reader(['rds:DescribeSourceRegions'], (aws, plan) =>
  table(backupRegions(plan), async (region) => {
    const asked = new DescribeSourceRegionsCommand({ RegionName: plan.region });
    const { SourceRegions = [] } = await aws.client(RDSClient, region).send(asked);
    return SourceRegions.some((one) => one.SupportsDBInstanceAutomatedBackupsReplication === true);
  }),
);
