import { request as plain } from 'node:http';
import { request as secure, type RequestOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { UsageError } from '../rehearsal/src/command-line';

/** Where a connection goes in place of where its URL says, as curl's `--connect-to` has it. An empty part means any. */
export interface Detour {
  readonly host: string;
  readonly port: string;
  readonly toHost: string;
  readonly toPort: string;
}

/** How the public sites are asked. */
export interface Web {
  readonly detours: readonly Detour[];
  /** PEM of a certificate authority that is trusted instead of the public ones. @default - the public ones */
  readonly authority?: string | undefined;
  /** Milliseconds for a whole answer. */
  readonly patience: number;
}

/** The certificate that a server showed. */
interface Shown {
  /** Names that it is for. */
  readonly names: string;
  /** Time of its end. */
  readonly ends: string;
  /** Why a browser would refuse it. @default - it would not */
  readonly refused?: string | undefined;
}

/** The outcome of one request. */
export interface Answer {
  /** 0 if no answer came. */
  readonly status: number;
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly milliseconds: number;
  /** @default - none was shown */
  readonly certificate?: Shown | undefined;
  /** Why no answer came. @default - one did */
  readonly failed?: string | undefined;
}

const PART = String.raw`(\[[^\]]*\]|[^:]*)`;
const DETOUR = new RegExp(`^${PART}:(\\d*):${PART}:(\\d*)$`);
const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

/** Reads a value of `--connect-to`. */
export const detour = (value: string): Detour => {
  const [, host, port, toHost, toPort] = DETOUR.exec(value) ?? [];
  if (host === undefined || port === undefined || toHost === undefined || toPort === undefined)
    throw new UsageError(`--connect-to is "${value}": write HOST:PORT:HOST:PORT, as for curl`);
  return { host: bare(host), port, toHost: bare(toHost), toPort };
};

/** Where a connection to a URL goes. */
const placeOf = ({ protocol, hostname, port }: URL, detours: readonly Detour[]) => {
  const own = { host: bare(hostname), port: port || (protocol === 'https:' ? '443' : '80') };
  const found = detours.find((each) => ['', own.host].includes(each.host) && ['', own.port].includes(each.port));
  return { host: found?.toHost || own.host, port: Number(found?.toPort || own.port) };
};

/** Asks once, follows no redirect, and never fails: a failure is part of the answer. A refused certificate is no obstacle. */
export const ask = (
  { detours, authority, patience }: Web,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  new Promise((resolve) => {
    const place = new URL(url);
    const began = performance.now();
    const taken = () => Math.round(performance.now() - began);
    let certificate: Shown | undefined;
    const fail = (failed: string) => resolve({ status: 0, headers: {}, milliseconds: taken(), certificate, failed });
    const options: RequestOptions = {
      ...placeOf(place, detours),
      path: `${place.pathname}${place.search}`,
      headers: { host: place.host, 'user-agent': 'platform-verify', accept: '*/*', ...headers },
      servername: bare(place.hostname),
      rejectUnauthorized: false, // a check reports a wrong certificate, with everything else
      ...(authority !== undefined && { ca: authority }),
      agent: false,
    };
    const sent = place.protocol === 'https:' ? secure(options) : plain(options);
    const timer = setTimeout(() => sent.destroy(new Error(`no whole answer within ${patience / 1000} s`)), patience);
    sent.on('socket', (socket) => socket.once('secureConnect', () => (certificate = shown(socket as TLSSocket))));
    sent.on('error', (error: NodeJS.ErrnoException) => fail(wordsOf(error)));
    sent.on('close', () => clearTimeout(timer));
    sent.on('response', (response) => {
      response.on('error', (error) => fail(wordsOf(error)));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(
            Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
          ),
          milliseconds: taken(),
          certificate,
        }),
      );
      response.resume();
    });
    sent.end();
  });

const shown = (socket: TLSSocket): Shown => {
  const { subjectaltname = '', valid_to: ends } = socket.getPeerCertificate();
  const { authorizationError } = socket;
  return {
    names: subjectaltname.replaceAll('DNS:', ''),
    ends,
    refused: authorizationError ? `${authorizationError}` : undefined,
  };
};

/** Codes of Node in words: https://nodejs.org/api/errors.html#nodejs-error-codes */
const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name does not resolve at the moment',
  ECONNREFUSED: 'it refuses the connection',
  ECONNRESET: 'it closes the connection without an answer',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'no route leads to it',
  ENETUNREACH: 'no route leads to it',
};

const wordsOf = (error: NodeJS.ErrnoException): string => {
  const [first] = (error as { readonly errors?: readonly NodeJS.ErrnoException[] }).errors ?? [];
  const { code = '', message } = first ?? error;
  return WORDS[code] === undefined ? message || code : `${WORDS[code]} (${code})`;
};
