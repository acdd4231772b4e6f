import type { PodSpec } from 'kubernetes-types/core/v1';
import { mountProblems, type Mounting, type ProviderClass } from '../../rehearsal/src/steps/secret-references';
import type { Identity, Secret } from '../../rehearsal/src/steps/vault';

const ARN = 'arn:aws:secretsmanager:eu-central-1:1:secret:shop/db-AbCdEf';
const place = { account: '1', region: 'eu-central-1' };
const VALUE = JSON.stringify({ username: 'shop', password: 'hidden', port: 3306, 'a-b': { c: 'deep' } });
const CURRENT = { id: 'v2', stages: ['AWSCURRENT'], value: VALUE };
const PREVIOUS = { id: 'v1', stages: ['AWSPREVIOUS'], value: 'plain' };
const SECRET: Secret = { ...place, name: 'shop/db', arn: ARN, deleted: false, versions: [CURRENT, PREVIOUS] };
const IDENTITY: Identity = {
  ...place,
  cluster: 'c',
  namespace: 'shop',
  serviceAccount: 'web',
  role: 'arn:role',
  untrusting: [],
  denied: {},
};
const OBJECT = {
  objectName: 'shop/db',
  objectType: 'secretsmanager',
  objectAlias: 'db',
  jmesPath: [
    { path: 'username', objectAlias: 'user' },
    { path: '"a-b".c', objectAlias: 'deep', filePermission: '0400' },
  ],
};
const sync = (...objectNames: string[]) => ({
  secretObjects: [{ secretName: 'synced', data: objectNames.map((objectName) => ({ objectName, key: 'k' })) }],
});

/** Problems of a pod that mounts a class with these objects, without what every line begins with. */
const problems = (
  objects: unknown,
  spec: Partial<ProviderClass['spec']> & { parameters?: Record<string, string> } = {},
  mounting: Partial<Mounting> & { secrets?: Secret[]; identities?: Identity[] } = {},
) => {
  const text = typeof objects === 'string' ? objects : JSON.stringify(objects);
  const parameters = { usePodIdentity: 'true', objects: text, ...spec.parameters };
  const { secrets = [SECRET], identities = [IDENTITY], ...rest } = mounting;
  return mount({ ...spec, parameters }, { vault: { region: 'eu-central-1', secrets, identities }, ...rest });
};
const mount = (spec: ProviderClass['spec'] & object, mounting: Partial<Mounting>, pod: Partial<PodSpec> = {}) => {
  const csi = { driver: 'secrets-store.csi.k8s.io', readOnly: true, volumeAttributes: { secretProviderClass: 'db' } };
  const podSpec = { serviceAccountName: 'web', containers: [], volumes: [{ name: 'v', csi }], ...pod };
  const classes = [{ kind: 'SecretProviderClass', metadata: { name: 'db', namespace: 'shop' }, spec }];
  const vault = { region: 'eu-central-1', secrets: [SECRET], identities: [IDENTITY] };
  const lines = mountProblems('shop', podSpec, classes, { vault, canSync: true, annotations: {}, ...mounting });
  return lines.map((line) => line.replace('cannot mount the SecretProviderClass "db": ', ''));
};

test.each<[string, unknown, object?]>([
  ['by its name, with keys', [OBJECT], sync('db', 'user', 'deep')],
  ['by its ARN alone', [{ objectName: ARN, objectAlias: 'db' }], sync('db')],
  ['by an ARN without the random characters', [{ objectName: ARN.slice(0, -7) }]],
  [
    'without alias: slashes become underscores',
    [{ objectName: 'shop/db', objectType: 'secretsmanager' }],
    sync('shop_db'),
  ],
  [
    'with another character for slashes',
    [{ objectName: 'shop/db', objectType: 'secretsmanager' }],
    { parameters: { pathTranslation: '-' }, ...sync('shop-db') },
  ],
  [
    'with the slashes',
    [{ objectName: 'shop/db', objectType: 'secretsmanager' }],
    { parameters: { pathTranslation: 'False' }, ...sync('shop/db') },
  ],
  ['in another stage', [{ ...OBJECT, jmesPath: [], objectVersionLabel: 'AWSPREVIOUS' }]],
  ['in a version', [{ ...OBJECT, jmesPath: [], objectVersion: 'v1' }]],
])('a secret can be mounted %s', (_, objects, ...[spec]) => {
  expect(problems(objects, spec)).toEqual([]);
});

