import { createServer, type Server } from 'node:http';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../../rehearsal/src/cluster/cluster';
import { exposed, exposedInTemplate } from '../../rehearsal/src/steps/exposure';

const VALUE = 'hunter2-hunter2';
const SECRETS = [
  {
    account: '1',
    region: 'r',
    name: 'shop/db',
    arn: 'a',
    deleted: false,
    versions: [{ id: 'v', stages: [], value: VALUE }],
  },
  {
    account: '2',
    region: 'r',
    name: 'other',
    arn: 'b',
    deleted: false,
    versions: [{ id: 'v', stages: [], value: 'innocent' }],
  },
];
const held: { logs: unknown[] } = { logs: [] };
let folder: string;
let server: Server;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exposure-test-'));
  await writeFile(join(folder, 'emulated-aws.log'), 'an innocent line\n');
  held.logs = [];
  server = createServer((request, response) => {
    response.end(JSON.stringify(request.url?.endsWith('secrets') ? SECRETS : held.logs));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const clusterWith = (...objects: object[]): Pick<Cluster, 'get' | 'resources'> => ({
  resources: async () => ['secrets', 'configmaps'],
  get: async <T>(...resources: readonly string[]) => (resources.join() === 'secrets,configmaps' ? objects : []) as T[],
});
const manifest = (Manifest: unknown, Type = 'Custom::AWSCDK-EKS-KubernetesResource') => ({
  Resources: { Apply: { Type, Properties: { Manifest } } },
});
const look = (cluster?: Pick<Cluster, 'get' | 'resources'>, template = manifest('[]')) => {
  const { port } = server.address() as AddressInfo;
  return exposed({
    endpoint: `http://127.0.0.1:${port}`,
    account: '1',
    folder,
    cluster,
    templates: [{ name: 'stack', template }],
  });
};
const object = (kind: string, more: object) => ({ kind, metadata: { name: 'x', namespace: 'shop' }, ...more });
const data = (value: string) => ({ data: { key: Buffer.from(value).toString('base64') } });

test('where no value is, nothing is found', async () => {
  held.logs = [{ account: '1', region: 'r', group: 'g', stream: 's', messages: ['an innocent message'] }];
  expect(await look(clusterWith(object('ConfigMap', { data: { key: 'innocent' } })))).toEqual([]);
});

test.each<[string, string]>([
  ['plain', VALUE],
  ['in Base64', Buffer.from(`root:${VALUE}`).toString('base64')],
])('a value in a file, %s, is told with the file and without the value', async (_, text) => {
  await mkdir(join(folder, 'cdk.out', 'deep'), { recursive: true });
  await writeFile(join(folder, 'cdk.out', 'deep', 'template.json'), `{"a":"${text}"}`);
  expect(await look()).toEqual(['the file cdk.out/deep/template.json holds a value of the secret "shop/db"']);
});

test('a value in an object of the cluster is told with the object', async () => {
  const found = await look(clusterWith(object('ConfigMap', { data: { url: `mysql://root:${VALUE}@db` } })));
  expect(found).toEqual(['the ConfigMap shop/x holds a value of the secret "shop/db"']);
});

test('a value in a Secret is told, decoded, and that somebody made the Secret', async () => {
  const inner = Buffer.from(VALUE).toString('base64');
  expect(await look(clusterWith(object('Secret', { type: 'Opaque', ...data(inner) })))).toEqual([
    'the Secret shop/x was created with data',
    'the Secret shop/x holds a value of the secret "shop/db"',
  ]);
});

test('Secrets that Kubernetes, Helm or the CSI driver made are in order', async () => {
  const types = ['kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token', 'helm.sh/release.v1'];
  const own = types.map((type) => object('Secret', { type, ...data('innocent') }));
  const synced = {
    ...object('Secret', { type: 'Opaque', ...data('innocent') }),
    metadata: { name: 'x', labels: { 'secrets-store.csi.k8s.io/managed': 'true' } },
  };
  expect(await look(clusterWith(...own, synced, object('Secret', { type: 'Opaque' })))).toEqual([]);
});

test('a value in a log event is told with group and stream; logs of other accounts are theirs', async () => {
  const stream = { account: '1', region: 'r', group: '/aws/lambda/f', stream: 's', messages: ['one', `two ${VALUE}`] };
  held.logs = [stream, { ...stream, account: '2', group: 'other' }];
  expect(await look()).toEqual(['the log group /aws/lambda/f, stream s, holds a value of the secret "shop/db"']);
});

const SECRET = { kind: 'Secret', metadata: { name: 'db', namespace: 'shop' }, stringData: { password: 'x' } };
const RESOLVED = '{{resolve:secretsmanager:db}}';
const resolves = 'the resource Apply of the stack stack passes on a value that CloudFormation resolves ({{resolve:…}})';
const makes = 'the resource Apply of the stack stack creates the Secret shop/db with data';

test.each<[string, unknown, readonly string[]]>([
  ['a reference to a secret', `[{"kind":"Deployment","value":"${RESOLVED}"}]`, [resolves]],
  ['one that is joined', { 'Fn::Join': ['', ['[{"a":"{{resolve:secretsmanager:', { Ref: 'S' }, '}}"}]']] }, [resolves]],
  ['a Secret', JSON.stringify([SECRET]), [makes]],
  [
    'a Secret that is joined',
    { 'Fn::Join': ['', [JSON.stringify([SECRET]).slice(0, -5), { Ref: 'S' }, '"}}]']] },
    [makes],
  ],
  ['a Secret that cannot be read', `[${JSON.stringify(SECRET)},{"a":}]`, [makes.replace(' shop/db', '')]],
  ['a Secret without data', JSON.stringify([{ ...SECRET, stringData: {} }]), []],
])('a manifest with %s is told', (_, value, lines) => {
  expect(exposedInTemplate('stack', manifest(value))).toEqual(lines);
});

test('so are the values of a chart, and other resources may resolve secrets', async () => {
  expect(exposedInTemplate('stack', manifest(RESOLVED, 'Custom::AWSCDK-EKS-HelmChart'))).toEqual([resolves]);
  expect(exposedInTemplate('stack', manifest(RESOLVED, 'AWS::RDS::DBInstance'))).toEqual([]);
  expect(await look(undefined, manifest(JSON.stringify([SECRET])))).toEqual([makes]);
});
