import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AssembledStack } from '../../rehearsal/src/app/cdk';
import {
  createZones,
  imagesToPush,
  importedZones,
  provideValues,
  pushImages,
  valuesToProvide,
  zonesToDelegate,
} from '../../rehearsal/src/steps/operator';

const stack = (name: string, Outputs: Record<string, { Value: unknown }>): AssembledStack => ({
  name,
  id: name,
  account: '1',
  region: 'r',
  terminationProtection: false,
  template: { Outputs },
});

test('finds the secrets that outputs ask the operator for', () => {
  const asking = stack('secrets', {
    DsnToProvide: { Value: 'aws secretsmanager put-secret-value --secret-id a/b --secret-string VALUE' },
    Other: { Value: 'x' },
  });
  expect(valuesToProvide([stack('network', {}), asking])).toEqual([{ stack: asking, secret: 'a/b' }]);
});

test('an output that asks for it knows not what is refused', () => {
  expect(() => valuesToProvide([stack('secrets', { DsnToProvide: { Value: 'please' } })])).toThrow(
    'the output DsnToProvide of secrets does not name a secret: please',
  );
});

/** The outcome of an operator's task when AWS answers with this status, and the requests to AWS. */
const operate = async (status: number, task: (endpoint: string) => Promise<readonly string[]>) => {
  const asked: { target: unknown; body: Record<string, string> }[] = [];
  const server = createServer(async (request, response) => {
    asked.push({ target: request.headers['x-amz-target'], body: JSON.parse((await request.toArray()).join('')) });
    response.writeHead(status).end('the answer');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const outcome = await task(`http://127.0.0.1:${port}`).catch(String);
  server.close();
  return { outcome, asked };
};

const provide = async (status: number) => {
  const values = [{ stack: stack('secrets', {}), secret: 'a/b' }];
  const { outcome, asked } = await operate(status, (endpoint) => provideValues(endpoint, values));
  return { outcome, asked: asked.map(({ target, body }) => `${target} ${body.SecretId}`) };
};

test('puts values in, and says where', async () => {
  expect(await provide(200)).toEqual({
    outcome: ['a value of the secret a/b'],
    asked: ['secretsmanager.PutSecretValue a/b'],
  });
});

test('a value that AWS refuses is told', async () => {
  expect((await provide(400)).outcome).toBe('Error: could not set the value of the secret a/b: the answer');
});

const ACCOUNT = '111111111111';
const REGISTRY = `${ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com`;

const deployed = (name: string, Type: string, ...properties: Record<string, unknown>[]): AssembledStack => ({
  ...stack(name, {}),
  account: ACCOUNT,
  region: 'eu-central-1',
  template: { Resources: Object.fromEntries(properties.map((Properties, i) => [`R${i}`, { Type, Properties }])) },
});
const repositories = deployed('images', 'AWS::ECR::Repository', { RepositoryName: 'platform/api' });
const workloads = (...manifests: unknown[]) =>
  deployed('workloads', 'Custom::AWSCDK-EKS-KubernetesResource', ...manifests.map((Manifest) => ({ Manifest })));
const running = (image: string) => JSON.stringify([{ kind: 'Pod', spec: { containers: [{ image }] } }]);

const DIGEST = `sha256:${'a'.repeat(64)}`;
const image = {
  account: ACCOUNT,
  region: 'eu-central-1',
  repository: 'platform/api',
  digest: undefined,
  stack: repositories,
};

test('finds the images of the own registry that manifests name, each once, and who has their repository', () => {
  const joined = ['[{"image":"', { Ref: 'AWS::AccountId' }, '.dkr.ecr.', { Ref: 'AWS::Region' }, '.'];
  const stacks = [
    workloads(running(`${REGISTRY}/platform/api:1.2`), running(`${REGISTRY}/platform/api:1.2`), {
      'Fn::Join': ['', [...joined, { Ref: 'AWS::URLSuffix' }, '/platform/api:2-rc"}]']],
    }),
    repositories,
  ];
  expect(imagesToPush(stacks)).toEqual([
    { ...image, tag: '1.2' },
    { ...image, tag: '2-rc' },
  ]);
});

test.each([
  ['its tag and its digest', `${REGISTRY}/platform/api:1@${DIGEST}`, '1'],
  ['its digest', `${REGISTRY}/platform/api@${DIGEST}`, undefined],
])('finds an image that is named by %s', (_, name, tag) => {
  expect(imagesToPush([repositories, workloads(running(name))])).toEqual([{ ...image, tag, digest: DIGEST }]);
});

test.each([
  ['elsewhere', 'docker.io/platform/api:1'],
  ["in another account's registry", `222222222222${REGISTRY.slice(12)}/platform/api:1`],
  ['in another region', `${REGISTRY.replace('central', 'west')}/platform/api:1`],
  ['without a repository', `${REGISTRY}/platform/other:1`],
])('an image %s is left alone', (_, name) => {
  expect(imagesToPush([repositories, workloads(running(name))])).toEqual([]);
});

const push = (status: number, ...tags: string[]) => {
  const images = imagesToPush([
    repositories,
    workloads(...tags.map((tag) => running(`${REGISTRY}/platform/api:${tag}`))),
  ]);
  return operate(status, (endpoint) => pushImages(endpoint, images));
};

test('tells the registry of an image whose digest is named, because nobody here has its content', async () => {
  const { outcome, asked } = await push(200, `1@${DIGEST}`);
  expect(outcome).toEqual([`image ${REGISTRY}/platform/api:1@${DIGEST}`]);
  expect(asked.map(({ body }) => body)).toEqual([
    { region: 'eu-central-1', repository: 'platform/api', tag: '1', digest: DIGEST },
  ]);
});

test('pushes an image of its own for every tag, and says which', async () => {
  const { outcome, asked } = await push(200, '1', '2');
  expect(outcome).toEqual([`image ${REGISTRY}/platform/api:1`, `image ${REGISTRY}/platform/api:2`]);
  expect(asked.map(({ target, body }) => [target, body.repositoryName, body.imageTag])).toEqual(
    ['1', '2'].map((tag) => ['AmazonEC2ContainerRegistry_V20150921.PutImage', 'platform/api', tag]),
  );
  const [first, second] = asked.map(({ body }) => body.imageManifest);
  expect(first).not.toEqual(second);
  expect(JSON.parse(String(first))).toMatchObject({ schemaVersion: 2, layers: [{ size: 2 }] });
});

test('an image that AWS refuses is told', async () => {
  expect((await push(400, '1')).outcome).toBe(`Error: could not push the image ${REGISTRY}/platform/api:1: the answer`);
});

test('finds the image of a chart, which has its repository and its tag apart', () => {
  const Values = JSON.stringify({ image: { repository: `${REGISTRY}/platform/api`, tag: 'v3', pullPolicy: 'Always' } });
  const chart = deployed('cluster', 'Custom::AWSCDK-EKS-HelmChart', { Chart: 'api', Values });
  expect(imagesToPush([chart, repositories]).map(({ tag }) => tag)).toEqual(['v3']);
});

const records = (...names: string[]) =>
  deployed('edge', 'AWS::Route53::RecordSet', ...names.map((Name) => ({ HostedZoneId: 'Z1', Name })));

test('a hosted zone that templates know by its id has the name that all of its records and certificates end in', () => {
  const certificate = deployed('security', 'AWS::CertificateManager::Certificate', {
    DomainValidationOptions: [{ DomainName: 'api.example.com', HostedZoneId: 'Z1' }],
  });
  const made = deployed('own', 'AWS::Route53::RecordSet', { HostedZoneId: { Ref: 'Zone' }, Name: 'other.com.' });
  const zone = { account: ACCOUNT, id: 'Z1' };
  expect(importedZones([certificate, made])).toEqual([{ ...zone, name: 'api.example.com' }]);
  expect(importedZones([certificate, records('example.com.', 'www.example.com.'), made])).toEqual([
    { ...zone, name: 'example.com' },
  ]);
  expect(importedZones([certificate, records('www.example.com.')])).toEqual([{ ...zone, name: 'example.com' }]);
});

test('makes hosted zones, and says which', async () => {
  const { outcome, asked } = await operate(200, (endpoint) =>
    createZones(endpoint, importedZones([records('a.com.')])),
  );
  expect(outcome).toEqual(['hosted zone a.com (Z1)']);
  expect(asked.map(({ body }) => body)).toEqual([{ id: 'Z1', name: 'a.com' }]);
});

test('a hosted zone that cannot be made is told', async () => {
  const { outcome } = await operate(400, (endpoint) => createZones(endpoint, importedZones([records('a.com.')])));
  expect(outcome).toBe('Error: could not create the hosted zone Z1 of a.com: the answer');
});

test('finds the hosted zones that stacks make', () => {
  const zones = deployed('zones', 'AWS::Route53::HostedZone', { Name: 'dev.example.com.' });
  expect(zonesToDelegate([repositories, zones])).toEqual([{ stack: zones, name: 'dev.example.com' }]);
});