const JSON_ONLY = 'its objects are not a list in JSON: write them with JSON.stringify';
const object = (text: string) => `object "shop/db": ${text}`;

test.each<[string, unknown, string, object?]>([
  ['objects in YAML', '- objectName: shop/db', JSON_ONLY],
  ['objects that are a map', OBJECT, JSON_ONLY],
  ['no objects', [], 'its objects are empty'],
  ['an object that is a text', ['shop/db', OBJECT], 'one of its objects is not a map'],
  ['an object without a name', [{ objectType: 'secretsmanager' }], 'one of its objects has no objectName'],
  ['an unknown key', [{ ...OBJECT, alias: 'x' }], object('its key "alias" is unknown')],
  ['no type', [{ objectName: 'shop/db' }], object('its objectType is missing: only "secretsmanager" is rehearsed')],
  [
    'another type',
    [{ ...OBJECT, objectType: 'ssmparameter' }],
    object('its objectType is "ssmparameter": only "secretsmanager" is rehearsed'),
  ],
  ['keys that are no list', [{ ...OBJECT, jmesPath: {} }], object('its jmesPath is not a list of maps')],
  [
    'an unknown key of a path',
    [{ ...OBJECT, jmesPath: [{ path: 'username', objectAlias: 'u', alias: 'x' }] }],
    object('the key of its jmesPath "username" "alias" is unknown'),
  ],
  [
    'a path without alias',
    [{ ...OBJECT, jmesPath: [{ path: 'username' }] }],
    object('one of its jmesPath has no path or no objectAlias'),
  ],
  [
    'a path with a bare hyphen',
    [{ ...OBJECT, jmesPath: [{ path: 'a-b', objectAlias: 'x' }] }],
    object('its jmesPath "a-b" is not a key: one with a hyphen takes double quotes'),
  ],
  [
    'an unknown key of the failover',
    [{ ...OBJECT, failoverObject: { name: 'x' } }],
    object('the key of its failoverObject "name" is unknown'),
  ],
  [
    'a permission that is a number',
    [{ ...OBJECT, filePermission: 400 }],
    object('its filePermission 400 is not four octal digits in quotes'),
  ],
  [
    'one alias twice',
    [{ ...OBJECT, jmesPath: [{ path: 'username', objectAlias: 'db' }] }],
    'two of its objects are called "db"',
  ],
  [
    'a Secret of what is not mounted',
    [OBJECT],
    'the Secret "synced" takes "k" from "shop_db", but no object has this name',
    sync('db', 'shop_db'),
  ],
  ['a secret that is missing', [{ ...OBJECT, objectName: 'shop/dbs' }], 'the secret "shop/dbs" does not exist'],
  [
    'a secret of another region',
    [OBJECT],
    'the secret "shop/db" does not exist',
    { parameters: { region: 'eu-west-1' } },
  ],
  [
    'a key that is missing',
    [{ ...OBJECT, jmesPath: [{ path: 'pin', objectAlias: 'pin' }] }],
    'the secret "shop/db" has no "pin"',
  ],
  [
    'a key that is a number',
    [{ ...OBJECT, jmesPath: [{ path: 'port', objectAlias: 'port' }] }],
    '"port" of the secret "shop/db" is a number: the provider mounts text only',
  ],
  [
    'a key of what is not JSON',
    [{ ...OBJECT, objectVersionLabel: 'AWSPREVIOUS' }],
    'the secret "shop/db" is not JSON, so no jmesPath finds anything in it',
  ],
  [
    'a stage without a value',
    [{ ...OBJECT, objectVersionLabel: 'AWSPENDING' }],
    'the secret "shop/db" has no value that is AWSPENDING',
  ],
  [
    'a version that is missing',
    [{ ...OBJECT, objectVersion: 'v3' }],
    'the secret "shop/db" has no value that is version v3',
  ],
])('refuses %s', (_, objects, line, ...[spec]) => {
  expect(problems(objects, spec)).toEqual([line]);
});

