import type { Json } from '../synth';
import { BACKUP, EXPORT, IMAGES, REPLICATED_LOGS, S3, SECRET, type Way } from './ways';

/** The subject of a row: resources of a type, in a stack, of some logical ids. */
export interface Subject {
  readonly what: string;
  readonly type: string;
  /** End of the stack's name. @default - any */
  readonly stack?: string;
  readonly id?: RegExp;
  /** By its properties. @default - any */
  readonly of?: (properties: Json) => boolean;
}

export interface Copied extends Subject {
  readonly ways: readonly Way[];
  readonly comesBack: string;
  /** Why a deletion does not take it where `retainData` is true, but by its policies. @default - its policies keep it */
  readonly keptBy?: (properties: Json) => boolean;
}

const isReplica = ({ SourceDBInstanceIdentifier }: Json) => SourceDBInstanceIdentifier !== undefined;

/** Everything that is copied, and how it comes back. */
export const COPIED: readonly Copied[] = [
  {
    what: 'MySQL',
    type: 'AWS::RDS::DBInstance',
    of: (properties) => !isReplica(properties),
    ways: [REPLICATED_LOGS, BACKUP],
    comesBack: 'as another instance, to any second of the retention, or to the time of a backup',
  },
  {
    what: 'uploads of tenants',
    type: 'AWS::S3::Bucket',
    stack: 'storage',
    id: /^Uploads/,
    ways: [S3, BACKUP],
    comesBack: 'from earlier versions, from the replica, or from a backup into another bucket',
  },
  {
    what: 'files of the web application',
    type: 'AWS::S3::Bucket',
    stack: 'storage',
    id: /^Assets/,
    ways: [S3],
    comesBack: 'from earlier versions, from the replica, or by the next release of the frontend',
  },
  {
    what: 'exported snapshots of Redis',
    type: 'AWS::S3::Bucket',
    stack: 'storage',
    id: /^Snapshots/,
    ways: [S3],
    comesBack: 'they are what Redis comes back from',
  },
  {
    what: 'Redis',
    type: 'AWS::ElastiCache::ReplicationGroup',
    ways: [EXPORT],
    comesBack: 'as another group that is filled from the files of a snapshot',
  },
  {
    what: 'EKS: objects, and the volumes of pods',
    type: 'AWS::EKS::Cluster',
    ways: [BACKUP],
    keptBy: ({ DeletionProtection }) => DeletionProtection === true,
    comesBack: 'the objects of the platform from the code; namespaces of tenants and volumes from a backup',
  },
  {
    what: 'images',
    type: 'AWS::ECR::Repository',
    stack: 'images',
    ways: [IMAGES],
    comesBack: 'they are in the registry of the recovery region',
  },
  {
    what: 'key that signs tokens; password and key of Grafana',
    type: 'AWS::SecretsManager::Secret',
    stack: 'secrets',
    id: /^(Jwt|Grafana)/,
    ways: [SECRET],
    comesBack: 'the replica is promoted',
  },
];

/** Everything that is not copied, and why nobody misses it. */
export const NOT_COPIED: readonly (Subject & { readonly because: string })[] = [
  {
    what: 'read replicas',
    type: 'AWS::RDS::DBInstance',
    of: isReplica,
    because: 'their data is the primary’s, and they are made anew',
  },
  {
    what: 'passwords of MySQL',
    type: 'AWS::SecretsManager::Secret',
    stack: 'mysql',
    because: 'after a restore, `mysql.setupRun` gives each user a new one',
  },
  {
    what: 'passwords of Redis',
    type: 'AWS::SecretsManager::Secret',
    stack: 'redis',
    because: 'each group is made with new users',
  },
  {
    what: 'DSN of Sentry',
    type: 'AWS::SecretsManager::Secret',
    stack: 'secrets',
    id: /^SentryDsn/,
    because: 'people have it, and put it in again',
  },
  {
    what: 'buckets of access logs',
    type: 'AWS::S3::Bucket',
    id: /^Logs/,
    because: 'they are history, and nothing reads them to go on',
  },
  { what: 'log groups', type: 'AWS::Logs::LogGroup', because: 'they are history, and nothing reads them to go on' },
  {
    what: 'keys',
    type: 'AWS::KMS::Key',
    because: 'a copy is encrypted with a key of its own region, so the key of the original is not needed',
  },
  { what: 'vaults', type: 'AWS::Backup::BackupVault', because: 'they are what copies are in' },
  {
    what: 'air-gapped vaults',
    type: 'AWS::Backup::LogicallyAirGappedBackupVault',
    because: 'they are what copies are in',
  },
  { what: 'networks', type: 'AWS::EC2::VPC', because: 'the code makes them anew' },
  { what: 'subnets', type: 'AWS::EC2::Subnet', because: 'the code makes them anew' },
  { what: 'addresses', type: 'AWS::EC2::EIP', because: 'the code makes others' },
  { what: 'distributions', type: 'AWS::CloudFront::Distribution', because: 'the code makes them anew' },
  { what: 'hosted zones', type: 'AWS::Route53::HostedZone', because: 'Route 53 is in no region' },
  { what: 'dead letters', type: 'AWS::SQS::Queue', because: 'people have read them, or can wait' },
  {
    what: 'the buckets with the copies',
    type: 'AWS::S3::Bucket',
    stack: 'recovery',
    id: /^(Uploads|Assets|Snapshots)/,
    because: 'they are the copies',
  },
  {
    what: 'the repositories with the copies',
    type: 'AWS::ECR::Repository',
    stack: 'recovery',
    because: 'they are the copies',
  },
];
