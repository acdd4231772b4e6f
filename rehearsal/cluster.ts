import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { json } from 'node:stream/consumers';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { parse } from 'yaml';
import type { ControlLoops } from './patience';
import { interruption } from './process';

/** Requests at the same time. */
const CONCURRENCY = 16;

/** Who asks, when it is not the administrator. */
export interface Identity {
  readonly user: string;
  readonly groups: string[];
}

/** What the API server answers: a refusal has a message. */
export interface Answer {
  readonly status: number;
  readonly body: { readonly message?: string };
}

export interface RequestOptions {
  readonly body?: object;
  /** MIME type of the body. @default application/json */
  readonly type?: string;
  /** @default - the administrator */
  readonly as?: Identity;
}

/** The API server of a rehearsed cluster, as its administrator sees it. */
export interface Cluster {
  /** Address and certificate authority, as a kubeconfig has them. */
  readonly server: { readonly url: string; readonly authority: string };
  /** One request, and its answer as it is. */
  readonly send: (method: string, path: string, options?: RequestOptions) => Promise<Answer>;
  /** The objects of resources in every namespace: `get('pods', 'nodes')`. Of those that nothing defines, there are none. */
  readonly get: <T>(...resources: readonly string[]) => Promise<readonly T[]>;
  /** Changes fields of an object, given by the path of its API, as a JSON merge patch does. */
  readonly patch: (path: string, change: object) => Promise<void>;
  /** The names of the resources that can be listed. */
  readonly resources: () => Promise<readonly string[]>;
  /** What works on its objects, and how far each is. */
  readonly loops: () => Promise<ControlLoops>;
}

/** What only looks and sends. */
export type ApiServer = Pick<Cluster, 'send'>;

/** The identity of pods that run as a service account. */
export const serviceAccount = (namespace: string, name: string): Identity => ({
  user: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});

/** `Deployment platform-core/api-gateway`. */
export const nameOf = ({ kind, metadata }: { readonly kind?: string; readonly metadata?: ObjectMeta }): string =>
  `${kind} ${metadata?.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata?.name}`;

/** What a kubeconfig holds or names a file of. */
const bytes = async (held: Readonly<Record<string, string>>, name: string) =>
  held[`${name}-data`] === undefined ? readFile(held[name]!) : Buffer.from(held[`${name}-data`]!, 'base64');

/** The API server that a kubeconfig leads to, with its credentials. */
export const connect = async (kubeconfig: string, loops: Cluster['loops'], signal: AbortSignal): Promise<Cluster> => {
  const config = parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig;
  const [{ cluster }] = config.clusters;
  const [{ user }] = config.users;
  const authority = await bytes(cluster, 'certificate-authority');
  const agent = new Agent({
    keepAlive: true,
    maxSockets: CONCURRENCY,
    ca: authority,
    cert: await bytes(user, 'client-certificate'),
    key: await bytes(user, 'client-key'),
  });
  const send: Cluster['send'] = async (method, path, { body, type = 'application/json', as } = {}) => {
    const content = body === undefined ? '' : JSON.stringify(body);
    const sent = request(`${cluster.server}${path}`, {
      method,
      agent,
      signal,
      headers: {
        'Content-Type': type,
        'Content-Length': Buffer.byteLength(content),
        Accept: 'application/json',
        ...(as && { 'Impersonate-User': as.user, 'Impersonate-Group': as.groups }),
      },
    }).end(content);
    try {
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      return { status: response.statusCode ?? 0, body: (await json(response)) as Answer['body'] };
    } catch (error) {
      throw signal.aborted ? interruption(signal) : error;
    }
  };
  const read = async <T>(path: string): Promise<T> => {
    const { status, body } = await send('GET', path);
    if (status !== 200) throw new Error(`GET ${path} answers ${status}: ${body.message}`);
    return body as T;
  };

  let known: ReadonlyMap<string, Resource> = new Map();
  const discover = async () => {
    const { groups } = await read<{ groups: { preferredVersion: { groupVersion: string } }[] }>('/apis');
    const paths = ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
    const lists = await Promise.all(
      paths.map(async (path) => ({ path, ...(await read<{ resources: ApiResource[] }>(path)) })),
    );
    const found = lists.flatMap(({ path, resources }) =>
      resources
        .filter(({ name, verbs }) => verbs.includes('list') && !name.includes('/'))
        .map(({ name, kind }) => [name, { path: `${path}/${name}`, kind }] as const),
    );
    known = new Map(found.toReversed()); // of one name in several groups, the first counts
  };
  const list = async ({ path, kind }: Resource) =>
    (await read<{ items: object[] }>(path)).items.map((item) => ({ kind, ...item })); // which lists leave out
  return {
    server: { url: cluster.server!, authority: authority.toString() },
    send,
    loops,
    get: async <T>(...resources: readonly string[]) => {
      if (!resources.every((name) => known.has(name))) await discover();
      const found = resources.flatMap((name) => known.get(name) ?? []);
      return (await Promise.all(found.map(list))).flat() as T[];
    },
    patch: async (path, change) => {
      const { status, body } = await send('PATCH', path, { body: change, type: 'application/merge-patch+json' });
      if (status !== 200) throw new Error(`PATCH ${path} answers ${status}: ${body.message}`);
    },
    resources: async () => {
      await discover();
      return [...known.keys()];
    },
  };
};

interface Resource {
  readonly path: string;
  readonly kind: string;
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

interface Kubeconfig {
  readonly clusters: readonly [{ cluster: Readonly<Record<string, string>> }];
  readonly users: readonly [{ user: Readonly<Record<string, string>> }];
}
