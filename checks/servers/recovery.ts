import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MONITOR } from '../../lib/model/monitoring';
import { EXPORTED } from '../../lib/kubernetes/prometheus/exported';
import { settle } from '../../rehearsal/src/cluster/patience';
import { interruption, run } from '../../rehearsal/src/process';
import type { Contents } from './contents';
import { DatabaseSetup, newPassword } from './database-setup';
import { dataOf, startDatabase } from './mysql';

/** A server with rows, a copy of its volume, and servers that stand on copies of this copy. */
export class Recovery {
  /** Names of the services' databases. */
  readonly names: readonly string[];
  /** Contents of each database before the copy, except the tables that it writes all the time. */
  filled: Readonly<Record<string, Contents>> = {};
  /** A server on the copy as it is. */
  copy?: DatabaseSetup;
  /** A server that follows the source. */
  replica?: DatabaseSetup;
  /** Every server on a copy. */
  readonly setups: DatabaseSetup[] = [];

  constructor(readonly source: DatabaseSetup) {
    this.names = source.names;
  }

  private get snapshot() {
    return join(this.source.database.place.folder, 'snapshot');
  }

  /**
   * Copies the volume at one moment, as a snapshot of RDS does, while the server runs on: it gets no chance to prepare for that. At that
   * moment, asks something.
   */
  async copyVolume<T>(ask: () => T): Promise<T> {
    const { database, signal } = this.source;
    const args = ['-a', '--sparse=always', dataOf(database.place), this.snapshot]; // the logs are mostly empty
    return await database.frozen(async () => {
      await run('cp', args, { signal });
      return ask();
    });
  }

  /**
   * Starts a server on the copy, at a port of its own. It knows the passwords of the time of the copy.
   */
  async restored(...options: readonly string[]): Promise<DatabaseSetup> {
    const { place } = this.source.database;
    const folder = await mkdtemp(join(place.folder, 'restored-'));
    await run('cp', ['-a', '--sparse=always', this.snapshot, dataOf({ folder })], { signal: place.signal });
    await rm(join(folder, 'data', 'auto.cnf'), { force: true }); // another server
    const database = await startDatabase({ ...place, folder }, ...options);
    const secrets = join(folder, 'secrets');
    await mkdir(secrets);
    await cp(this.source.secrets, secrets, { recursive: true });
    const setup = new DatabaseSetup(database, secrets, place.signal);
    for (const [name, password] of this.source.passwords) setup.passwords.set(name, password);
    this.setups.push(setup);
    return setup;
  }

  /** Gives every user another secret, and the administrator the password of its own, as an operator does after a restore. */
  async newSecrets(setup: DatabaseSetup): Promise<void> {
    const admin = newPassword();
    await setup.database.root(`ALTER USER admin IDENTIFIED BY '${admin}'`);
    await setup.write('admin', admin);
    for (const name of [...this.names, MONITOR]) await setup.write(name, newPassword());
  }

  /** Runs what the source has done since the copy, to the first thing of a second, from its binary logs. */
  async replay({ database }: DatabaseSetup, until: Date): Promise<void> {
    const { place, root } = this.source.database;
    await root('FLUSH BINARY LOGS');
    const logs = (await root('SHOW BINARY LOGS')).split('\n').map((row) => join(dataOf(place), row.split('\t')[0]!));
    const env = {
      PATH: `${database.commands}:${process.env.PATH}`,
      TZ: 'UTC',
      BINLOG: place.installed.path('mysqlbinlog'),
      TIME: until.toISOString().slice(0, 19).replace('T', ' '),
      LOGIN: await database.rootFile(),
    };
    // The server skips transactions that the copy has already: it knows their GTIDs.
    const script =
      'set -o pipefail; "$BINLOG" --no-defaults --stop-datetime="$TIME" "$@" | mysql --defaults-file="$LOGIN"';
    await run('bash', ['-c', script, 'bash', ...logs.slice(0, -1)], { env, signal: place.signal });
  }

  /** Copies a table from a server to another, as a service that has no permissions beyond its database. */
  async copyTable(from: DatabaseSetup, to: DatabaseSetup, name: string, table: string): Promise<void> {
    const { place, commands } = to.database;
    const login = ({ database, passwords }: DatabaseSetup) => database.loginFile(name, passwords.get(name)!);
    const env = {
      PATH: `${commands}:${process.env.PATH}`,
      DUMP: place.installed.path('mysqldump'),
      FROM: await login(from),
      TO: await login(to),
    };
    const options = '--no-tablespaces --set-gtid-purged=OFF --single-transaction --hex-blob';
    const script = `set -o pipefail; "$DUMP" --defaults-file="$FROM" ${options} "$@" | mysql --defaults-file="$TO" "$1"`;
    await run('bash', ['-c', script, 'bash', name, table], { env, signal: place.signal });
  }

