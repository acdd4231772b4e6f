import { planOf } from '../../doctor/assembly';
import { OWNED_PROPERTIES } from '../../lib/model/owned-properties';
import { differences, told } from '../../verify/drift/differences';
import { OWNED_FIELDS, OWNED_OBJECTS, ownedPaths, without, withOwned } from '../../verify/drift/owned';
import { resolve, Unresolved, type Made } from '../../verify/drift/resolve';
import { environments } from '../fixtures';
import { once, type Json } from '../synth';

const made: Made = {
  stack: 'platform-dev-workloads',
  account: '111111111111',
  region: 'ap-southeast-1',
  ids: { Group: 'sg-1', Topic: 'arn:topic' },
  types: { Group: 'AWS::EC2::SecurityGroup', Topic: 'AWS::SNS::Topic' },
  exports: { host: 'clustercfg.redis.example' },
  output: (stack, region, name) => (stack === 'edge' && region === 'us-east-1' && name === 'Key' ? 'value' : undefined),
};

describe('a value of a template', () => {
  test.each<[string, Json, Json]>([
    ['a reference', { Ref: 'Topic' }, 'arn:topic'],
    ['a pseudo parameter', { Ref: 'AWS::Partition' }, 'aws'],
    ['an attribute that is the physical id', { 'Fn::GetAtt': ['Group', 'GroupId'] }, 'sg-1'],
    ['an export', { a: [{ 'Fn::ImportValue': 'host' }] }, { a: ['clustercfg.redis.example'] }],
    [
      'an output of another region',
      { 'Fn::GetStackOutput': { StackName: 'edge', Region: 'us-east-1', OutputName: 'Key' } },
      'value',
    ],
    [
      'a part of a text',
      { 'Fn::Select': [1, { 'Fn::Split': ['clustercfg.', { 'Fn::ImportValue': 'host' }] }] },
      'redis.example',
    ],
    ['a text of parts', { 'Fn::Join': ['/', ['a', { Ref: 'Group' }]] }, 'a/sg-1'],
  ])('is known if it is %s', (_, value, expected) => {
    expect(resolve(value, made)).toEqual(expected);
  });

  test.each<[string, Json]>([
    ['another attribute', { 'Fn::GetAtt': ['Topic', 'TopicName'] }],
    ['an export that is gone', { 'Fn::ImportValue': 'gone' }],
    ['another function', { 'Fn::Base64': 'text' }],
  ])('is not known if it is %s', (_, value) => {
    expect(() => resolve(value, made)).toThrow(Unresolved);
  });
});

describe('differences', () => {
  test.each<[string, Json, Json, readonly string[]]>([
    ['a change', { spec: { a: 1 } }, { spec: { a: 2 } }, ['spec.a is 2, not 1']],
    ['an addition', {}, { data: { 'a.b': 'x' } }, ['data is added ({"a.b":"x"})']],
    ['a removal', { data: { 'a.b': 'x', c: 'y' } }, { data: { c: 'y' } }, ['data[a.b] is gone']],
    [
      'one more element with a name',
      { list: [{ name: 'a' }] },
      { list: [{ name: 'b' }, { name: 'a' }] },
      ['list[b] is added ({"name":"b"})'],
    ],
    ['one more element without', { list: [1] }, { list: [1, 2] }, ['list is [1,2], not [1]']],
    ['nothing, if it is empty', { a: null, b: {} }, { c: [] }, []],
    ['a change to zero', { replicas: 1 }, { replicas: 0 }, ['replicas is 0, not 1']],
    ['a change to an empty text', { a: 'x' }, { a: '' }, ['a is "", not "x"']],
  ])('tell of %s', (_, wanted, found, expected) => {
    expect(differences(wanted, found).map((one) => told(one))).toEqual(expected);
  });

  test('tell no value of a Secret', () => {
    const all = differences({ data: { a: 'secret-1', b: 'secret-2' } }, { data: { a: 'secret-3', c: 'secret-4' } });
    expect(all.map((one) => told(one, true)).join()).not.toMatch(/secret-/);
  });
});

