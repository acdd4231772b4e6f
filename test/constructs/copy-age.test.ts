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

    def get_metric_statistics(self, Namespace, MetricName, Dimensions, StartTime, EndTime, Period, Statistics):
        return {"Datapoints": [{"Maximum": each} for each in rows("cloudwatch", self.region).get("latencies", [])]}

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
  'cloudwatch ap-southeast-2': { latencies: [60, 240] },
  's3 ap-southeast-2': {
    files: [
      { Key: 'automatic-platform-prod-2026-01-01-18-00-0001.rdb', LastModified: ago(2) },
      { Key: 'by-hand-0001.rdb', LastModified: ago(60) },
    ],
  },
  'backup ap-southeast-2': {
    made: ago(9000),
    points: [
      { type: 'RDS', CreationDate: ago(100), InitiationDate: ago(200), Status: 'COMPLETED' },
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
      UPLOADS: 'uploads',
      REPLICA: 'uploads-copies',
      RULE: 'recovery',
      BACKED_UP: 'RDS,S3,EKS',
    },
    fakes: AWS,
    given,
  });

wherePythonIs('the function', () => {
  test('measures the newest copy of each tier: of backups, the kind whose newest one is oldest', () => {
    expect(measured(COPIES)).toEqual({
      done: [['Platform/Recovery', { mysql: 7, uploads: 4, redis: 60, backups: 300 }]],
      failed: null,
    });
  });

  test('the time of a snapshot is in the name of its file', () => {
    const files = [{ Key: 'automatic-platform-prod-2026-01-01-18-00-0001.rdb', LastModified: ago(2) }];
    const { done } = measured({ ...COPIES, 's3 ap-southeast-2': { files } }) as { done: [string, { redis: number }][] };
    const since = (Date.now() - Date.parse('2026-01-01T18:00:00Z')) / 60_000;
    expect(Math.abs(done[0]![1].redis - since)).toBeLessThan(2);
  });

  test('before the first copy, measures since the vault is there', () => {
    expect(measured({ 'backup ap-southeast-2': { made: ago(13), points: [] } })).toEqual({
      done: [['Platform/Recovery', { mysql: 13, uploads: 0, redis: 13, backups: 13 }]],
      failed: null,
    });
  });

  test('a kind without any backup counts from the vault on, however young the others are', () => {
    const points = COPIES['backup ap-southeast-2'].points.filter(({ type }) => type !== 'S3');
    const { done } = measured({ ...COPIES, 'backup ap-southeast-2': { made: ago(9000), points } });
    expect(done).toEqual([['Platform/Recovery', { mysql: 7, uploads: 4, redis: 60, backups: 9000 }]]);
  });

  test('what does not answer is not measured, and fails the function after the others are', () => {
    expect(measured({ ...COPIES, 'rds ap-southeast-2': 'away' })).toEqual({
      done: [['Platform/Recovery', { uploads: 4, redis: 60, backups: 300 }]],
      failed: 'mysql: rds does not answer',
    });
  });
});

test('runs every 15 minutes, with what it may read and nothing that it may change', () => {
  const monitoring = resourcesOf(sample('prod'), 'monitoring');
  const scheduled15 = propertiesOf(monitoring, 'AWS::Events::Rule').filter(({ id }) => id.startsWith('CopyAge'));
  expect(scheduled15).toEqual([expect.objectContaining({ ScheduleExpression: 'rate(15 minutes)', State: 'ENABLED' })]);
  const actions = propertiesOf(monitoring, 'AWS::IAM::Policy')
    .filter(({ id }) => id.startsWith('CopyAge'))
    .flatMap(({ PolicyDocument }) =>
      PolicyDocument.Statement.flatMap(({ Action }: { Action: string | string[] }) => Action),
    );
  expect(actions.length).toBeGreaterThan(4);
  expect(
    actions.filter((action) => !/:(Describe|List|GetMetric|Put(MetricData|LogEvents)|CreateLogStream)/.test(action)),
  ).toEqual([]);
});
