import type { EnvironmentConfig, RecoveryConfig } from '../lib/config/environment';
import { REACHED_RPO } from '../lib/model/recovery';
import { STATEFUL } from '../review/stateful';
import { allOf, nameOf, objectsIn, text, type Place, type Templates } from './references';
import type { Json } from './synth';

/** A configuration that has copies. */
export type Recoverable = EnvironmentConfig & { readonly recovery: RecoveryConfig };

/** How copies of something come into the recovery region. */
interface Way {
  readonly name: string;
  readonly often: string;
  /** How long a copy is kept. */
  readonly long: (config: Recoverable) => string;
  /** Why a resource has no such copies; empty if it has. */
  readonly lacks: (place: Place, templates: Templates, config: Recoverable) => readonly string[];
}

const when = (wrong: boolean, problem: string): readonly string[] => (wrong ? [problem] : []);

const isAway = (templates: Templates, stack: string, { recovery }: Recoverable) =>
  templates[stack].region === recovery.region;

/** The resource of a type in the recovery region that a value names by an attribute. */
const away = (templates: Templates, type: string, value: string, attribute: string, config: Recoverable) =>
  allOf(templates, type).find((place) => isAway(templates, place.stack, config) && nameOf(place, attribute) === value);

/** What is wrong with the key of copies. */
const keyAway = (templates: Templates, stack: string, key: Json, config: Recoverable): readonly string[] =>
  when(
    away(templates, 'AWS::KMS::Key', text(templates, stack, key), 'Arn', config) === undefined,
    'its copies are not encrypted with a key of the recovery region',
  );

const days = (count: number): string => `${count} days`;

const REPLICATED_LOGS: Way = {
  name: 'automated backups of RDS, replicated',
  often: 'all the time',
  long: ({ mysql }) => days(mysql.backupRetentionDays),
  lacks: ({ stack, Properties }, templates, config) => [
    ...when(
      Properties.AutomaticBackupReplicationRegion !== config.recovery.region,
      'its automated backups are not replicated to the recovery region',
    ),
    ...when(!(Properties.BackupRetentionPeriod > 0), 'it has no automated backups'),
    ...keyAway(templates, stack, Properties.AutomaticBackupReplicationKmsKeyId, config),
  ],
};

const BACKUP: Way = {
  name: 'AWS Backup, copied between vaults',
  often: 'daily',
  long: ({ recovery }) => days(recovery.retentionDays),
  lacks: (place, templates, config) => {
    const whole = nameOf(place).slice(0, -1);
    const selections = allOf(templates, 'AWS::Backup::BackupSelection').filter(({ stack, Properties }) =>
      Properties.BackupSelection.Resources.some((arn: Json) => text(templates, stack, arn).includes(whole)),
    );
    const plans = selections.map(({ stack, Properties }) => text(templates, stack, Properties.BackupPlanId));
    const rules = allOf(templates, 'AWS::Backup::BackupPlan')
      .filter((plan) => plans.includes(nameOf(plan, 'BackupPlanId')) || plans.includes(nameOf(plan)))
      .flatMap(({ Properties }) => Properties.BackupPlan.BackupPlanRule as Json[]);
    const vaults = allOf(templates, 'AWS::Backup::BackupVault')
      .filter(({ stack }) => isAway(templates, stack, config))
      .map(
        ({ Properties }) => `:${config.recovery.region}:${config.account}:backup-vault:${Properties.BackupVaultName}`,
      );
    const copies = rules.flatMap(({ CopyActions = [] }) => CopyActions as Json[]);
    return [
      ...when(selections.length !== 1, `it is in ${selections.length} selections of AWS Backup`),
      ...when(
        selections.length > 0 &&
          !copies.some(({ DestinationBackupVaultArn: arn }) => vaults.some((vault) => `${arn}`.endsWith(vault))),
        'its backups are not copied to a vault of the recovery region',
      ),
      ...when(
        [...rules, ...copies].some(({ Lifecycle }) => Lifecycle?.DeleteAfterDays !== config.recovery.retentionDays),
        `its backups are not kept for ${config.recovery.retentionDays} days`,
      ),
    ];
  },
};

