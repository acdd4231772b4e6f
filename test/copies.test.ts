import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { COPIED_TIERS } from '../lib/model/recovery';
import { STATEFUL } from '../review/stateful';
import { uncopied, unprotected, volumeClaims } from './copies';
import type { Recoverable } from './copies/ways';
import { allOf, templatesOf, type Templates } from './references';
import { ENVIRONMENT_NAMES, environment } from './fixtures';
import { SAMPLES } from './sample';
import { assembly, once, type Json } from './synth';

const withCopies = ENVIRONMENT_NAMES.map((name) => environment(name)).filter(
  (config): config is Recoverable => config.recovery !== undefined,
);

test('production has copies (S43)', () => {
  expect(withCopies.map(({ name }) => name)).toContain('prod');
});

describe.each(withCopies.map((config) => [config.name, config] as const))('in %s', (name, config) => {
  test('everything stateful is copied as its row says, or has a reason not to be (S43)', () => {
    expect(uncopied(templatesOf(assembly(name)), config)).toEqual([]);
  });
});

test('where data is kept, no deletion and no replacement takes what is copied, or a copy', () => {
  const kept = withCopies.filter(({ retainData }) => retainData);
  expect(kept).not.toEqual([]);
  for (const { name } of kept) {
    expect(unprotected(templatesOf(assembly(name)))).toEqual([]);
    for (const { terminationProtection } of assembly(name).stacks) expect(terminationProtection).toBe(true);
  }
});

