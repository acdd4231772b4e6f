import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import type { Json } from '../../doctor/plan';
import { Unanswered } from '../../doctor/why';
import type { Target } from '../target';
import type { World } from './reader';

/** The name that `aws eks update-kubeconfig` gives the context of a cluster. */
export const contextOf = ({ account, region, name }: Target): string =>
  `arn:aws:eks:${region}:${account}:cluster/platform-${name}`;

/** The failure of kubectl, from its standard error, with the fix. */
export const reasonOf = (error: NodeJS.ErrnoException & { readonly stderr?: string }, context: string): string => {
  const said = `${error.stderr ?? ''}`.trim().split('\n').at(-1) ?? '';
  if (error.code === 'ENOENT') return 'kubectl is not installed: install it';
  if (/context .*does not exist|context was not found/.test(said))
    return `kubectl has no context "${context}": reach the cluster as docs/access.md says, or name its context with --context`;
  if (/Unauthorized|must be logged in|credentials/i.test(said))
    return `the Kubernetes API rejects the credentials: use a role of cluster.administratorRoleArns (${said})`;
  return `the Kubernetes API does not answer: open the way to it as docs/access.md says (${said || error.message})`;
};

/** An answer of the API server. */
export interface Answered {
  readonly status: number;
  readonly body: Json;
}

/** One request to the API server: a refusal is an answer too. */
export type Send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object) => Promise<Answered>;

const KUBECTL = 'kubectl';

/** Milliseconds for one answer. */
const PATIENCE = 30_000;

const sendTo =
  (socketPath: string, context: string, said: () => string): Send =>
  (method, path, body) =>
    new Promise((resolve, reject) => {
      const refuse = (message: string) =>
        reject(new Unanswered(reasonOf({ name: '', message, stderr: said() }, context)));
      const headers = { accept: 'application/json', 'content-type': 'application/json' };
      const sent = request({ socketPath, method, path, headers, timeout: PATIENCE, agent: false }, async (response) => {
        const { statusCode: status = 0 } = response;
        const told = await json(response).catch(() => ({}));
        if (status === 401) refuse('Unauthorized');
        else if (status === 502) refuse('kubectl reaches no API server');
        else resolve({ status, body: told });
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)));
      sent.on('error', ({ message }) => refuse(message));
      sent.end(body && JSON.stringify(body));
    });

/**
 * Lets work ask the API server with the credentials of kubectl: one `kubectl proxy` on a socket that only this user can open, because a
 * process of kubectl for each of some hundred objects would take minutes.
 */
export const throughKubectl = async <T>(
  { cluster, signal }: World,
  target: Target,
  work: (send: Send) => Promise<T>,
): Promise<T> => {
  const context = cluster.context ?? contextOf(target);
  const folder = await mkdtemp(join(tmpdir(), 'platform-kubectl-')); // mode 0700
  const socket = join(folder, 'api');
  const proxy = spawn(KUBECTL, ['--context', context, 'proxy', '--unix-socket', socket], { signal });
  const ended = new Promise<void>((resolve) => proxy.once('close', () => resolve()));
  let said = '';
  try {
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: Error) =>
        reject(new Unanswered(reasonOf(Object.assign(error, { stderr: said }), context)));
      proxy.once('error', refuse);
      proxy.once('close', () => refuse(new Error('kubectl proxy ended')));
      proxy.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
      proxy.stdout.setEncoding('utf8').on('data', (text: string) => /Starting to serve/.test(text) && resolve());
    });
    return await work(sendTo(socket, context, () => said));
  } finally {
    proxy.removeAllListeners('error').on('error', () => {});
    proxy.kill();
    if (proxy.pid !== undefined) await ended;
    await rm(folder, { recursive: true, force: true });
  }
};