const S3: Way = {
  name: 'S3 replication, with delete markers',
  often: 'all the time',
  long: () => 'as long as the original',
  lacks: ({ stack, id, Properties }, templates, config) => {
    const [rule] = (Properties.ReplicationConfiguration?.Rules ?? []) as Json[];
    if (rule?.Status !== 'Enabled') return ['it is not replicated'];
    const replica = allOf(templates, 'AWS::S3::Bucket').find(
      (bucket) =>
        isAway(templates, bucket.stack, config) &&
        `arn:aws:s3:::${bucket.Properties.BucketName}` === text(templates, stack, rule.Destination.Bucket),
    );
    const role = text(templates, stack, Properties.ReplicationConfiguration.Role);
    const granted = allOf(templates, 'AWS::IAM::Policy')
      .filter((policy) =>
        policy.Properties.Roles.some((name: Json) => role.startsWith(text(templates, policy.stack, name).slice(0, -1))),
      )
      .flatMap((policy) => policy.Properties.PolicyDocument.Statement as Json[])
      .filter(({ Action }) => [Action].flat().includes('s3:ReplicateObject'))
      .flatMap(({ Resource }) => [Resource].flat().map((each: Json) => text(templates, stack, each)));
    const encrypted = JSON.stringify(Properties.BucketEncryption ?? {}).includes('aws:kms');
    return [
      ...when(replica === undefined, 'its copies go to no bucket of the recovery region'),
      ...when(
        replica?.Properties.VersioningConfiguration?.Status !== 'Enabled',
        'the bucket of its copies keeps no versions',
      ),
      ...when(rule.DeleteMarkerReplication?.Status !== 'Enabled', 'its delete markers are not replicated'),
      ...when(!/^$/.test(rule.Filter?.Prefix ?? ''), 'only a part of it is replicated'),
      ...when(
        !granted.includes(`${text(templates, stack, rule.Destination.Bucket)}/*`),
        `the role of ${id} may not replicate`,
      ),
      ...when(
        encrypted && rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status !== 'Enabled',
        'its objects are encrypted, and the rule leaves them out',
      ),
      ...(encrypted
        ? keyAway(templates, stack, rule.Destination.EncryptionConfiguration?.ReplicaKmsKeyID, config)
        : []),
    ];
  },
};

const SECRET: Way = {
  name: 'replica of Secrets Manager',
  often: 'with each value',
  long: () => 'as long as the original',
  lacks: ({ stack, Properties }, templates, config) => {
    const replica = (Properties.ReplicaRegions ?? []).find(({ Region }: Json) => Region === config.recovery.region);
    return replica ? keyAway(templates, stack, replica.KmsKeyId, config) : ['it has no replica'];
  },
};

const IMAGES: Way = {
  name: 'replication of ECR',
  often: 'with each image',
  long: () => 'the newest 1,000',
  lacks: ({ Properties }, templates, config) => {
    const rules = allOf(templates, 'AWS::ECR::ReplicationConfiguration').flatMap(
      (each) => each.Properties.ReplicationConfiguration.Rules as Json[],
    );
    const replicated = rules.some(
      ({ Destinations, RepositoryFilters = [] }) =>
        Destinations.some(({ Region }: Json) => Region === config.recovery.region) &&
        RepositoryFilters.some(({ Filter }: Json) => `${Properties.RepositoryName}`.startsWith(Filter)),
    );
    const there = allOf(templates, 'AWS::ECR::Repository').some(
      (place) =>
        isAway(templates, place.stack, config) && place.Properties.RepositoryName === Properties.RepositoryName,
    );
    return [
      ...when(!replicated, 'no rule replicates it'),
      ...when(!there, 'its copies have no repository in the recovery region'),
    ];
  },
};

const EXPORT: Way = {
  name: 'snapshot, exported to S3 and replicated',
  often: 'daily',
  long: ({ redis }) => days(redis.snapshotRetentionDays),
  lacks: (place, templates, config) => {
    const buckets = allOf(templates, 'AWS::Lambda::Function').flatMap(({ stack, Properties }) => {
      const { GROUP, BUCKET } = Properties.Environment?.Variables ?? {};
      return GROUP === place.Properties.ReplicationGroupId ? [text(templates, stack, BUCKET)] : [];
    });
    const bucket = allOf(templates, 'AWS::S3::Bucket').find((each) => buckets.includes(nameOf(each)));
    return [
      ...when(!(place.Properties.SnapshotRetentionLimit > 0), 'it makes no snapshots'),
      ...(bucket ? S3.lacks(bucket, templates, config) : ['no function exports its snapshots']),
    ];
  },
};

