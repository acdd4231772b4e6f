import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import getPort from 'get-port';
import { MYSQL_PARAMETERS } from '../../lib/constructs/mysql-settings';
import { run } from '../../rehearsal/src/process';
import type { Installed, Product } from './install';
import { start, type Certificates, type Started } from './server';

/** Differences between MySQL and MariaDB. */
export interface Flavour extends Product {
  /** Lines of an option file by which a client wants TLS, and a server whom the authority knows by this address. */
  readonly verify: (authority: string) => string[];
  /** And by which it wants no TLS. */
  readonly plain: readonly string[];
  /** Makes an empty data folder; the user root has no password. */
  readonly initialize: readonly [program: string, ...args: string[]];
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
  initialize: ['mariadb-install-db', '--auth-root-authentication-method=normal', '--skip-test-db'],
  options: ['--innodb-use-native-aio=OFF'],
  accounts: 'SELECT user, host, priv FROM mysql.global_priv',
  password: (password) => `PASSWORD('${password}')`,
};

export const MYSQL: Flavour = {
  name: 'MySQL',
  programs: ['mysqld', 'mysqlbinlog', 'mysqldump', 'mysql'],
  packages: ['mysql-server-core', 'mysql-client-core'],
  release: 'sid',
  notVersion: /MariaDB/i,
  verify: (authority) => [`ssl-ca=${authority}`, 'ssl-mode=VERIFY_IDENTITY'],
  plain: ['ssl-mode=DISABLED'],
  initialize: ['mysqld', '--initialize-insecure'],
  options: [
    '--mysqlx=OFF',
    '--secure-file-priv=NULL',
    '--performance-schema=OFF',
    '--gtid-mode=ON',
    '--enforce-gtid-consistency=ON',
    '--innodb-use-native-aio=OFF', // so that a frozen server has no write under way
  ],
  accounts:
    'SELECT user, host, plugin, HEX(authentication_string), ssl_type, account_locked, password_last_changed FROM mysql.user',
  password: (password) => `'${password}'`,
};

/** Privileges of a managed database's administrator: fewer than root's. */
const ADMIN_PRIVILEGES = `SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES,
  CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW,
  CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER`;

/** Where a server and its data are, and what it is started with. */
export interface Place {
  readonly flavour: Flavour;
  readonly installed: Installed;
  readonly certificates: Certificates;
  /** The data are in its folder `data`. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** A running server of MySQL or MariaDB. */
export interface Database extends Pick<Started, 'stop' | 'frozen'> {
  readonly place: Place;
  /** A program `mysql` is here, the client of the server. */
  readonly commands: string;
  /** An option file by which that client finds the server, and trusts it. */
  readonly options: string;
  readonly port: number;
  /** Writes an option file by which a program logs in as a user, over the network; further lines come instead of those for TLS. */
  readonly loginFile: (user: string, password: string, ...lines: readonly string[]) => Promise<string>;
  /** The same of root, whom only this machine knows. */
  readonly rootFile: () => Promise<string>;
  /** Runs statements as root; returns the rows. */
  readonly root: (sql: string) => Promise<string>;
  /** Runs statements as a user, over the network; further lines of the option file come last. */
  readonly login: (user: string, password: string, sql: string, ...lines: readonly string[]) => Promise<string>;
}

/** Where the files of a server are. */
export const dataOf = ({ folder }: Pick<Place, 'folder'>) => join(folder, 'data');

/** Starts a server, which takes nothing but TLS, on the data of its place. */
export const startDatabase = async (place: Place, ...options: readonly string[]): Promise<Database> => {
  const { flavour, installed, certificates, folder, signal } = place;
  const commands = join(folder, 'commands');
  const socket = join(folder, 'socket');
  const file = join(folder, 'options.cnf');
  const port = await getPort();
  await mkdir(commands);
  const client = `#!/bin/sh\nexec '${installed.path(flavour.programs.at(-1)!)}' "$@"\n`;
  await writeFile(join(commands, 'mysql'), client, { mode: 0o755 });
  const address = ['[client]', 'host=127.0.0.1', 'protocol=tcp', `port=${port}`];
  await writeFile(file, `${[...address, ...flavour.verify(certificates.authority)].join('\n')}\n`);

  const write = async (lines: readonly string[]) => {
    const path = join(await mkdtemp(join(folder, 'login-')), 'cnf');
    await writeFile(path, `${lines.join('\n')}\n`);
    return path;
  };
  const rootFile = () => write(['[client]', `socket=${socket}`, 'user=root']);
  const loginFile = (user: string, password: string, ...lines: readonly string[]) => {
    const tls = lines.length > 0 ? lines : flavour.verify(certificates.authority);
    return write([...address, ...tls, `user=${user}`, `password=${password}`]);
  };
  const query = (login: string, sql: string) => {
    const args = [`--defaults-file=${login}`, '--batch', '--skip-column-names', '--execute', sql];
    return run(join(commands, 'mysql'), args, { signal });
  };
  const root = async (sql: string) => query(await rootFile(), sql);
  const login = async (user: string, password: string, sql: string, ...lines: readonly string[]) =>
    query(await loginFile(user, password, ...lines), sql);

  const network = ['--bind-address=127.0.0.1', `--port=${port}`, `--socket=${socket}`];
  const { authority, certificate, key } = certificates;
  const tls = [`--ssl-ca=${authority}`, `--ssl-cert=${certificate}`, `--ssl-key=${key}`];
  const parameters = Object.entries(MYSQL_PARAMETERS).map(([name, value]) => `--${name}=${value}`);
  const { stop, frozen } = await start(
    installed.path(flavour.programs[0]!),
    [...initial(place), `--pid-file=${folder}/pid`, ...network, ...tls, ...parameters, ...flavour.options, ...options],
    () => root('SELECT 1'),
    signal,
  );
  return { place, commands, options: file, port, loginFile, rootFile, root, login, stop, frozen };
};

/** Options that a server has from its first moment. */
const initial = ({ installed: { home }, ...place }: Place) => [
  '--no-defaults',
  `--datadir=${dataOf(place)}`,
  ...asRoot,
  ...(home ? [`--basedir=${home}`] : []),
];

/** Makes an empty server, starts it, and makes the user `admin`. */
export const newDatabase = async (place: Place, adminPassword: string): Promise<Database> => {
  const { flavour, installed, signal } = place;
  const [initialize, ...args] = flavour.initialize;
  await run(installed.path(initialize), [...initial(place), ...args], { signal });
  const database = await startDatabase(place);
  try {
    await database.root(`CREATE USER 'admin'@'%' IDENTIFIED BY '${adminPassword}';
      GRANT ${ADMIN_PRIVILEGES} ON *.* TO 'admin'@'%' WITH GRANT OPTION`);
  } catch (error) {
    await database.stop();
    throw error;
  }
  return database;
};
