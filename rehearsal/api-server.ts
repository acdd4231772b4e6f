import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { json } from 'node:stream/consumers';
import type { Cluster } from './cluster';
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

/** The API server of a rehearsed cluster, for what needs its answer as it is, or hundreds of them. */
export interface ApiServer {
  readonly send: (method: string, path: string, options?: RequestOptions) => Promise<Answer>;
}

/** The identity of pods that run as a service account. */
export const serviceAccount = (namespace: string, name: string): Identity => ({
  user: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});

/** The API server that a cluster's kubeconfig leads to, with its credentials. */
export const apiServer = async ({ kubectl }: Cluster, signal: AbortSignal): Promise<ApiServer> => {
  const config: Kubeconfig = JSON.parse(await kubectl(['config', 'view', '--flatten', '--minify', '-o', 'json']));
  const [{ cluster }] = config.clusters;
  const [{ user }] = config.users;
  const agent = new Agent({
    keepAlive: true,
    maxSockets: CONCURRENCY,
    ca: Buffer.from(cluster['certificate-authority-data'], 'base64'),
  });
  return {
    send: async (method, path, { body, type = 'application/json', as } = {}) => {
      const content = body === undefined ? '' : JSON.stringify(body);
      const sent = request(`${cluster.server}${path}`, {
        method,
        agent,
        headers: {
          Authorization: `Bearer ${user.token}`,
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
    },
  };
};

interface Kubeconfig {
  readonly clusters: readonly [{ cluster: { server: string; 'certificate-authority-data': string } }];
  readonly users: readonly [{ user: { token: string } }];
}
