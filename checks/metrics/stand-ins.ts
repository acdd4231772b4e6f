import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import type { ApiServer } from '../../rehearsal/src/cluster/cluster';
import type { Target } from './target';

/** A message to a topic, and whether it was taken. */
export interface Published {
  readonly topicArn: string;
  readonly subject: string;
  readonly taken: boolean;
}

export interface StandInsProps {
  /** The targets that answer; asked at every request. */
  readonly targets: () => readonly Target[];
  /** Certificate of every kubelet. */
  readonly certificate: { readonly key: Buffer; readonly cert: Buffer };
  readonly api: ApiServer;
  /** The emulated AWS. */
  readonly aws: string;
}

/** A proxy that answers for pods and nodes of the rehearsal, at whose addresses nothing listens. */
export interface StandIns {
  readonly url: string;
  readonly published: readonly Published[];
  /** Why kubelets have refused to answer. */
  readonly refusals: ReadonlySet<string>;
  readonly stop: () => void;
}

const TEXT = { 'Content-Type': 'text/plain; version=0.0.4' };

/**
 * A proxy through which programs reach the addresses of their configuration: it answers for every target, and passes requests on to real
 * programs. An address that no target declares is refused, as by a port that nobody listens on.
 */
export const startStandIns = async ({ targets, certificate, api, aws }: StandInsProps): Promise<StandIns> => {
  const published: Published[] = [];
  const refusals = new Set<string>();
  const sockets = new Set<Socket>();
  const at = (origin: string) => targets().filter(({ url }) => new URL(url).origin === origin);

  const answer = async (origin: string, asked: IncomingMessage, response: ServerResponse) => {
    const { pathname, search } = new URL(asked.url!, origin);
    const found = at(origin);
    const [one] = found;
    if (!one) return response.writeHead(502).end(`nothing listens on ${origin}`);
    if (typeof one.answer === 'object') return forward(`http://127.0.0.1:${one.answer.port}`, asked, response);
    const target = found.find(({ url }) => url === `${origin}${pathname}${search}`);
    if (typeof target?.answer !== 'function') return response.writeHead(404).end(`${one.what} has no ${pathname}`);
    if (origin.startsWith('https:')) {
      const refusal = await refusedByKubelet(api, asked.headers.authorization);
      if (refusal) {
        refusals.add(`kubelets refuse to answer: ${refusal}`);
        return response.writeHead(403).end(refusal);
      }
    }
    return response.writeHead(200, TEXT).end(target.answer());
  };

  const server = createServer(async (asked, response) => {
    if (!asked.url!.startsWith('/')) return answer(new URL(asked.url!).origin, asked, response);
    const body = await text(asked);
    const form = new URLSearchParams(body);
    const status = await forward(aws, asked, response, body);
    if (form.get('Action') !== 'Publish') return undefined;
    const [topicArn, subject] = ['TopicArn', 'Subject'].map((name) => form.get(name) ?? '') as [string, string];
    return published.push({ topicArn, subject, taken: status === 200 });
  });
  const origins = new WeakMap<Socket, string>();
  const kubelets = createServer((asked, response) => answer(origins.get(asked.socket)!, asked, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  });
  server.on('connect', ({ url }, socket: Socket) => {
    const origin = `https://${url}`;
    const [target] = at(origin);
    if (!target) return socket.end('HTTP/1.1 502 nothing listens there\r\n\r\n');
    socket.write('HTTP/1.1 200 connected\r\n\r\n');
    if (target.answer === 'itself') {
      const { hostname, port } = new URL(origin);
      const real = connect(Number(port), hostname).on('error', () => socket.destroy());
      return socket.pipe(real).pipe(socket);
    }
    const secured = new TLSSocket(socket, { isServer: true, ...certificate });
    secured.on('error', () => socket.destroy());
    origins.set(secured, origin);
    return kubelets.emit('connection', secured);
  });

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    published,
    refusals,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};

/** Passes a request on as it is, and what is answered; returns the status. */
const forward = async (to: string, asked: IncomingMessage, response: ServerResponse, body?: string) => {
  const { pathname, search } = new URL(asked.url!, to);
  const sent = request(`${to}${pathname}${search}`, { method: asked.method!, headers: asked.headers });
  if (body === undefined) asked.pipe(sent);
  else sent.end(body);
  try {
    const [answered] = (await once(sent, 'response')) as [IncomingMessage];
    response.writeHead(answered.statusCode!, answered.headers);
    answered.pipe(response);
    return answered.statusCode!;
  } catch (error) {
    response.writeHead(502).end(String(error));
    return 502;
  }
};

/** Why a kubelet refuses: it asks the API server who has the token, and whether that one may read the metrics of nodes. */
const refusedByKubelet = async (api: ApiServer, authorization = ''): Promise<string | undefined> => {
  const ask = async <T>(group: string, kind: string, spec: object) => {
    const { body } = await api.send('POST', `/apis/${group}/v1/${kind.toLowerCase()}s`, {
      body: { apiVersion: `${group}/v1`, kind, spec },
    });
    return (body as { readonly status: T }).status;
  };
  const token = authorization.replace(/^Bearer /, '');
  const { user } = await ask<{ user?: { username?: string; groups?: string[] } }>(
    'authentication.k8s.io',
    'TokenReview',
    { token },
  );
  if (!user?.username) return 'the API server does not know the token';
  const { allowed } = await ask<{ allowed: boolean }>('authorization.k8s.io', 'SubjectAccessReview', {
    user: user.username,
    groups: user.groups,
    resourceAttributes: { verb: 'get', resource: 'nodes', subresource: 'metrics' },
  });
  return allowed ? undefined : `${user.username} may not get nodes/metrics`;
};