const deployment = (more: object = {}): Json => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'app', namespace: 'core', annotations: { 'deployment.kubernetes.io/revision': '3', own: 'yes' } },
  spec: { replicas: 2, ...more },
  status: { replicas: 2 },
});
const autoscaler = (kind: string, namespace = 'core'): Json => ({
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'app-hpa', namespace },
  spec: { scaleTargetRef: { kind, name: 'app' } },
});

describe('owned fields', () => {
  test('are left out, and no others', () => {
    const object = deployment();
    expect(without(object, ownedPaths(object, []))).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'app', namespace: 'core', annotations: { own: 'yes' } },
      spec: { replicas: 2 },
    });
  });

  test('are the replicas of what an autoscaler scales, and of nothing else', () => {
    const object = deployment();
    const hasReplicas = (deployed: readonly Json[]) =>
      without(object, ownedPaths(object, deployed)).spec.replicas !== undefined;
    expect(hasReplicas([autoscaler('Deployment')])).toBe(false);
    expect(hasReplicas([autoscaler('StatefulSet')])).toBe(true);
    expect(hasReplicas([autoscaler('Deployment', 'apps')])).toBe(true);
  });

  test('are taken from the object that is there', () => {
    const object = deployment({ replicas: 7 });
    const wanted = { ...deployment(), metadata: { name: 'app', namespace: 'core' }, status: undefined };
    const paths = ownedPaths(object, [autoscaler('Deployment')]);
    expect(withOwned(wanted, object, paths)).toMatchObject({
      metadata: { annotations: { 'deployment.kubernetes.io/revision': '3' } },
      spec: { replicas: 7 },
    });
  });
});

/** The owner of an object that no template holds. */
const owner = (object: Json, deployed: readonly Json[] = []) =>
  OWNED_OBJECTS.find((row) => (row.kind ?? object.kind) === object.kind && row.is(object, deployed))?.owner;
const statefulSet = (name: string): Json => ({
  kind: 'StatefulSet',
  metadata: { name, namespace: 'core' },
  spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
});

describe('added objects', () => {
  test('are those that no controller owns', () => {
    expect(owner({ kind: 'RoleBinding', metadata: { name: 'by-hand' } })).toBeUndefined();
    expect(owner({ kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt' } })).toMatch(/publisher/);
    expect(owner({ kind: 'RoleBinding', metadata: { name: 'a', ownerReferences: [{}] } })).toMatch(/owner/);
  });

  test('are no claims of a StatefulSet', () => {
    const claim = { kind: 'PersistentVolumeClaim', metadata: { name: 'data-db-0', namespace: 'core' } };
    expect(owner(claim, [statefulSet('db')])).toMatch(/StatefulSet/);
    expect(owner(claim, [statefulSet('other')])).toBeUndefined();
  });
});

describe('the tables of owners', () => {
  const stacks = environments.flatMap((config) => planOf(config, once(config).directory).stacks);
  const resources = stacks.flatMap((stack) => stack.resources);

  test('name only types that the templates have', () => {
    const types = new Set(resources.map(({ type }) => type));
    expect(OWNED_PROPERTIES.filter(({ type }) => !types.has(type))).toEqual([]);
  });

  test('name only kinds that the templates apply', () => {
    const applied = resources.map(({ properties }) => JSON.stringify(properties.Manifest ?? '')).join('');
    const kinds = [
      ...OWNED_FIELDS.flatMap(({ kinds: own = [] }) => own),
      ...OWNED_OBJECTS.flatMap(({ kind = [] }) => kind),
    ];
    expect(kinds.filter((kind) => !applied.includes(String.raw`\"kind\":\"${kind}\"`))).toEqual([]);
  });

  test('have a source for each row', () => {
    const rows = [...OWNED_FIELDS, ...OWNED_OBJECTS, ...OWNED_PROPERTIES];
    expect(rows.filter(({ source }) => !source.startsWith('https://'))).toEqual([]);
  });
});
