import { SignatureV4 } from '@smithy/signature-v4';
import { STSClient } from '@aws-sdk/client-sts';

type Headers = Readonly<Record<string, string>>;

/** Where the clients ask. */
interface Place {
  readonly region: string;
  readonly maxAttempts: number;
  readonly requestHandler: { readonly connectionTimeout: number; readonly requestTimeout: number };
}

/** The account, asked with the credentials that the AWS CLI would have too. */
export interface Aws {
  /** A client of a service. @default region - the home region */
  readonly client: <T>(kind: new (place: Place) => T, region?: string) => T;
  /** Posts JSON to a service for which the project has no client of the SDK. */
  readonly post: (service: string, region: string, path: string, body: object, headers?: Headers) => Promise<unknown>;
  /** Asks the public DNS: `HOST:PORT`. @default - the name servers of this machine */
  readonly nameServer?: string | undefined;
}

const PATIENCE = { maxAttempts: 4, requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000 } }; // milliseconds

/** Connects to the account of an environment. Nothing is asked yet. */
export const connect = (home: string, nameServer?: string): Aws => {
  const clients = new Map<string, unknown>();
  const client: Aws['client'] = (kind, region = home) => {
    const key = `${kind.name} ${region}`;
    if (!clients.has(key)) clients.set(key, new kind({ ...PATIENCE, region }));
    return clients.get(key) as InstanceType<typeof kind>;
  };

  const post: Aws['post'] = async (service, region, path, body, more = {}) => {
    const { credentials, sha256 } = client(STSClient).config;
    const endpoint = new URL(path, process.env.AWS_ENDPOINT_URL ?? `https://${service}.${region}.amazonaws.com`);
    const signer = new SignatureV4({ service, region, credentials, sha256 });
    const { hostname, pathname, protocol, port, host } = endpoint;
    const headers = { host, 'content-type': 'application/json', ...more };
    const request = { method: 'POST', hostname, path: pathname, protocol, headers, body: JSON.stringify(body) };
    const signed = await signer.sign({ ...request, ...(port !== '' && { port: Number(port) }) });
    const response = await fetch(endpoint, { method: 'POST', headers: signed.headers, body: request.body });
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    const told: Readonly<Record<string, string>> = text.startsWith('{') ? JSON.parse(text) : {};
    const error = new Error(told.message ?? told.Message ?? '');
    error.name = (response.headers.get('x-amzn-errortype') ?? told['__type'] ?? `HTTP ${response.status}`).replace(
      /^.*#|:.*$/g,
      '',
    );
    throw error;
  };
  return { client, post, nameServer };
};
