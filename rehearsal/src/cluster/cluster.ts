import { once, setMaxListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { parse } from 'yaml';
import { noProgress, STUCK, type ControlLoops } from './patience';
import { interruption } from '../process';

/** Requests at the same time. */
const CONCURRENCY = 16;
/** Statuses with which the API server, or etcd behind it, answers when it is late; 0 for no answer at all. */
const UNAVAILABLE: ReadonlySet<number> = new Set([0, 502, 503, 504]);
/** Milliseconds until it is asked again. */
const AGAIN = 200;

/** The user of a request, if it is not the administrator. */
export interface Identity {
  readonly user: string;
  readonly groups: string[];
}

/** An answer of the API server: a refusal has a message. */
export interface Answer {
  readonly status: number;
  readonly body: { readonly message?: string };
}

interface RequestOptions {
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
  /** The same, kept by what the API server tells of changes: for who looks again and again. */
  readonly follow: <T>(...resources: readonly string[]) => Promise<Followed<T>>;
  /** Changes fields of an object, given by the path of its API, as a JSON merge patch does. */
  readonly patch: (path: string, change: object) => Promise<void>;
  /** The names of the resources that can be listed. */
  readonly resources: () => Promise<readonly string[]>;
  /** The control loops that work on its objects, and the progress of each. */
  readonly loops: () => Promise<ControlLoops>;
}

/** The objects of resources, as they change. */
interface Followed<T> {
  /** Those that there are. Waits for an API server that has to be asked anew. */
  readonly objects: () => Promise<readonly T[]>;
  readonly end: () => void;
}

/** The API server, for requests only. */
export type ApiServer = Pick<Cluster, 'send'>;

/** The identity of pods that run as a service account. */
export const serviceAccount = (namespace: string, name: string): Identity => ({
  user: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});

/** An object of the API server, whatever its kind. */
export interface ClusterObject {
  readonly kind: string;
  readonly metadata?: ObjectMeta;
}

/** `Deployment platform-core/api-gateway`. */
export const nameOf = ({ kind, metadata }: Partial<ClusterObject>): string =>
  `${kind} ${metadata?.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata?.name}`;

/** Data of a kubeconfig, or of the file that it names. */
const bytes = async (held: Readonly<Record<string, string>>, name: string) =>
  held[`${name}-data`] === undefined ? readFile(held[name]!) : Buffer.from(held[`${name}-data`]!, 'base64');

/** The API server that a kubeconfig leads to, with its credentials. */
export const connect = async (kubeconfig: string, loops: Cluster['loops'], signal: AbortSignal): Promise<Cluster> => {
  setMaxListeners(0, signal); // each request listens
  const config = parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig;
  const [{ cluster }] = config.clusters;
  const [{ user }] = config.users;
  const authority = await bytes(cluster, 'certificate-authority');
  const credentials = {
    ca: authority,
    ...(user.token === undefined && {
      cert: await bytes(user, 'client-certificate'),
      key: await bytes(user, 'client-key'),
    }),
  };
  const headers = { Accept: 'application/json', ...(user.token && { Authorization: `Bearer ${user.token}` }) };
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY, ...credentials });
  const attempt: Cluster['send'] = async (method, path, { body, type = 'application/json', as } = {}) => {
    const content = body === undefined ? '' : JSON.stringify(body);
    const sent = request(`${cluster.server}${path}`, {
      method,
      agent,
      signal,
      headers: {
        ...headers,
        'Content-Type': type,
        'Content-Length': Buffer.byteLength(content),
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
  /** A request that is repeated while the API server does not answer: that it is late says nothing of what it is asked. */
  const send: Cluster['send'] = async (...asked) => {
    const started = performance.now();
    for (;;) {
      const answer = await attempt(...asked).catch((error: Error) => {
        if (signal.aborted) throw error;
        return { status: 0, body: { message: error.message } };
      });
      if (!UNAVAILABLE.has(answer.status)) return answer;
      if (performance.now() - started > STUCK)
        throw new Error(noProgress(`the API server does not answer: ${answer.body.message}`));
      await sleep(AGAIN);
    }
  };
  const read = async <T>(path: string): Promise<T> => {
    const { status, body } = await send('GET', path);
    if (status !== 200) throw new Error(`GET ${path} answers ${status}: ${body.message}`);
    return body as T;
  };

  let found: ReadonlyMap<string, Resource> = new Map();
  const discover = async () => {
    const { groups } = await read<{ groups: { preferredVersion: { groupVersion: string } }[] }>('/apis');
    const paths = ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
    const lists = await Promise.all(
      paths.map(async (path) => ({ path, ...(await read<{ resources: ApiResource[] }>(path)) })),
    );
    const listed = lists.flatMap(({ path, resources }) =>
      resources
        .filter(({ name, verbs }) => verbs.includes('list') && !name.includes('/'))
        .map(({ name, kind }) => [name, { path: `${path}/${name}`, kind }] as const),
    );
    found = new Map(listed.toReversed()); // of one name in several groups, the first counts
  };
  const list = async ({ path, kind }: Resource) => {
    const { items, metadata } = await read<List>(path);
    return { version: metadata.resourceVersion, items: items.map((item) => ({ kind, ...item })) }; // which lists leave out
  };
  const known = async (resources: readonly string[]) => {
    if (!resources.every((name) => found.has(name))) await discover();
    return resources.flatMap((name) => found.get(name) ?? []);
  };
  /** Calls `tell` with each event, until the API server ends its answer or no longer knows the version. */
  const watch = async (path: string, version: string, tell: (event: WatchEvent) => void, ended: AbortSignal) => {
    const asked = request(`${cluster.server}${path}?watch=1&resourceVersion=${version}`, {
      agent: false,
      ...credentials,
      signal: ended,
      headers,
    }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    for await (const line of createInterface({ input: response })) {
      const event = JSON.parse(line) as WatchEvent;
      if (event.type === 'ERROR') return;
      tell(event);
    }
  };
  /** The objects of a resource, by their uids; a new promise whenever they have to be listed anew. */
  const keep = (resource: Resource, ended: AbortSignal) => {
    const begin = async () => {
      const { version, items } = await list(resource);
      const objects = new Map(items.map((item) => [item.metadata?.uid, item]));
      const tell = ({ type, object }: WatchEvent) => {
        if (type === 'DELETED') objects.delete(object.metadata?.uid);
        else objects.set(object.metadata?.uid, { kind: resource.kind, ...object });
      };
      const again = () => {
        if (ended.aborted) return;
        current = begin();
        current.catch(() => {}); // the next look gets the error
      };
      watch(resource.path, version, tell, ended).then(again, again);
      return objects;
    };
    let current = begin();
    current.catch(() => {}); // a look gets the error
    return async () => [...(await current).values()];
  };
  return {
    server: { url: cluster.server!, authority: authority.toString() },
    send,
    loops,
    get: async <T>(...resources: readonly string[]) =>
      (await Promise.all((await known(resources)).map(list))).flatMap(({ items }) => items) as T[],
    follow: async <T>(...resources: readonly string[]) => {
      const ended = new AbortController();
      const either = AbortSignal.any([ended.signal, signal]);
      setMaxListeners(0, either); // each watch listens
      const kept = (await known(resources)).map((resource) => keep(resource, either));
      return {
        objects: async () => (await Promise.all(kept.map((objects) => objects()))).flat() as T[],
        end: () => ended.abort(),
      };
    },
    patch: async (path, change) => {
      const { status, body } = await send('PATCH', path, { body: change, type: 'application/merge-patch+json' });
      if (status !== 200) throw new Error(`PATCH ${path} answers ${status}: ${body.message}`);
    },
    resources: async () => {
      await discover();
      return [...found.keys()];
    },
  };
};

interface Resource {
  readonly path: string;
  readonly kind: string;
}

interface List {
  readonly items: readonly { readonly metadata?: ObjectMeta }[];
  readonly metadata: { readonly resourceVersion: string };
}

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'ERROR';
  readonly object: { readonly metadata?: ObjectMeta };
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
