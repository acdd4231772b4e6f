import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import type { Template } from '../app/cdk';
import { nameOf, type Cluster, type ClusterObject } from '../cluster/cluster';
import { matcher, secretValues, type Matcher } from './secret-values';
import { heldSecrets, logStreams } from './vault';

export interface ExposureProps {
  /** Endpoint of the emulated AWS. */
  readonly endpoint: string;
  readonly account: string;
  /** Folder with everything that the rehearsal wrote: cloud assembly, logs. */
  readonly folder: string;
  /** @default - the app has no cluster */
  readonly cluster?: Pick<Cluster, 'get' | 'resources'> | undefined;
  readonly templates: readonly { readonly name: string; readonly template: Template }[];
}

/** Where values of secrets are that must not be, a line each: the place and the name of the secret, never the value. */
export const exposed = async (props: ExposureProps): Promise<readonly string[]> => {
  const { endpoint, account, folder, cluster, templates } = props;
  const matches = matcher(secretValues(await heldSecrets(endpoint, account)));
  const streams = await logStreams(endpoint, account);
  return [
    ...templates.flatMap(({ name, template }) => exposedInTemplate(name, template)),
    ...(await exposedInFolder(folder, matches)),
    ...(cluster ? await exposedInCluster(cluster, matches) : []),
    ...streams.flatMap(({ group, stream, messages }) =>
      exposedIn(`the log group ${group}, stream ${stream},`, messages.join('\n'), matches),
    ),
  ];
};

/** The secrets of which a text holds a value, a line each. */
const exposedIn = (place: string, content: string | Buffer, matches: Matcher): readonly string[] =>
  matches(typeof content === 'string' ? Buffer.from(content) : content).map(
    (secret) => `${place} holds a value of the secret "${secret}"`,
  );

/**
 * Values of secrets in the files of a folder, at every depth.
 *
 * No file is left out: the emulated AWS keeps its secrets in memory (PERSIST_STATE is not set). Compressed files are not looked
 * into.
 */
const exposedInFolder = async (folder: string, matches: Matcher): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const file of await filesWith(matches.forms, folder)) {
    const content = await readFile(file).catch(unlessGone);
    found.push(...exposedIn(`the file ${relative(folder, file)}`, content, matches));
  }
  return found;
};

/** The files of a folder, at every depth, in which grep finds a line of one of the texts: those that are worth a closer look. */
const filesWith = async (texts: readonly string[], folder: string): Promise<readonly string[]> => {
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
  const options = ['-r', '--null', '--files-with-matches', '--text', '--fixed-strings', '--devices=skip', '--file=-'];
  const grep = spawn('grep', [...options, folder], { env: { ...process.env, LC_ALL: 'C' } });
  grep.stdin.on('error', () => {}); // a grep that has ended says so by its code
  grep.stdin.end(lines.join('\n'));
  const [found, told, [code, signal]] = await Promise.all([
    textOf(grep.stdout),
    textOf(grep.stderr),
    once(grep, 'close') as Promise<[number | null, string | null]>,
  ]);
  const failed = told.split('\n').filter((line) => line !== '' && !line.endsWith('No such file or directory'));
  const isThrough = code === 0 || code === 1 || (code === 2 && told !== ''); // 2: some file was gone
  if (failed.length > 0 || !isThrough)
    throw new Error(
      `the files in ${folder} cannot be searched: grep ends with ${signal ?? code}: ${failed.join('; ')}`,
    );
  return found.split('\0').filter((file) => file !== '');
};

/** A program that still runs may remove a file after it was listed. */
const unlessGone = (error: NodeJS.ErrnoException): Buffer => {
  if (error.code === 'ENOENT') return Buffer.alloc(0);
  throw error;
};

interface StoredObject extends ClusterObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly stringData?: Readonly<Record<string, unknown>> | undefined;
}

/** Values of secrets in the objects of a cluster, and Secrets that neither Kubernetes nor an add-on made. */
const exposedInCluster = async (
  cluster: Pick<Cluster, 'get' | 'resources'>,
  matches: Matcher,
): Promise<readonly string[]> => {
  const objects = await cluster.get<StoredObject>(...(await cluster.resources()));
  return objects.flatMap((object) => {
    const place = `the ${nameOf(object)}`;
    const text = [JSON.stringify(object), ...decoded(object)].join('\n');
    return [
      ...(isSecret(object) && !isOwn(object) ? [`${place} was created with data`] : []),
      ...exposedIn(place, text, matches),
    ];
  });
};

const decoded = ({ kind, data = {} }: StoredObject): readonly string[] =>
  kind === 'Secret' ? Object.values(data).map((value) => Buffer.from(String(value), 'base64').toString('latin1')) : [];

const isSecret = ({ kind, data = {}, stringData = {} }: StoredObject): boolean =>
  kind === 'Secret' && Object.keys({ ...data, ...stringData }).length > 0;

/** Types of Secrets that Kubernetes and Helm make for themselves. */
const OWN_TYPES = new Set([
  'kubernetes.io/service-account-token',
  'bootstrap.kubernetes.io/token',
  'helm.sh/release.v1',
]);

/** Whether Kubernetes, Helm or the Secrets Store CSI driver made a Secret. */
const isOwn = ({ type = '', metadata }: StoredObject): boolean =>
  OWN_TYPES.has(type) || metadata?.labels?.['secrets-store.csi.k8s.io/managed'] === 'true';

/** Manifests of a template into which CloudFormation would put the value of a secret, and those with Secrets. */
export const exposedInTemplate = (stack: string, { Resources = {} }: Template): readonly string[] =>
  Object.entries(Resources)
    .filter(([, { Type }]) => Type.startsWith('Custom::AWSCDK-EKS-'))
    .flatMap(([id, { Properties = {} }]) => {
      const place = `the resource ${id} of the stack ${stack}`;
      const resolves = JSON.stringify(Properties).includes('{{resolve:');
      return [
        ...(resolves ? [`${place} passes on a value that CloudFormation resolves ({{resolve:…}})`] : []),
        ...secretsIn(flat(Properties.Manifest)).map((secret) => `${place} creates the ${secret} with data`),
      ];
    });

/** The Secrets of a manifest; one that is not JSON is told by its text. */
const secretsIn = (manifest: string): readonly string[] => {
  try {
    const objects = JSON.parse(manifest || '[]') as readonly StoredObject[];
    return objects.filter(isSecret).map(nameOf);
  } catch {
    return /"kind": *"Secret"/.test(manifest) && /"(data|stringData)": *\{ *"/.test(manifest) ? ['Secret'] : [];
  }
};

/** A manifest as text, with `token` for what is known after deployment only. */
const flat = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const joined = (value as { 'Fn::Join'?: readonly [string, readonly unknown[]] } | undefined)?.['Fn::Join'];
  if (joined) return joined[1].map(flat).join(joined[0]);
  return value === undefined ? '' : 'token';
};