const NO_VALUE = 'the secret "shop/db" has no value that is AWSCURRENT';
const NO_IDENTITY = 'usePodIdentity is "true", and the service account "web" has no Pod Identity association';

test.each<[string, Parameters<typeof problems>[2], string]>([
  ['without a value', { secrets: [{ ...SECRET, versions: [] }] }, NO_VALUE],
  ['with an empty value', { secrets: [{ ...SECRET, versions: [{ ...CURRENT, value: null }] }] }, NO_VALUE],
  [
    'that is being deleted',
    { secrets: [{ ...SECRET, deleted: true }] },
    'the secret "shop/db" is scheduled for deletion',
  ],
  ['for which the pod has no role', { identities: [] }, NO_IDENTITY],
  ['whose role is another account’s', { identities: [{ ...IDENTITY, serviceAccount: 'api' }] }, NO_IDENTITY],
  ['whose role is another namespace’s', { identities: [{ ...IDENTITY, namespace: 'bank' }] }, NO_IDENTITY],
  [
    'whose role pods do not get',
    { identities: [{ ...IDENTITY, untrusting: ['sts:TagSession'] }] },
    'the role arn:role does not let pods.eks.amazonaws.com sts:TagSession',
  ],
  [
    'that the role may not read',
    { identities: [{ ...IDENTITY, denied: { [ARN]: ['secretsmanager:GetSecretValue', 'kms:Decrypt'] } }] },
    'the role arn:role does not allow secretsmanager:GetSecretValue, kms:Decrypt for the secret "shop/db"',
  ],
])('refuses a secret %s', (_, mounting, line) => {
  expect(problems([OBJECT], {}, mounting)).toEqual([line]);
});

test('what the role may not read and the class does not name is no matter', () => {
  const denied = { other: ['secretsmanager:GetSecretValue'] };
  expect(problems([OBJECT], {}, { identities: [{ ...IDENTITY, denied }] })).toEqual([]);
});

test('Secrets take the driver’s role', () => {
  const line = 'the driver may not create its Secrets: set syncSecret.enabled in the configuration of the add-on';
  expect(problems([OBJECT], sync('db'), { canSync: false })).toEqual([line]);
  expect(problems([OBJECT], {}, { canSync: false })).toEqual([]);
});

test('without Pod Identity the service account names its role', () => {
  const parameters = { objects: JSON.stringify([OBJECT]) };
  const annotations = { 'eks.amazonaws.com/role-arn': 'arn:role' };
  expect(mount({ parameters }, {})).toEqual([expect.stringContaining('usePodIdentity is not "true"')]);
  expect(mount({ parameters }, { annotations })).toEqual([]);
});

test('the volume has to be read-only and to name a class; other drivers are no matter', () => {
  const parameters = { usePodIdentity: 'true', objects: JSON.stringify([OBJECT]) };
  const of = (csi: { driver: string; volumeAttributes?: Record<string, string>; readOnly?: boolean }) =>
    mount({ parameters }, {}, { volumes: [{ name: 'v', csi }] });
  const driver = 'secrets-store.csi.k8s.io';
  expect(of({ driver, volumeAttributes: { secretProviderClass: 'db' } })).toEqual([
    'its volume "v" is not readOnly, which the driver requires',
  ]);
  expect(of({ driver, readOnly: true })).toEqual(['its volume "v" names no SecretProviderClass']);
  expect(of({ driver: 'other' })).toEqual([]);
  expect(of({ driver, readOnly: true, volumeAttributes: { secretProviderClass: 'absent' } })).toEqual([]);
});
