import type { Aws } from '../aws';
import type { Plan } from '../plan';
import { learnAll, type FactsOf, type LearnedBy } from '../learn';
import { administrators, deployRights, serviceRoles, volumeKey } from './access';
import { deniedCreations } from './creations';
import {
  addonVersions,
  backupReplication,
  databaseEngines,
  databaseOffers,
  databaseQuotas,
  kubernetesVersions,
} from './offers';
import { keyPairs, nodeImages, offerings, prefixList, regions, vcpus, zones } from './place';
import { connection, delegations, hostedZones, images, secrets, signedRepositories, slack } from './provided';
import { bootstraps, deployed } from './stacks';
import * as usage from './usage';

/** Everything that is asked of an account, and how. */
export const READERS = {
  regions,
  zones,
  offerings,
  vcpus,
  keyPairs,
  prefixList,
  nodeImages,
  kubernetesVersions,
  addonVersions,
  databaseEngines,
  databaseOffers,
  databaseQuotas,
  backupReplication,
  quotas: usage.quotas,
  instances: usage.instances,
  vpcs: usage.vpcs,
  internetGateways: usage.internetGateways,
  addresses: usage.addresses,
  natGateways: usage.natGateways,
  cacheNodes: usage.cacheNodes,
  clusters: usage.clusters,
  distributions: usage.distributions,
  iamSummary: usage.iamSummary,
  deployed,
  bootstraps,
  administrators,
  serviceRoles,
  deployRights,
  deniedCreations,
  volumeKey,
  hostedZones,
  delegations,
  slack,
  connection,
  images,
  signedRepositories,
  secrets,
} as const;

export type FactName = keyof typeof READERS;

/** Facts about an account. */
export type Facts = FactsOf<typeof READERS>;

/** Known facts, and the reasons for the others. */
export type Learned = LearnedBy<typeof READERS>;

/** Asks for everything at the same time. */
export const learn = (aws: Aws, plan: Plan, names = Object.keys(READERS) as readonly FactName[]): Promise<Learned> =>
  learnAll(names, (name) => READERS[name].read(aws, plan));
