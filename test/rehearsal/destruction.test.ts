import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AssembledStack } from '../../rehearsal/src/app/cdk';
import { deletable, remains, unprotectedStacks } from '../../rehearsal/src/steps/destruction';
import type { Holding, Resource } from '../../rehearsal/src/emulator/emulator';

const resource = (type: string, physicalId: string, deletionPolicy: string): Resource => ({
  account: '1',
  region: 'r',
  stack: 's',
  logicalId: physicalId,
  type,
  physicalId,
  held: 'service',
  deletionPolicy,
});
const holding = (store: string, key: string): Holding => ({ service: 'rds', store, account: '1', region: 'r', key });

const bucket = resource('AWS::S3::Bucket', 'uploads', 'RetainExceptOnCreate');
const database = resource('AWS::RDS::DBInstance', 'platform-prod', 'Snapshot');
const snapshot = holding('_snapshots', 'platform-prod-snapshot-1a2b');
const kept = [bucket, database];

test('what is retained, and the final snapshot, may stay', () => {
  expect(remains(kept, [], [], [holding('_buckets', 'uploads'), snapshot])).toEqual([]);
});

test('a secret that is retained has its name in its ARN', () => {
  const arn = 'arn:aws:secretsmanager:r:1:secret:platform-prod-secrets-Jwt74035387-4DBFE40A06C35-08a623';
  const secret = resource('AWS::SecretsManager::Secret', arn, 'RetainExceptOnCreate');
  expect(remains([secret], [], [], [holding('_secrets', 'platform-prod-secrets-Jwt74035387-4DBFE40A06C35')])).toEqual(
    [],
  );
  expect(remains([secret], [], [], [])).toHaveLength(1);
});

test('what was there before may stay', () => {
  const before = [holding('_roles', 'somebody')];
  expect(remains([], [], before, before)).toEqual([]);
});

test('anything else is named, the database of a final snapshot too', () => {
  const after = [holding('_buckets', 'uploads'), snapshot, holding('_instances', 'platform-prod'), holding('_x', 'y')];
  expect(remains(kept, [], [], after)).toEqual([
    'left behind, although no template retains it: rds _instances platform-prod',
    'left behind, although no template retains it: rds _x y',
  ]);
});

test('what should have stayed is missed', () => {
  expect(remains(kept, [], [], [])).toEqual([
    'gone, although its template retains it: AWS::S3::Bucket uploads',
    'gone, although its template retains it: AWS::RDS::DBInstance platform-prod',
  ]);
});

test('resources of other stacks may stay or go', () => {
  const toolkit = resource('AWS::S3::Bucket', 'assets', 'Delete');
  expect(remains([], [toolkit], [], [holding('_buckets', 'assets')])).toEqual([]);
  expect(remains([], [toolkit], [], [])).toEqual([]);
});

/** Asks a service that always answers the same; gives what comes of it, and what it was asked. */
const ask = async <T>(answer: string, what: (endpoint: string) => Promise<T>) => {
  const asked: URLSearchParams[] = [];
  const server = createServer(async (request, response) => {
    asked.push(new URLSearchParams((await request.toArray()).join('')));
    response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return { found: await what(`http://127.0.0.1:${port}`), asked };
  } finally {
    server.close();
  }
};

const stack: AssembledStack = {
  name: 's',
  id: 's',
  account: '1',
  region: 'r',
  terminationProtection: true,
  template: {
    Resources: {
      'platform-prod': { Type: 'AWS::RDS::DBInstance', Properties: { DeletionProtection: true } },
      replica: { Type: 'AWS::RDS::DBInstance', Properties: { DeletionProtection: false } },
    },
  },
};

describe('a database whose template protects it', () => {
  const deployed = [database, resource('AWS::RDS::DBInstance', 'replica', 'Delete')];
  const tryIt = (endpoint: string) => deletable(endpoint, [stack], deployed);

  test('is in order when RDS refuses to delete it; others are not asked for', async () => {
    const { found, asked } = await ask('Cannot delete protected DB Instance', tryIt);
    expect(found).toEqual([]);
    expect(asked.map((query) => query.get('DBInstanceIdentifier'))).toEqual(['platform-prod']);
  });

  test('is told when RDS deletes it', async () => {
    expect((await ask('<DeleteDBInstanceResult/>', tryIt)).found).toEqual([
      'the database platform-prod is not protected: <DeleteDBInstanceResult/>',
    ]);
  });
});

const deleteStack = (endpoint: string) => unprotectedStacks(endpoint, [stack]);

describe('a protected stack', () => {
  test('is in order when CloudFormation refuses to delete it', async () => {
    const { found, asked } = await ask(
      'Stack [s] cannot be deleted while TerminationProtection is enabled',
      deleteStack,
    );
    expect(found).toEqual([]);
    expect(asked.map((query) => [query.get('Action'), query.get('StackName')])).toEqual([['DeleteStack', 's']]);
  });

  test('is told when CloudFormation deletes it', async () => {
    expect((await ask('<DeleteStackResponse/>', deleteStack)).found).toEqual([
      'the protected stack s could be deleted: <DeleteStackResponse/>',
    ]);
  });
});
