/** A secret that a SecretProviderClass mounts. */
export interface MountedObject {
  /** Its name or ARN. */
  readonly name: string;
  /** The stage whose version is mounted, unless `version` says which. */
  readonly label: string;
  readonly version: string | undefined;
  /** The names of its files: its own, and that of each jmesPath. */
  readonly files: readonly string[];
  /** The keys that each jmesPath follows. */
  readonly paths: readonly (readonly string[])[];
}

type Fields = Readonly<Record<string, unknown>>;

const OBJECT = [
  'objectName',
  'objectType',
  'objectAlias',
  'jmesPath',
  'objectVersion',
  'objectVersionLabel',
  'filePermission',
  'failoverObject',
];
const JMES_PATH = ['path', 'objectAlias', 'filePermission'];
const FAILOVER = ['objectName', 'objectVersion', 'objectVersionLabel'];

/**
 * The objects that a SecretProviderClass mounts by its parameters, and the problems of the parameters, a line each.
 *
 * The provider ignores a key that it does not know; `objects` is YAML to it, here JSON only.
 */
export const mountedObjects = (
  parameters: Readonly<Record<string, string>>,
): readonly [readonly MountedObject[], readonly string[]] => {
  const listed = listOf(parameters.objects ?? '');
  if (listed === undefined) return [[], ['its objects are not a list in JSON: write them with JSON.stringify']];
  if (listed.length === 0) return [[], ['its objects are empty']];
  const wellFormed = listed.filter(isFields);
  const objects = wellFormed.flatMap((object) => mountedObject(object, parameters.pathTranslation));
  const files = objects.flatMap((object) => object.files);
  const twice = new Set(files.filter((file, index) => files.indexOf(file) !== index));
  return [
    objects,
    [
      ...(wellFormed.length < listed.length ? ['one of its objects is not a map'] : []),
      ...wellFormed.flatMap(objectProblems),
      ...[...twice].map((file) => `two of its objects are called "${file}"`),
    ],
  ];
};

const listOf = (text: string): readonly unknown[] | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const pathsOf = ({ jmesPath }: Fields): readonly Fields[] => (Array.isArray(jmesPath) ? jmesPath.filter(isFields) : []);

const mountedObject = (object: Fields, translation: string | undefined): readonly MountedObject[] => {
  const name = textOf(object.objectName);
  if (name === undefined) return [];
  const paths = pathsOf(object);
  const names = [textOf(object.objectAlias) ?? name, ...paths.flatMap((path) => textOf(path.objectAlias) ?? [])];
  return [
    {
      name,
      label: textOf(object.objectVersionLabel) ?? 'AWSCURRENT',
      version: textOf(object.objectVersion),
      files: names.map((file) => fileName(file, translation)),
      paths: paths.flatMap((path) => {
        const keys = keysOf(textOf(path.path) ?? '');
        return keys === undefined ? [] : [keys];
      }),
    },
  ];
};

/** The provider replaces slashes, by default by underscores. */
const fileName = (name: string, translation = '_') =>
  translation.toLowerCase() === 'false' ? name.replace(/^\/+/, '') : name.replaceAll('/', translation);

/** The keys of a JMESPath like `a."b-c"`; anything else is not followed here. */
const keysOf = (path: string): readonly string[] | undefined => {
  const isPlain = /^(\w+|"[^"]+")(\.(\w+|"[^"]+"))*$/.test(path) && !/(^|\.)\d/.test(path);
  return isPlain ? path.match(/"[^"]+"|\w+/g)?.map((key) => key.replaceAll('"', '')) : undefined;
};

/** Problems of an object by itself. */
const objectProblems = (object: Fields): readonly string[] => {
  const name = textOf(object.objectName);
  if (name === undefined) return ['one of its objects has no objectName'];
  const { objectType, jmesPath = [], failoverObject = {} } = object;
  const isArn = name.startsWith('arn:');
  const problems = [
    ...unknown(object, OBJECT, 'its key'),
    ...(objectType === 'secretsmanager' || (objectType === undefined && isArn)
      ? []
      : [`its objectType is ${JSON.stringify(objectType) ?? 'missing'}: only "secretsmanager" is rehearsed`]),
    ...(Array.isArray(jmesPath) && jmesPath.every(isFields) ? [] : ['its jmesPath is not a list of maps']),
    ...pathsOf(object).flatMap(pathProblems),
    ...(isFields(failoverObject) ? unknown(failoverObject, FAILOVER, 'the key of its failoverObject') : []),
    ...permissionProblems(object),
  ];
  return problems.map((problem) => `object "${name}": ${problem}`);
};

const pathProblems = (entry: Fields): readonly string[] => {
  const path = textOf(entry.path);
  if (path === undefined || textOf(entry.objectAlias) === undefined)
    return ['one of its jmesPath has no path or no objectAlias'];
  return [
    ...unknown(entry, JMES_PATH, `the key of its jmesPath "${path}"`),
    ...(keysOf(path) ? [] : [`its jmesPath "${path}" is not a key: one with a hyphen takes double quotes`]),
    ...permissionProblems(entry),
  ];
};

const permissionProblems = ({ filePermission = '0644' }: Fields): readonly string[] =>
  typeof filePermission === 'string' && /^[0-7]{4}$/.test(filePermission)
    ? []
    : [`its filePermission ${JSON.stringify(filePermission)} is not four octal digits in quotes`];

const unknown = (fields: Fields, known: readonly string[], what: string): readonly string[] =>
  Object.keys(fields)
    .filter((key) => !known.includes(key))
    .map((key) => `${what} "${key}" is unknown`);
