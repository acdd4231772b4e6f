import { once } from 'node:events';
import { createServer as plainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as secureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { Certified } from './certificates';

/** An answer before it is sent. */
export interface Draft {
  status: number;
  headers: Record<string, string>;
  /** Milliseconds before it is sent. */
  wait: number;
  /** It is never sent; the connection closes in place of it, or stays. */
  instead?: 'close' | 'silence';
}

/** How the servers differ from what is right. */
export interface Behavior {
  /** @default - the good one */
  readonly certificate?: Certified;
  /** Changes an answer over HTTPS. */
  readonly https?: (draft: Draft, host: string, path: string) => void;
  /** Changes an answer over HTTP. */
  readonly http?: (draft: Draft, host: string, path: string) => void;
  /** Nothing listens for HTTPS. */
  readonly closed?: true;
}

/** Headers that CloudFront adds to the answers of each site: the values of the specification, written out. */
const SECURITY = {
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};
const OF_SITE: Readonly<Record<string, Record<string, string>>> = {
  'platform.com': {
    'X-XSS-Protection': '1; mode=block',
    'Content-Security-Policy':
      "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; font-src 'self' data:; connect-src 'self' https://api.platform.com;",
  },
  'api.platform.com': { 'Access-Control-Allow-Origin': 'https://platform.com', Vary: 'Origin' },
  'grafana.platform.com': { 'Referrer-Policy': 'same-origin' },
};

const headersOf = (host: string): Record<string, string> => ({
  'X-Cache': 'Miss from cloudfront',
  'X-Amz-Cf-Id': 'EXAMPLE-ID==',
  'Cache-Control': 'no-store',
  ...SECURITY,
  ...OF_SITE[host.replace(/^www\./, '')],
});

const send = (response: ServerResponse, { status, headers, wait, instead }: Draft) => {
  if (instead === 'close') response.destroy();
  else if (instead === undefined) setTimeout(() => response.writeHead(status, headers).end(), wait);
};

const listening = async (server: Server): Promise<number> => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
};

const placeOf = ({ headers: { host = '' }, url = '' }: IncomingMessage) => [host, url] as const;

/** The edge of an environment on this machine. It is right except for a behavior. */
export const startEdge = async (good: Certified, { certificate = good, https, http, closed }: Behavior) => {
  const secure = secureServer({ ...certificate }, (request, response) => {
    const [host, path] = placeOf(request);
    const draft: Draft = { status: path === '/metrics' ? 403 : 200, headers: headersOf(host), wait: 0 };
    https?.(draft, host, path);
    send(response, draft);
  });
  const plain = plainServer((request, response) => {
    const [host, path] = placeOf(request);
    const draft: Draft = { status: 301, headers: { Location: `https://${host}${path}` }, wait: 0 };
    http?.(draft, host, path);
    send(response, draft);
  });
  const [securePort, plainPort] = [await listening(secure), await listening(plain)];
  if (closed) secure.close();
  return {
    /** Options of the verification that lead every name here. */
    options: [`:443:127.0.0.1:${securePort}`, `:80:127.0.0.1:${plainPort}`],
    stop: () => {
      for (const server of [secure, plain]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
};
