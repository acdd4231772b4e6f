import { readFileSync } from 'node:fs';
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { callAws } from '../../rehearsal/src/emulator/aws-api';
import { run } from '../../rehearsal/src/process';
import { findProgram } from '../servers/install';

type Json = ReturnType<typeof JSON.parse>;

/** The registries of ECR, under their real names. */
export interface Registries {
  /** The way to them, for programs that are written in Go. */
  readonly env: NodeJS.ProcessEnv;
  /** Requests that wrote to a registry of another account, a line each. */
  readonly strangers: () => readonly string[];
  readonly stop: () => void;
}

const HOST = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/;

/** The actions that a request to a repository needs: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html */
const actionOf = (path: string): string =>
  path.includes('/blobs/') ? 'ecr:GetDownloadUrlForLayer' : 'ecr:BatchGetImage';

const certificateIn = async (folder: string, region: string, signal: AbortSignal) => {
  const program = findProgram('openssl');
  if (!program) throw new Error('openssl is not installed: install it');
  const [key, certificate] = ['registries.key', 'registries.pem'].map((file) => join(folder, file)) as [string, string];
  const name = `*.dkr.ecr.${region}.amazonaws.com`;
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`];
  const out = ['-addext', `subjectAltName=DNS:${name}`, '-keyout', key, '-out', certificate];
  await run(program, ['req', '-x509', ...made, ...out], { signal });
  return { key, certificate };
};

/**
 * Starts a proxy to the registries of the emulated ECR, which answers for their names. As ECR, it asks who calls, and lets another
 * account do only what the policy of the repository says. The emulated one lets everybody do everything.
 */
export const startRegistries = async (
  endpoint: string,
  folder: string,
  region: string,
  signal: AbortSignal,
): Promise<Registries> => {
  const { key, certificate } = await certificateIn(folder, region, signal);
  const strangers: string[] = [];

  const isAllowed = async (owner: string, repository: string, caller: string, action: string): Promise<boolean> => {
    const answer = await callAws(
      endpoint,
      { account: owner, region, service: 'ecr' },
      JSON.stringify({ repositoryName: repository }),
      {
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': 'AmazonEC2ContainerRegistry_V20150921.GetRepositoryPolicy',
      },
    );
    if (!answer.ok) return false;
    const { Statement }: Json = JSON.parse(((await answer.json()) as { policyText: string }).policyText);
    return [Statement]
      .flat()
      .some(
        ({ Effect, Principal, Action }: Json) =>
          Effect === 'Allow' &&
          [Principal.AWS].flat().includes(`arn:aws:iam::${caller}:root`) &&
          [Action].flat().includes(action),
      );
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '', headers } = request;
    const host = headers.host?.replace(/:\d+$/, '') ?? '';
    const [, owner] = HOST.exec(host) ?? [];
    const [, token = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
    const [, caller] = /^AWS:(\d{12})$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
    const refuse = (status: number, code: string, more = {}) =>
      void response
        .writeHead(status, { 'content-type': 'application/json', ...more })
        .end(JSON.stringify({ errors: [{ code, message: `${caller} may not ${method} ${host}${url}` }] }));
    if (owner === undefined) return refuse(404, 'NAME_UNKNOWN');
    if (caller === undefined)
      return refuse(401, 'UNAUTHORIZED', {
        'www-authenticate': `Basic realm="https://${host}/",service="ecr.amazonaws.com"`,
      });
    const [, repository] = /^\/v2\/(.+?)\/(?:manifests|blobs|tags)\//.exec(url) ?? [];
    const writes = method !== 'GET' && method !== 'HEAD';
    if (writes && caller !== owner) strangers.push(`${caller} may not ${method} ${host}${url}`);
    if (repository !== undefined && caller !== owner)
      if (writes || !(await isAllowed(owner, repository, caller, actionOf(url)))) return refuse(403, 'DENIED');
    const { authorization: _, ...passed } = headers;
    const { hostname, port } = new URL(endpoint);
    const inner = ask({ hostname, port, method, path: url, headers: { ...passed, host } }, (told) => {
      response.writeHead(told.statusCode!, told.headers);
      told.pipe(response);
    });
    inner.on('error', (error) => response.destroy(error));
    request.pipe(inner);
  };

  const secure = createSecureServer(
    { key: readFileSync(key), cert: readFileSync(certificate) },
    (request, response) => void answer(request, response).catch((error: Error) => response.destroy(error)),
  );
  const proxy = createServer().on('connect', ({ url = '' }: IncomingMessage, socket, head: Buffer) => {
    const [host = ''] = url.split(':');
    if (HOST.test(host)) {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.length > 0) socket.unshift(head);
      secure.emit('connection', socket);
    } else socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    env: { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, SSL_CERT_FILE: certificate },
    strangers: () => strangers,
    stop: () => {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
};
