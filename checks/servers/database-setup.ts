import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MONITOR } from '../../lib/model/monitoring';
import { DATABASES } from '../../lib/model/services';
import { CommandError, run } from '../../rehearsal/src/process';
import type { Database } from './mysql';

const SCRIPT = join(__dirname, '..', '..', 'lib', 'kubernetes', 'database-setup.sh');
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~';

/** A password as the secrets of the databases have it: with every character that needs no quoting. */
export const newPassword = () =>
  `${Array.from({ length: 32 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}-._~`;

/** Waits for a command that has to fail, and say why. */
export const fails = async (command: Promise<unknown>, why: RegExp, what: string) => {
  const output = await command.then(
    () => 'it does not fail',
    (error) => {
      if (error instanceof CommandError) return error.output.join('\n');
      throw error;
    },
  );
  assert.match(output, why, `${what}: ${output}`);
};

/** The script that sets the databases up, its secrets, and a server that it works on. */
export class DatabaseSetup {
  /** The databases that the script is told of. */
  readonly names = [...DATABASES];
  /** Present values of the secrets. */
  readonly passwords = new Map<string, string>();
  /** All that any secret ever had. */
  readonly everyPassword: string[] = [];
  /** All that any run of the script printed. */
  readonly everyOutput: string[] = [];

  constructor(
    readonly database: Database,
    /** Folder of the secrets. */
    readonly secrets: string,
    readonly signal: AbortSignal,
  ) {}

  /** Writes a secret. */
  async write(user: string, password: string, name = user) {
    this.everyPassword.push(password);
    this.passwords.set(name, password);
    await writeFile(join(this.secrets, `${name}-username`), user);
    await writeFile(join(this.secrets, `${name}-password`), password);
  }

  /** Runs the script, with the server's option file or another; returns how it ends, and what it prints to both streams. */
  async run(options = this.database.options) {
    const { commands } = this.database;
    const PATH = `${commands}:${process.env.PATH}`;
    const env = {
      PATH,
      DATABASES: this.names.join(' '),
      MONITORS: MONITOR,
      SECRETS: this.secrets,
      OPTIONS: options,
      PATIENCE: '10',
    };
    const lines: string[] = [];
    const onLine = (line: string) => lines.push(line);
    const ok = await run('bash', [SCRIPT], { env, signal: this.signal, onLine }).then(
      () => true,
      (error) => {
        if (error instanceof CommandError) return false;
        throw error;
      },
    );
    this.everyOutput.push(...lines);
    return { ok, output: lines.join('\n') };
  }

  /** Runs the script, which has to exit with 0; returns what it prints. */
  async succeeds() {
    const { ok, output } = await this.run();
    assert.ok(ok, `the script fails: ${output}`);
    return output;
  }

  /** Runs the script while a secret has a wrong value: it has to fail and to say why. */
  async failsWith(secret: string, value: string, why: RegExp) {
    const file = join(this.secrets, secret);
    const right = await readFile(file, 'utf8');
    if (secret.endsWith('password')) this.everyPassword.push(value);
    await writeFile(file, value);
    const { ok, output } = await this.run();
    await writeFile(file, right);
    assert.equal(ok, false, `the script exits with 0, although ${secret} is ${JSON.stringify(value)}`);
    assert.match(output, why, output);
  }

  /** Runs statements as the user of a secret. */
  as(name: string, sql: string, ...lines: readonly string[]) {
    return this.database.login(name, this.passwords.get(name)!, sql, ...lines);
  }

  /** Does something that has to leave accounts, grants, schemas, tables and rows as they are, except some. */
  async unchangedBy(work: () => Promise<unknown>, ...except: string[]) {
    const before = await this.state(except);
    await work();
    assert.deepEqual(await this.state(except), before);
  }

  private async state(except: readonly string[]) {
    const { root, place } = this.database;
    const rows = async (sql: string) => (await root(sql)).split('\n').filter(Boolean);
    const found: Record<string, string> = {};
    for (const row of await rows(place.flavour.accounts)) found[`user ${row.split('\t')[0]}`] = row;
    const users = [...this.passwords.keys()].filter((name) => `user ${name}` in found);
    for (const row of await rows(users.map((user) => `SHOW GRANTS FOR '${user}'@'%'`).join(';'))) {
      const grant = row.replace(/ IDENTIFIED BY PASSWORD '[^']*'/, ''); // a part of the account
      const user = `grants of ${/ TO [`'](\w+)/.exec(grant)?.[1]}`;
      found[user] = `${found[user] ?? ''}${grant}\n`;
    }
    found.privileges = await root('SELECT * FROM mysql.db ORDER BY 1, 2, 3; SELECT * FROM mysql.tables_priv');
    for (const row of await rows('SELECT schema_name, s.* FROM information_schema.schemata s'))
      found[`schema ${row.split('\t')[0]}`] = row;
    const tables = await rows(`SELECT CONCAT(table_schema, '.', table_name), create_time FROM information_schema.tables
      WHERE table_schema NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema') ORDER BY 1`);
    const names = tables.map((row) => row.split('\t')[0]);
    for (const row of tables) found[`table ${row}`] = '';
    if (names.length > 0) found.rows = await root(`CHECKSUM TABLE ${names.join(', ')}`);
    return Object.fromEntries(Object.entries(found).filter(([key]) => !except.includes(key)));
  }
}
