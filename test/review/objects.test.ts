import { parse } from 'yaml';
import { stacksOf, type Json, type Stack } from '../../review/assembly';
import { MANIFEST, objectsOf, yamlOf } from '../../review/objects';
import { placeholder } from '../../review/placeholders';
import { objectsOf as inTemplates, sample } from '../synth';

const resource = (path: string, Type = 'AWS::Fake::Thing') => ({ Type, Metadata: { 'aws:cdk:path': path } });

const database: Stack = {
  name: 'platform-prod-mysql',
  path: 'prod/Mysql',
  template: {
    Resources: { MysqlPrimary04EF300F: resource('prod/Mysql/Mysql/Primary/Resource') },
    Outputs: {
      Host: { Value: { 'Fn::GetAtt': ['MysqlPrimary04EF300F', 'Endpoint.Address'] }, Export: { Name: 'mysql:host' } },
    },
  },
};

/** Stacks whose second applies what the parts join to. */
const applied = (...parts: Json[]): readonly Stack[] => [
  database,
  {
    name: 'platform-prod-workloads',
    path: 'prod/Workloads',
    template: {
      Resources: {
        Role8A29EE2F: resource('prod/Workloads/Identity/Role/Resource'),
        Thing: { Type: MANIFEST, Properties: { Manifest: { 'Fn::Join': ['', parts] } } },
      },
    },
  },
];

const object = (name: string, namespace?: string, rest: Json = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  ...rest,
});

/** The value in a ConfigMap, of which the template knows only the parts. */
const valueOf = (...parts: Json[]): Json => {
  const before = '[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"value":';
  const [only] = objectsOf(applied(before, ...parts, '}}]'));
  return (only!.object as Json).data.value;
};

const byName = (objects: readonly Json[]) =>
  Object.fromEntries(objects.map((one) => [`${one.kind} ${one.metadata.namespace} ${one.metadata.name}`, one]));

describe('what only a deployment knows', () => {
  test.each<[string, Json, string]>([
    ['of another stack', { 'Fn::ImportValue': 'mysql:host' }, 'mysql.primary.endpoint.address.invalid'],
    ['of another deployment', { 'Fn::ImportValue': 'net:Vpc' }, 'net-vpc.invalid'],
    ['an attribute', { 'Fn::GetAtt': ['Role8A29EE2F', 'Arn'] }, 'workloads.identity.role.arn.invalid'],
    ['an attribute, in short', { 'Fn::GetAtt': 'Role8A29EE2F.Arn' }, 'workloads.identity.role.arn.invalid'],
    ['a resource', { Ref: 'Role8A29EE2F' }, 'workloads.identity.role.invalid'],
    ['a resource without a path', { Ref: 'Topic8A29EE2F' }, 'workloads.topic.invalid'],
    ['of the account', { Ref: 'AWS::URLSuffix' }, 'aws.urlsuffix.invalid'],
    ['a part of a list', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, 'select.0.get-azs.invalid'],
  ])('has a name: %s', (_, value, name) => {
    expect(valueOf('"', value, '"')).toBe(name);
    expect(valueOf('"https://', value, ':443"')).toBe(`https://${name}:443`);
  });

  test('is quoted where a number stands', () => {
    expect(valueOf({ 'Fn::GetAtt': ['Role8A29EE2F', 'Port'] })).toBe('workloads.identity.role.port.invalid');
  });

  test('can stand in JSON within JSON', () => {
    const value = valueOf(String.raw`"[{\"objectName\":\"`, { Ref: 'Role8A29EE2F' }, String.raw`\"}]"`);
    expect(JSON.parse(value)).toEqual([{ objectName: 'workloads.identity.role.invalid' }]);
  });

  test('is a host name, whatever its path', () => {
    expect(placeholder('Mysql', 'Mysql/from prodMysql19C63B3D:{IndirectPort}', 'EndPoint.Address')).toMatch(
      /^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+invalid$/,
    );
  });
});

describe('the folder', () => {
  test('has a file for each object, those without a namespace under cluster, in order', () => {
    const objects = [object('b', 'two'), object('a', 'two'), object('system:a'), object('c', 'one')];
    expect(objectsOf(applied(JSON.stringify(objects))).map(({ file }) => file)).toEqual([
      'cluster/ConfigMap-system.a.yaml',
      'one/ConfigMap-c.yaml',
      'two/ConfigMap-a.yaml',
      'two/ConfigMap-b.yaml',
    ]);
  });

  test('refuses one object of two resources', () => {
    expect(() => objectsOf(applied(JSON.stringify([object('a'), object('a')])))).toThrow(
      'both apply cluster/ConfigMap-a.yaml',
    );
  });
});

/** A host of which the template knows the beginning is one placeholder all the same. */
const hostsAsOne = (objects: Json) =>
  JSON.parse(JSON.stringify(objects).replaceAll(/[a-z0-9][a-z0-9.-]*TOKEN/g, 'TOKEN'));

describe('YAML', () => {
  test('has one order, whatever the order of the fields', () => {
    const data = { b: '1', a: '2' };
    const reversed = { data: { a: '2', b: '1' }, metadata: { name: 'x' }, kind: 'ConfigMap', apiVersion: 'v1' };
    expect(yamlOf(object('x', undefined, { data }))).toBe(yamlOf(reversed));
    expect(yamlOf(reversed)).toBe('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  a: "2"\n  b: "1"\n');
  });

  test.each(['on', 'no', '12:30:00', '0o17', '017', '1_000', 'null', '3306', '2024-01-01', '~', ''])(
    'quotes the string %p, which is none in YAML 1.1 or 1.2',
    (value) => {
      const yaml = yamlOf({ value });
      for (const version of ['1.1', '1.2'] as const) expect(parse(yaml, { version })).toEqual({ value });
    },
  );

  test('keeps lines of scripts, repeats what is the same', () => {
    const same = { a: 1 };
    expect(yamlOf({ script: 'one\ntwo\n', a: same, b: same })).toBe(
      'a:\n  a: 1\nb:\n  a: 1\nscript: |\n  one\n  two\n',
    );
  });

  test('is what is applied, of every object of an environment', () => {
    const expected = inTemplates(sample('dev'));
    const rendered = objectsOf(stacksOf(sample('dev'))).map(({ yaml }) =>
      JSON.parse(JSON.stringify(parse(yaml)).replaceAll(/[a-z0-9][a-z0-9.-]*\.invalid/g, 'TOKEN')),
    );
    expect(rendered.length).toBe(expected.length);
    expect(rendered.length).toBeGreaterThan(40);
    expect(byName(rendered)).toEqual(byName(hostsAsOne(expected)));
  });
});
