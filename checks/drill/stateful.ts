import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1';
import { nameOf, type Cluster } from '../../rehearsal/src/cluster/cluster';
import type { Emulator, Resource } from '../../rehearsal/src/emulator/emulator';

/** Types of resources that hold what nobody can deploy again, and how people call them. */
export const STATEFUL: Readonly<Record<string, string>> = {
  'AWS::RDS::DBInstance': 'database instances',
  'AWS::ElastiCache::ReplicationGroup': 'replication groups',
  'AWS::S3::Bucket': 'buckets',
  'AWS::EKS::Cluster': 'clusters',
  'AWS::SecretsManager::Secret': 'secrets',
  'AWS::KMS::Key': 'keys',
  'AWS::Logs::LogGroup': 'log groups that outlive their stack',
  'AWS::Route53::HostedZone': 'hosted zones',
};

/** A log group that goes with its stack holds nothing that anybody wants to keep. */
const isStateful = ({ type, deletionPolicy }: Resource): boolean =>
  type in STATEFUL && (type !== 'AWS::Logs::LogGroup' || deletionPolicy !== 'Delete');

/** Everything stateful at one moment. */
export interface Stateful {
  /** Name -> identity: the physical id, or the uid and the volume of a claim. */
  readonly identities: ReadonlyMap<string, string>;
  /** The number of events in which CloudFormation created or deleted a stateful resource: names may come back. */
  readonly events: number;
}

export const stateful = async ({ get }: Cluster, { resources, events }: Emulator): Promise<Stateful> => {
  const held = (await resources()).filter(isStateful);
  const claims = await get<PersistentVolumeClaim & { readonly kind: string }>('persistentvolumeclaims');
  const ids = new Set(held.map(({ stack, logicalId }) => `${stack} ${logicalId}`));
  const made = (await events()).filter(
    ({ stack, logicalId, status }) => ids.has(`${stack} ${logicalId}`) && /^(CREATE|DELETE)_/.test(status),
  );
  return {
    identities: new Map([
      ...held.map(
        ({ stack, logicalId, type, physicalId }) => [`${type} ${logicalId} of ${stack}`, physicalId] as const,
      ),
      ...claims.map((claim) => [nameOf(claim), `${claim.metadata?.uid} ${claim.spec?.volumeName}`] as const),
    ]),
    events: made.length,
  };
};

/** Stateful things that are not the same, a line each. */
export const changed = (before: Stateful, after: Stateful): readonly string[] => [
  ...[...before.identities].flatMap(([what, was]) => {
    const is = after.identities.get(what);
    return is === was ? [] : [`${what} is ${is ?? 'gone'}, and was ${was}`];
  }),
  ...(after.events === before.events
    ? []
    : [`CloudFormation created or deleted ${after.events - before.events} stateful resources`]),
];
