import { scheduledCode } from '../../lib/constructs/scheduled-function';
import { propertiesOf, resourcesOf, sample } from '../synth';
import { wherePythonIs } from './inline-function';
import { scheduled } from './scheduled-call';

const AWS = `
class Client:
    def __init__(self, service, region):
        self.service = service

    def get_paginator(self, name):
        return types.SimpleNamespace(paginate=lambda **asked: [{"Snapshots": given["snapshots"][:1]}, {"Snapshots": given["snapshots"][1:]}])

    def list_objects_v2(self, Bucket, Prefix):
        return {"KeyCount": len([name for name in given["files"] if name.startswith(Prefix)])}

    def copy_snapshot(self, **asked):
        done.append(asked)
`;

const exported = (snapshots: readonly object[], files: readonly string[] = []) =>
  scheduled({
    code: scheduledCode('snapshot-export.py'),
    environment: { GROUP: 'platform-prod', BUCKET: 'snapshots' },
    fakes: AWS,
    given: { snapshots, files },
  });

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_Snapshot.html */
const snapshot = (name: string, minutesAgo: number, more: object = {}) => ({
  SnapshotName: `automatic.${name}`,
  SnapshotStatus: 'available',
  SnapshotSource: 'automated',
  NodeSnapshots: [{ SnapshotCreateTime: { ago: minutesAgo + 5 } }, { SnapshotCreateTime: { ago: minutesAgo } }],
  ...more,
});

const copy = (name: string) => ({
  SourceSnapshotName: `automatic.${name}`,
  TargetSnapshotName: `automatic-${name}`,
  TargetBucket: 'snapshots',
});

wherePythonIs('the function', () => {
  test('exports the newest automatic snapshot that is complete', () => {
    const snapshots = [
      snapshot('old', 1500),
      snapshot('new', 60),
      snapshot('unfinished', 1, { SnapshotStatus: 'creating' }),
      snapshot('by-hand', 2, { SnapshotSource: 'manual' }),
    ];
    expect(exported(snapshots)).toEqual({ done: [copy('new')], failed: null });
  });

  test('exports none twice', () => {
    expect(exported([snapshot('new', 60)], ['automatic-new-0001.rdb'])).toEqual({ done: [], failed: null });
  });

  test('fails without any snapshot', () => {
    expect(exported([])).toEqual({ done: [], failed: 'platform-prod has no automatic snapshot that is available' });
  });
});

const redis = resourcesOf(sample('prod'), 'redis');

test('runs every hour', () => {
  expect(propertiesOf(redis, 'AWS::Events::Rule')).toEqual([
    expect.objectContaining({ ScheduleExpression: 'rate(1 hour)', State: 'ENABLED' }),
  ]);
});

test('may do what ElastiCache asks of the caller of an export', () => {
  const statements = propertiesOf(redis, 'AWS::IAM::Policy').flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const granted = statements.flatMap(({ Action }: { Action: string | string[] }) => Action);
  const needed = ['PutObject', 'GetObject', 'DeleteObject', 'ListBucket', 'GetBucketLocation', 'ListAllMyBuckets'];
  expect(needed.filter((action) => !granted.includes(`s3:${action}`))).toEqual([]);
  expect(granted).toContain('elasticache:CopySnapshot');
});