/** What a row is about: resources of a type, in a stack, of some logical ids. */
interface Subject {
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

/** What is copied, and how it comes back. */
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

/** What is not copied, and why nobody misses it. */
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

const isOf = ({ type, stack, id, of }: Subject, place: Place): boolean =>
  place.Type === type &&
  (stack === undefined || place.stack.endsWith(`-${stack}`)) &&
  (id === undefined || id.test(place.id)) &&
  (of === undefined || of(place.Properties));

const stateful = (templates: Templates): readonly Place[] => [...STATEFUL].flatMap((type) => allOf(templates, type));

/** Everything stateful that has no copies as its row says, or stands in no row, or in two. */
export const uncopied = (templates: Templates, config: Recoverable): readonly string[] =>
  stateful(templates).flatMap((place) => {
    const rows = COPIED.filter((row) => isOf(row, place));
    const all = rows.length + NOT_COPIED.filter((row) => isOf(row, place)).length;
    const problems = [
      ...when(all !== 1, `(${place.Type}) stands in ${all} rows of what is copied and what is not`),
      ...rows.flatMap(({ ways }) => ways.flatMap((way) => way.lacks(place, templates, config))),
    ];
    return problems.map((problem) => `${nameOf(place)}: ${problem}`);
  });

/** Volumes of pods, which stand in no template: they are the cluster's. */
export const volumeClaims = (templates: Templates): readonly string[] =>
  objectsIn(templates, 'PersistentVolumeClaim', 'StatefulSet').flatMap(({ kind, metadata, spec }: Json) =>
    kind === 'PersistentVolumeClaim'
      ? [`${metadata.namespace}/${metadata.name}`]
      : (spec.volumeClaimTemplates ?? []).map((claim: Json) => `${metadata.namespace}/${claim.metadata.name}`),
  );

const KEPT = new Set(['Retain', 'RetainExceptOnCreate', 'Snapshot']);

/** Everything that is copied, or is a copy, or opens one, and that a deletion or a replacement would take. */
export const unprotected = (templates: Templates): readonly string[] => {
  const copies = NOT_COPIED.filter(({ because }) => /copies/.test(because));
  const rows: readonly (Subject & Pick<Copied, 'keptBy'>)[] = [...COPIED, ...copies];
  return stateful(templates).flatMap((place) => {
    const row = rows.find((each) => isOf(each, place));
    if (!row) return [];
    const { DeletionPolicy, UpdateReplacePolicy } = templates[place.stack].Resources[place.id];
    if (row.keptBy) return when(!row.keptBy(place.Properties), `${nameOf(place)} has no deletion protection`);
    // Without its key, nobody reads what is kept.
    const keys = allOf(templates, 'AWS::KMS::Key').filter(
      ({ stack, id }) => stack === place.stack && JSON.stringify(place.Properties).includes(`"${id}"`),
    );
    return [
      ...keys.flatMap(({ stack, id }) =>
        when(
          !KEPT.has(templates[stack].Resources[id].DeletionPolicy),
          `${nameOf(place)} is encrypted with ${id}, which goes with its stack`,
        ),
      ),
      ...when(!KEPT.has(DeletionPolicy), `${nameOf(place)}: DeletionPolicy is ${DeletionPolicy}`),
      ...when(!KEPT.has(UpdateReplacePolicy), `${nameOf(place)}: UpdateReplacePolicy is ${UpdateReplacePolicy}`),
    ];
  });
};

/** The rows of the table of copies. */
export const copiesTable = (config: Recoverable): readonly (readonly string[])[] =>
  COPIED.flatMap(({ what, ways, comesBack }) =>
    ways.map(({ name, often, long }, i) => [i === 0 ? what : '', name, often, long(config), i === 0 ? comesBack : '']),
  );

/** The rows of the table of objectives. */
export const objectivesTable = ({ recovery }: Recoverable): readonly (readonly string[])[] =>
  Object.entries(REACHED_RPO).map(([tier, { minutes, by }]) => {
    const { rpoMinutes, rtoMinutes } = recovery.objectives[tier as keyof typeof REACHED_RPO];
    return [`\`${tier}\``, `${rpoMinutes}`, `${minutes}`, by, `${rtoMinutes}`];
  });