describe.each(withCopies.map((config) => [config.name, config] as const))(
  'the alarms on copies of %s',
  (name, config) => {
    test('fire where the newest copy of a tier is older than its objective, and where nothing measures it', () => {
      const alarms = allOf(templatesOf(assembly(name)), 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
      for (const tier of COPIED_TIERS) {
        const alarm = alarms.find(({ AlarmName }) => AlarmName === `platform-${name}-copies-age-${tier}`);
        const { rpoMinutes } = config.recovery.objectives[tier];
        expect(alarm).toMatchObject({
          Metrics: expect.arrayContaining([expect.objectContaining({ Expression: `100 * ${tier} / ${rpoMinutes}` })]),
          Threshold: 100,
          ComparisonOperator: 'GreaterThanThreshold',
          TreatMissingData: 'breaching',
        });
      }
    });
  },
);

test('the volumes of pods are in the backup of their cluster', () => {
  expect(volumeClaims(templatesOf(assembly('prod'))).length).toBeGreaterThan(2);
});

test('every type of the templates that CloudFormation calls stateful is one here', () => {
  const inTemplates = new Set(
    Object.values(templatesOf(assembly('prod'))).flatMap(({ Resources }) =>
      Object.values<Json>(Resources).map(({ Type }) => Type as string),
    ),
  );
  const specified = [...loadAwsServiceSpecSync().all('resource')].filter(({ isStateful }) => isStateful);
  const missing = specified
    .map(({ cloudFormationType }) => cloudFormationType)
    .filter((type) => inTemplates.has(type) && !STATEFUL.has(type));
  expect(missing).toEqual([]);
});

const prod = SAMPLES.prod as Recoverable;

/** Findings once the templates are changed. */
const broken = (change: (templates: Templates) => void) => {
  const templates = templatesOf(once(prod));
  change(templates);
  return [...uncopied(templates, prod), ...unprotected(templates)];
};

/** A resource of a type whose logical id begins so. */
const one = (templates: Templates, type: string, id = ''): Json => {
  const place = allOf(templates, type).find((each) => each.id.startsWith(id))!;
  return templates[place.stack].Resources[place.id];
};

/** The rule by which a bucket of the home region is replicated. */
const replication = (templates: Templates, id: string): Json => {
  const { Resources } = templates['platform-prod-storage'];
  const bucket = Object.keys(Resources).find(
    (each) => each.startsWith(id) && Resources[each].Type === 'AWS::S3::Bucket',
  )!;
  return Resources[bucket].Properties.ReplicationConfiguration.Rules[0];
};

const add = (stack: string, Type: string, Properties: Json) => (templates: Templates) => {
  templates[`platform-prod-${stack}`].Resources.Planted = { Type, Properties, DeletionPolicy: 'Retain' };
};

describe('a mistake is found', () => {
  test('none in what is right', () => {
    expect(broken(() => {})).toEqual([]);
  });

  test.each<[string, (templates: Templates) => void, RegExp]>([
    ['a database without a row', add('network', 'AWS::DynamoDB::Table', {}), /Planted\}: .* stands in 0 rows/],
    ['a bucket without a row', add('edge', 'AWS::S3::Bucket', {}), /Planted\}: .* stands in 0 rows/],
    ['a volume without a row', add('cluster', 'AWS::EC2::Volume', {}), /Planted\}: .* stands in 0 rows/],
    ['a secret without a row', add('workloads', 'AWS::SecretsManager::Secret', {}), /Planted\}: .* stands in 0 rows/],
    [
      'a second primary',
      add('mysql', 'AWS::RDS::DBInstance', { BackupRetentionPeriod: 7 }),
      /Planted\}: it is in 0 selections/,
    ],
    [
      'a second cluster',
      add('cluster', 'AWS::EKS::Cluster', { DeletionProtection: true }),
      /Planted\}: it is in 0 selections/,
    ],
    [
      'a repository of another name',
      add('images', 'AWS::ECR::Repository', { RepositoryName: 'elsewhere/x' }),
      /no rule replicates it/,
    ],
    [
      'a repository that the recovery region lacks',
      add('images', 'AWS::ECR::Repository', { RepositoryName: 'platform/x' }),
      /have no repository in the recovery region/,
    ],
    [
      'no selection of the database',
      (templates) => {
        one(templates, 'AWS::Backup::BackupSelection', 'Backup').Properties.BackupSelection.Resources = [];
      },
      /it is in 0 selections/,
    ],
    [
      'a plan without copies',
      (templates) => {
        one(templates, 'AWS::Backup::BackupPlan').Properties.BackupPlan.BackupPlanRule[0].CopyActions = [];
      },
      /not copied to a vault of the recovery region/,
    ],
    [
      'backups that end too early',
      (templates) => {
        one(templates, 'AWS::Backup::BackupPlan').Properties.BackupPlan.BackupPlanRule[0].Lifecycle.DeleteAfterDays = 1;
      },
      /not kept for 35 days/,
    ],
    [
      'a vault in the home region',
      (templates) => {
        templates['platform-prod-recovery'].region = prod.region;
      },
      /not copied to a vault of the recovery region/,
    ],
    [
      'logs that stay at home',
      (templates) => {
        delete one(templates, 'AWS::RDS::DBInstance', 'MysqlPrimary').Properties.AutomaticBackupReplicationRegion;
      },
      /automated backups are not replicated/,
    ],
    [
      'a key of the home region for the logs',
      (templates) => {
        const { Properties } = one(templates, 'AWS::RDS::DBInstance', 'MysqlPrimary');
        Properties.AutomaticBackupReplicationKmsKeyId = Properties.KmsKeyId;
      },
      /not encrypted with a key of the recovery region/,
    ],
    [
      'a replication that is switched off',
      (templates) => {
        replication(templates, 'Assets').Status = 'Disabled';
      },
      /it is not replicated/,
    ],
    [
      'a replication that leaves encrypted objects out',
      (templates) => {
        delete replication(templates, 'Uploads').SourceSelectionCriteria;
      },
      /the rule leaves them out/,
    ],
    [
      'a replication of a part',
      (templates) => {
        replication(templates, 'Uploads').Filter.Prefix = 'a/';
      },
      /only a part of it/,
    ],
    [
      'a role that may not replicate',
      (templates) => {
        one(templates, 'AWS::IAM::Policy', 'UploadsReplicationRole').Properties.PolicyDocument.Statement = [];
      },
      /may not replicate/,
    ],
    [
      'a replica without versions',
      (templates) => {
        delete templates['platform-prod-recovery'].Resources[
          allOf(templates, 'AWS::S3::Bucket').find(
            ({ stack, id }) => stack.endsWith('-recovery') && id.startsWith('Assets'),
          )!.id
        ].Properties.VersioningConfiguration;
      },
      /keeps no versions/,
    ],
    [
      'a secret without a replica',
      (templates) => {
        delete one(templates, 'AWS::SecretsManager::Secret', 'Jwt').Properties.ReplicaRegions;
      },
      /it has no replica/,
    ],
    [
      'no export of Redis',
      (templates) => {
        one(templates, 'AWS::Lambda::Function', 'SnapshotExport').Properties.Environment.Variables.GROUP = 'other';
      },
      /no function exports its snapshots/,
    ],
    [
      'no replication of images',
      (templates) => {
        one(templates, 'AWS::ECR::ReplicationConfiguration').Properties.ReplicationConfiguration.Rules = [];
      },
      /no rule replicates it/,
    ],
    [
      'a bucket that goes with its stack',
      (templates) => {
        one(templates, 'AWS::S3::Bucket', 'Uploads').DeletionPolicy = 'Delete';
      },
      /DeletionPolicy is Delete/,
    ],
    [
      'a key that goes with its stack',
      (templates) => {
        one(templates, 'AWS::KMS::Key', 'Key').DeletionPolicy = 'Delete';
      },
      /is encrypted with Key\w+, which goes with its stack/,
    ],
    [
      'a database that a replacement takes',
      (templates) => {
        delete one(templates, 'AWS::RDS::DBInstance', 'MysqlPrimary').UpdateReplacePolicy;
      },
      /UpdateReplacePolicy is undefined/,
    ],
    [
      'a cluster that anybody may delete',
      (templates) => {
        one(templates, 'AWS::EKS::Cluster').Properties.DeletionProtection = false;
      },
      /has no deletion protection/,
    ],
  ])('%s', (_, change, finding) => {
    expect(broken(change)).toContainEqual(expect.stringMatching(finding));
  });
});
