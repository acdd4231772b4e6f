import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import getPort from 'get-port';
import { run } from '../../rehearsal/src/process';
import type { Installed, Product } from './install';
import { start, type Certificates, type Running } from './server';

/** Differences between MySQL and MariaDB. */
export interface Flavour extends Product {
  /** Lines of an option file by which a client wants TLS, and a server whom the authority knows by this address. */
  readonly verify: (authority: string) => string[];
  /** And by which it wants no TLS. */
  readonly plain: readonly string[];
  /** Makes an empty data folder; the user root has no password. */
  readonly initialize: (data: string) => [program: string, ...args: string[]];
  /** Options of the server. */
  readonly options: readonly string[];
  /** The accounts, one in a row, with everything that CREATE USER and ALTER USER decide. */
  readonly accounts: string;
  /** The value of SET PASSWORD. */
  readonly password: (password: string) => string;
}

const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];

export const MARIADB: Flavour = {
  name: 'MariaDB',
  programs: ['mariadbd', 'mariadb-install-db', 'mariadb'],
  packages: ['mariadb-server-core', 'mariadb-client-core'],
  verify: (authority) => [`ssl-ca=${authority}`, 'ssl-verify-server-cert'],
  plain: ['skip-ssl'],
  initialize: (data) => [
    'mariadb-install-db',
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ],
  options: [],
  accounts: 'SELECT user, host, priv FROM mysql.global_priv',
  password: (password) => `PASSWORD('${password}')`,
};

export const MYSQL: Flavour = {
  name: 'MySQL',
  programs: ['mysqld', 'mysql'],
  packages: ['mysql-server-core', 'mysql-client-core'],
  release: 'sid',
  notVersion: /MariaDB/i,
  verify: (authority) => [`ssl-ca=${authority}`, 'ssl-mode=VERIFY_IDENTITY'],
  plain: ['ssl-mode=DISABLED'],
  initialize: (data) => ['mysqld', '--no-defaults', `--datadir=${data}`, '--initialize-insecure'],
  options: ['--mysqlx=OFF', '--secure-file-priv=NULL', '--performance-schema=OFF'],
  accounts:
    'SELECT user, host, plugin, HEX(authentication_string), ssl_type, account_locked, password_last_changed FROM mysql.user',
  password: (password) => `'${password}'`,
};

/** Privileges of a managed database's administrator: fewer than root's. */
const ADMIN_PRIVILEGES = `SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES,
  CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW,
  CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER`;

/** A running server of MySQL or MariaDB. */
export interface Database extends Running {
  readonly flavour: Flavour;
  /** A program `mysql` is here, the client of the server. */
  readonly commands: string;
  /** An option file by which that client finds the server, and trusts it. */
  readonly options: string;
  readonly port: number;
  /** The certificate of an authority that does not know the server. */
  readonly stranger: string;
  /** Runs statements as root, whom only this machine knows; returns the rows. */
  readonly root: (sql: string) => Promise<string>;
  /** Runs statements as a user, over the network; further lines of the option file come last. */
  readonly login: (user: string, password: string, sql: string, ...lines: readonly string[]) => Promise<string>;
}

/** Starts a server that takes nothing but TLS, and makes the user `admin`. */
export const startDatabase = async (
  flavour: Flavour,
  { path, home }: Installed,
  certificates: Certificates,
  adminPassword: string,
  folder: string,
  signal: AbortSignal,
): Promise<Database> => {
  const commands = join(folder, 'commands');
  const data = join(folder, 'data');
  const socket = join(folder, 'socket');
  const options = join(folder, 'options.cnf');
  const port = await getPort();
  await mkdir(commands);
  const client = `#!/bin/sh\nexec '${path(flavour.programs.at(-1)!)}' "$@"\n`;
  await writeFile(join(commands, 'mysql'), client, { mode: 0o755 });
  const address = ['[client]', 'host=127.0.0.1', 'protocol=tcp', `port=${port}`];
  await writeFile(options, `${[...address, ...flavour.verify(certificates.authority)].join('\n')}\n`);

  const query = async (sql: string, lines: readonly string[]) => {
    const login = await mkdtemp(join(folder, 'login-'));
    await writeFile(join(login, 'cnf'), `${lines.join('\n')}\n`);
    const args = [`--defaults-file=${login}/cnf`, '--batch', '--skip-column-names', '--execute', sql];
    return run(join(commands, 'mysql'), args, { signal });
  };
  const root = (sql: string) => query(sql, ['[client]', `socket=${socket}`, 'user=root']);
  const login = (user: string, password: string, sql: string, ...lines: readonly string[]) => {
    const tls = lines.length > 0 ? lines : flavour.verify(certificates.authority);
    return query(sql, [...address, ...tls, `user=${user}`, `password=${password}`]);
  };

  const place = [...asRoot, ...(home ? [`--basedir=${home}`] : [])];
  const [initialize, ...args] = flavour.initialize(data);
  await run(path(initialize), [...args, ...place], { signal });
  const network = ['--bind-address=127.0.0.1', `--port=${port}`, `--socket=${socket}`, '--require-secure-transport=ON'];
  const { authority, certificate, key } = certificates;
  const tls = [`--ssl-ca=${authority}`, `--ssl-cert=${certificate}`, `--ssl-key=${key}`];
  const own = ['--no-defaults', `--datadir=${data}`, `--pid-file=${folder}/pid`, ...flavour.options];
  const server = path(flavour.programs[0]!);
  const { stop } = await start(server, [...own, ...place, ...network, ...tls], () => root('SELECT 1'), signal);
  try {
    await root(`CREATE USER 'admin'@'%' IDENTIFIED BY '${adminPassword}';
      GRANT ${ADMIN_PRIVILEGES} ON *.* TO 'admin'@'%' WITH GRANT OPTION`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { flavour, commands, options, port, stranger: certificates.stranger, root, login, stop };
};
