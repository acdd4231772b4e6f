import type { EnvironmentConfig, RecoveryConfig } from '../../lib/config/environment';
import { allOf, nameOf, text, type Place, type Templates } from '../references';
import type { Json } from '../synth';

/** A configuration that has copies. */
export type Recoverable = EnvironmentConfig & { readonly recovery: RecoveryConfig };

/** How copies of something come into the recovery region. */
export interface Way {
  readonly name: string;
  readonly often: string;
  /** How long a copy is kept. */
  readonly long: (config: Recoverable) => string;
  /** Why a resource has no such copies; empty if it has. */
  readonly lacks: (place: Place, templates: Templates, config: Recoverable) => readonly string[];
}

export const when = (wrong: boolean, problem: string): readonly string[] => (wrong ? [problem] : []);

const isAway = (templates: Templates, stack: string, { recovery }: Recoverable) =>
  templates[stack].region === recovery.region;

/** The resource of a type in the recovery region that a value names by an attribute. */
const away = (templates: Templates, type: string, value: string, attribute: string, config: Recoverable) =>
  allOf(templates, type).find((place) => isAway(templates, place.stack, config) && nameOf(place, attribute) === value);

/** Problems of the key of copies. */
const keyAway = (templates: Templates, stack: string, key: Json, config: Recoverable): readonly string[] =>
  when(
    away(templates, 'AWS::KMS::Key', text(templates, stack, key), 'Arn', config) === undefined,
    'its copies are not encrypted with a key of the recovery region',
  );

const days = (count: number): string => `${count} days`;

export const REPLICATED_LOGS: Way = {
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

export const BACKUP: Way = {
  name: 'AWS Backup, copied between vaults',
  often: 'daily',
  long: ({ recovery }) => days(recovery.retentionDays),
  lacks: (place, templates, config) => {
    const whole = nameOf(place).slice(0, -1);
    const selections = allOf(templates, 'AWS::Backup::BackupSelection').filter(({ stack, Properties }) =>
      Properties.BackupSelection.Resources.some((arn: Json) =>
        [`${whole}}`, `${whole}.`].some((name) => text(templates, stack, arn).includes(name)),
      ),
    );
    const plans = new Set(selections.map(({ stack, Properties }) => text(templates, stack, Properties.BackupPlanId)));
    const rules = allOf(templates, 'AWS::Backup::BackupPlan')
      .filter((plan) => plans.has(nameOf(plan, 'BackupPlanId')) || plans.has(nameOf(plan)))
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

export const S3: Way = {
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

export const SECRET: Way = {
  name: 'replica of Secrets Manager',
  often: 'with each value',
  long: () => 'as long as the original',
  lacks: ({ stack, Properties }, templates, config) => {
    const replica = (Properties.ReplicaRegions ?? []).find(({ Region }: Json) => Region === config.recovery.region);
    return replica ? keyAway(templates, stack, replica.KmsKeyId, config) : ['it has no replica'];
  },
};

export const IMAGES: Way = {
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

export const EXPORT: Way = {
  name: 'snapshot, exported to S3 and replicated',
  often: 'daily',
  long: ({ redis }) => days(redis.snapshotRetentionDays),
  lacks: (place, templates, config) => {
    const buckets = new Set(
      allOf(templates, 'AWS::Lambda::Function').flatMap(({ stack, Properties }) => {
        const { GROUP, BUCKET } = Properties.Environment?.Variables ?? {};
        return GROUP === place.Properties.ReplicationGroupId ? [text(templates, stack, BUCKET)] : [];
      }),
    );
    const bucket = allOf(templates, 'AWS::S3::Bucket').find((each) =>
      buckets.has(text(templates, each.stack, each.Properties.BucketName)),
    );
    return [
      ...when(!(place.Properties.SnapshotRetentionLimit > 0), 'it makes no snapshots'),
      ...(bucket ? S3.lacks(bucket, templates, config) : ['no function exports its snapshots']),
    ];
  },
};
