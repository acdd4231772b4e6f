import { scheduledCode } from '../../lib/constructs/scheduled-function';
import { sample, resourcesOf, propertiesOf } from '../synth';
import { wherePythonIs } from './inline-function';
import { scheduled } from './scheduled-call';

/** An AWS that has what it is given, in the recovery region and at home. */
const AWS = `
class Missing(Exception):
    pass

def rows(service, region):
    found = given.get(f"{service} {region or 'home'}", {})
    if found == "away":
        raise Missing(f"{service} does not answer")
    return found

class Client:
    def __init__(self, service, region):
        self.service, self.region = service, region

    def describe_db_instance_automated_backups(self, DBInstanceIdentifier):
        return {"DBInstanceAutomatedBackups": rows("rds", self.region).get("copies", [])}

    def describe_db_instances(self, DBInstanceIdentifier):
        return {"DBInstances": [{"InstanceCreateTime": rows("rds", self.region)["made"]}]}

    def describe_replication_groups(self, ReplicationGroupId):
        return {"ReplicationGroups": [{"ReplicationGroupCreateTime": rows("elasticache", self.region)["made"]}]}

    def describe_backup_vault(self, BackupVaultName):
        return {"CreationDate": rows("backup", self.region)["made"]}

    def get_paginator(self, name):
        return types.SimpleNamespace(paginate=lambda **asked: getattr(self, name)(**asked))

    def list_objects_v2(self, Bucket):
        files = rows("s3", self.region).get("files", [])
        return [{}, {"Contents": files[:1]}, {"Contents": files[1:]}]

    def list_recovery_points_by_backup_vault(self, BackupVaultName, ByResourceType):
        points = [one for one in rows("backup", self.region).get("points", []) if one["type"] == ByResourceType]
        return [{"RecoveryPoints": points[:1]}, {"RecoveryPoints": points[1:]}]

    def put_metric_data(self, Namespace, MetricData):
        done.append([Namespace, {one["Dimensions"][1]["Value"]: round(one["Value"]) for one in MetricData}])
`;

/** A moment so many minutes ago: the call turns it into one. */
const ago = (minutes: number) => ({ ago: minutes });

const COPIES = {
  'rds ap-southeast-2': { copies: [{ RestoreWindow: { LatestTime: ago(7) } }, { RestoreWindow: {} }] },
  's3 ap-southeast-2': { files: [{ LastModified: ago(1500) }, { LastModified: ago(60) }] },
  'backup ap-southeast-2': {
    made: ago(9000),
    points: [
      { type: 'RDS', CreationDate: ago(100), Status: 'COMPLETED' },
      { type: 'RDS', CreationDate: ago(1540), Status: 'COMPLETED' },
      { type: 'S3', CreationDate: ago(120), Status: 'AVAILABLE' },
      { type: 'EKS', CreationDate: ago(10), Status: 'PARTIAL' },
      { type: 'EKS', CreationDate: ago(300), Status: 'COMPLETED' },
    ],
  },
};

const measured = (given: object) =>
  scheduled({
    code: scheduledCode('copy-age.py'),
    environment: {
      IDENTIFIER: 'platform-prod',
      NAMESPACE: 'Platform/Recovery',
      METRIC: 'CopyAge',
      RECOVERY_REGION: 'ap-southeast-2',
      SNAPSHOTS: 'copies',
      BACKED_UP: 'RDS,S3,EKS',
    },
    fakes: AWS,
    given,
  });

wherePythonIs('the function', () => {
  test('measures the newest copy of each tier: of backups, the kind whose newest one is oldest', () => {
    expect(measured(COPIES)).toEqual({
      done: [['Platform/Recovery', { mysql: 7, redis: 60, backups: 300 }]],
      failed: null,
    });
  });

  test('before the first copy, measures since what is copied was made', () => {
    expect(
      measured({
        'rds home': { made: ago(11) },
        'elasticache home': { made: ago(12) },
        'backup ap-southeast-2': { ...COPIES['backup ap-southeast-2'], made: ago(13), points: [] },
      }),
    ).toEqual({ done: [['Platform/Recovery', { mysql: 11, redis: 12, backups: 13 }]], failed: null });
  });

  test('what does not answer is not measured, and fails the function after the others are', () => {
    expect(measured({ ...COPIES, 'rds ap-southeast-2': 'away' })).toEqual({
      done: [['Platform/Recovery', { redis: 60, backups: 300 }]],
      failed: 'mysql: rds does not answer',
    });
  });
});

test('runs every 15 minutes, with what it may read and nothing that it may change', () => {
  const backup = resourcesOf(sample('prod'), 'backup');
  expect(propertiesOf(backup, 'AWS::Events::Rule')).toEqual([
    expect.objectContaining({ ScheduleExpression: 'rate(15 minutes)', State: 'ENABLED' }),
  ]);
  const actions = propertiesOf(backup, 'AWS::IAM::Policy').flatMap(({ PolicyDocument }) =>
    PolicyDocument.Statement.flatMap(({ Action }: { Action: string | string[] }) => Action),
  );
  expect(
    actions.filter((action) => !/:(Describe|List|Put(MetricData|LogEvents)|CreateLogStream)/.test(action)),
  ).toEqual([]);
});