  /** Starts a server that follows the source, as RDS makes a replica: from a copy of its volume. */
  async follow(): Promise<DatabaseSetup> {
    const { database } = this.source;
    const [user, password] = ['replicator', newPassword().slice(-32)]; // MySQL takes no longer one here
    await database.root(`CREATE USER ${user} IDENTIFIED BY '${password}' REQUIRE SSL;
      GRANT REPLICATION SLAVE ON *.* TO ${user}`);
    const replica = await this.restored('--server-id=2', '--read-only=ON');
    await replica.database.root(`CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = ${database.port},
      SOURCE_USER = '${user}', SOURCE_PASSWORD = '${password}', SOURCE_AUTO_POSITION = 1, SOURCE_CONNECT_RETRY = 1, SOURCE_SSL = 1,
      SOURCE_SSL_CA = '${database.place.certificates.authority}', SOURCE_SSL_VERIFY_SERVER_CERT = 1; START REPLICA`);
    return replica;
  }

  /** Waits until the replica is as wanted. */
  async until(wanted: (status: Replication) => boolean | Promise<boolean>): Promise<void> {
    const { signal } = this.source;
    const works = { replication: { rounds: 0, error: '' } }; // it tells of no rounds
    const observe = async () => {
      const found = await replication(this.replica!);
      return { found, settled: await wanted(found), lost: found.error !== '' || signal.aborted, state: found.row };
    };
    const { settled, found } = await settle(async () => works, observe, 100);
    if (signal.aborted) throw interruption(signal);
    if (!settled) throw new Error(`the replica has stopped: ${found.error}`);
  }

  /** Whether a replica has all that the source has: no lag does not say that, because nobody knows what has not arrived. */
  readonly isLevel = async ({ executed }: Replication): Promise<boolean> => {
    const [file, position] = (await this.source.database.root('SHOW BINARY LOG STATUS')).split('\t');
    return executed === `${file} ${position}`;
  };

  /** Ends the servers on copies. */
  async stop(): Promise<void> {
    for (const { database } of this.setups) await database.stop();
  }
}

/** How replication fares, as the exporter reads it. */
export interface Replication {
  /** Seconds behind the source; undefined while one of the threads does not run. */
  readonly seconds: number | undefined;
  /** Whether events arrive. */
  readonly io: boolean;
  /** Whether events are executed. */
  readonly sql: boolean;
  /** The last executed event of the source: file and position. */
  readonly executed: string;
  readonly error: string;
  readonly row: string;
}

const SERIES = 'mysql_slave_status_';

/**
 * Asks what mysqld_exporter asks, as its user. A series is named after a column, in lower case; "Yes" is 1, "No" is 0, and NULL is none
 * (its collector/slave_status.go).
 */
const replication = async ({ database, passwords, signal }: DatabaseSetup): Promise<Replication> => {
  const file = await database.loginFile(MONITOR, passwords.get(MONITOR)!);
  const args = [`--defaults-file=${file}`, '--batch', '--execute', 'SHOW REPLICA STATUS'];
  const [names = '', row = ''] = (await run(join(database.commands, 'mysql'), args, { signal })).split('\n');
  const values = row.split('\t');
  const columns = new Map(names.split('\t').map((name, i) => [name.toLowerCase(), values[i]!]));
  const value = (name: string) => {
    const found = columns.get(name);
    if (found === undefined) throw new Error(`SHOW REPLICA STATUS has no column ${name}`);
    return found;
  };
  const series = EXPORTED.mysqld_exporter.filter((name) => name.startsWith(SERIES));
  const exported = new Map(series.map((name) => [name, value(name.replace(SERIES, ''))]));
  const seconds = exported.get('mysql_slave_status_seconds_behind_source');
  return {
    seconds: seconds === 'NULL' ? undefined : Number(seconds),
    io: exported.get('mysql_slave_status_replica_io_running') === 'Yes',
    sql: exported.get('mysql_slave_status_replica_sql_running') === 'Yes',
    executed: `${value('relay_source_log_file')} ${value('exec_source_log_pos')}`,
    error: value('last_io_error') + value('last_sql_error'),
    row,
  };
};
