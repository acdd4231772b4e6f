import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import getPort from 'get-port';
import { run } from '../../rehearsal/src/process';
import type { Installed, Product } from './install';
import { start, type Certificates, type Running } from './server';

export const REDIS: Product = {
  name: 'Redis',
  programs: ['redis-server', 'redis-cli'],
  packages: ['redis-server'],
};

/** Where a server and its data are. */
export interface RedisPlace {
  readonly installed: Installed;
  readonly certificates: Certificates;
  /** A file `dump.rdb` in it has the keys that the server starts with. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** A running server of Redis: a cluster of one. */
export interface Redis extends Running {
  readonly place: RedisPlace;
  /** Runs commands in one connection; returns the answers, errors among them. */
  readonly as: (user: string, password: string, ...commands: string[]) => Promise<string>;
  /** Runs commands as a user who may do everything. */
  readonly admin: (...commands: string[]) => Promise<string>;
}

/** Starts a cluster of one that takes nothing but TLS and that nobody can use but its administrator. */
export const startRedis = async (
  place: RedisPlace,
  parameters: Readonly<Record<string, string>>,
  adminPassword: string,
): Promise<Redis> => {
  const { installed, certificates, folder, signal } = place;
  const { path } = installed;
  const { authority, certificate, key } = certificates;
  const port = await getPort();
  const settings = {
    ...parameters,
    bind: '127.0.0.1',
    port: '0',
    'tls-port': `${port}`,
    'cluster-port': `${await getPort()}`,
    'cluster-announce-ip': '127.0.0.1',
    'tls-cluster': 'yes',
    'tls-auth-clients': 'no',
    'tls-ca-cert-file': authority,
    'tls-cert-file': certificate,
    'tls-key-file': key,
    'enable-debug-command': 'yes', // else it refuses that itself
    dir: folder,
    save: '""',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  lines.push('user default off -@all', `user admin on >${adminPassword} ~* &* +@all`);
  const file = join(folder, 'redis.conf');
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });

  const as = (user: string, password: string, ...commands: string[]) => {
    const script =
      'printf "%s\\n" "$@" | timeout 600 "$CLI" -h 127.0.0.1 -p "$PORT" --tls --cacert "$AUTHORITY" --user "$NAME" 2>&1';
    const server = { CLI: path('redis-cli'), PORT: `${port}`, AUTHORITY: authority };
    const env = { PATH: process.env.PATH, ...server, NAME: user, REDISCLI_AUTH: password };
    return run('bash', ['-c', script, 'bash', ...commands], { env, signal });
  };
  const admin = (...commands: string[]) => as('admin', adminPassword, ...commands);
  const answers = async () => {
    if ((await admin('PING')) !== 'PONG') throw new Error('no answer');
  };
  const { stop } = await start(path('redis-server'), [file], answers, signal);
  return { place, as, admin, stop };
};

const LAST_SLOT = 16_383;

/** Takes every slot that a node does not have: it took those of the keys that it started with. */
export const coverSlots = async ({ admin }: Redis): Promise<void> => {
  const own = /^.* myself,master .* connected(.*)$/m.exec(await admin('CLUSTER NODES'))?.[1] ?? '';
  const taken = own
    .split(' ')
    .filter(Boolean)
    .map((range) => range.split('-').map(Number));
  const gaps: number[] = [];
  let next = 0;
  for (const [first, last = first] of [...taken, [LAST_SLOT + 1]] as [number, number?][]) {
    if (first > next) gaps.push(next, first - 1);
    next = last! + 1;
  }
  const answer = await admin(`CLUSTER ADDSLOTSRANGE ${gaps.join(' ')}`);
  if (answer !== 'OK') throw new Error(`CLUSTER ADDSLOTSRANGE: ${answer}`);
  while (!/cluster_state:ok/.test(await admin('CLUSTER INFO'))) await setTimeout(100);
};
