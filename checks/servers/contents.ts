import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { DatabaseSetup } from './database-setup';

/** The number of rows of a table, the server's checksum of them, and ours. */
interface Table {
  readonly rows: number;
  readonly checksum: string;
  readonly digest: string;
}

/** All that a service finds in its database. */
export interface Contents {
  readonly tables: Readonly<Record<string, Table>>;
  /** Definitions of tables, which have the next AUTO_INCREMENT, and of views, triggers and routines. */
  readonly definitions: readonly string[];
}

/** A service's tables and rows: each kind of column and object that can suffer. */
const TABLES = `
  CREATE TABLE account (
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(190) NOT NULL UNIQUE,
    made DATETIME(6) NOT NULL,
    changed TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
    picture LONGBLOB,
    settings JSON NOT NULL,
    balance DECIMAL(30, 10) NOT NULL,
    ratio DOUBLE NOT NULL,
    state ENUM('new', 'gone') NOT NULL,
    flags BIT(9) NOT NULL,
    twice DECIMAL(31, 10) AS (balance * 2) STORED
  );
  CREATE TABLE entry (
    id INT AUTO_INCREMENT PRIMARY KEY,
    account BIGINT UNSIGNED NOT NULL,
    word TEXT NOT NULL,
    FOREIGN KEY (account) REFERENCES account (id)
  );
  CREATE TABLE audit (id INT AUTO_INCREMENT PRIMARY KEY, entry INT NOT NULL, made DATETIME(6) NOT NULL);
  CREATE TABLE written (id INT PRIMARY KEY, word TEXT NOT NULL);
  CREATE TABLE total (id INT PRIMARY KEY, sum BIGINT NOT NULL);
  CREATE VIEW entries AS SELECT name, COUNT(*) AS entries FROM account JOIN entry ON account = account.id GROUP BY name;
  CREATE TRIGGER audited AFTER INSERT ON entry FOR EACH ROW INSERT INTO audit (entry, made) VALUES (NEW.id, NOW(6));
  CREATE FUNCTION entries_of(wanted BIGINT UNSIGNED) RETURNS INT READS SQL DATA
    RETURN (SELECT COUNT(*) FROM entry WHERE account = wanted);
  CREATE PROCEDURE enter(IN wanted BIGINT UNSIGNED, IN said TEXT) INSERT INTO entry (account, word) VALUES (wanted, said);`;

/** Characters of one to four bytes, and those that SQL quotes. */
const NAME = 'O’Neil Ωμέγα 漢字 𝄞 "\\\\" %_';
/** The most that an id of an account was: its row is gone, and its id must not come again. */
export const LAST_ACCOUNT = 3;
const ENTRIES = 300;

/** Makes the tables of a service, as its user. */
export const fill = async (setup: DatabaseSetup, name: string): Promise<void> => {
  const account = (id: string, picture: string) =>
    `('${id}', '2024-02-29 23:59:59.123456', ${picture}, '{"name": "${name}", "list": [1, 2.5, null, "漢"]}', 12345678901234567890.0123456789, 0.1, 'gone', b'101010101')`;
  await setup.as(
    name,
    `USE ${name}; ${TABLES}
    INSERT INTO account (name, made, picture, settings, balance, ratio, state, flags) VALUES
      ${account(NAME, "CONCAT(REPEAT(X'00FF270A5C', 20000), '" + name + "')")}, ${account('second', 'NULL')}, ${account('gone', "''")};
    DELETE FROM account WHERE id = ${LAST_ACCOUNT};
    INSERT INTO entry (id, account, word)
      WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${ENTRIES})
      SELECT i, 1 + i % 2, CONCAT('${name} ', SHA2(i, 256)) FROM n;
    INSERT INTO total VALUES (1, 0);`,
  );
  assert.equal(
    await setup.as(name, `SELECT HEX(name) FROM ${name}.account WHERE id = 1`),
    hex(NAME.replace('\\\\', '\\')),
  );
  const counts = `SELECT COUNT(*), entries_of(1), (SELECT COUNT(*) FROM audit), (SELECT SUM(entries) FROM entries) FROM entry`;
  const expected = [ENTRIES, ENTRIES / 2, ENTRIES, ENTRIES].join('\t');
  assert.equal(await setup.as(name, `USE ${name}; ${counts}`), expected);
};

const hex = (text: string) => Buffer.from(text).toString('hex').toUpperCase();

/** Reads all that a service finds in its database, as its user. */
export const contentsOf = async (setup: DatabaseSetup, name: string): Promise<Contents> => {
  const ask = async (...statements: readonly string[]) =>
    (await setup.as(name, `USE ${name}; ${statements.join(';')}`)).split('\n').filter(Boolean);
  const columns = new Map<string, string[]>();
  const asked = `SELECT t.table_name, column_name FROM information_schema.tables t
    JOIN information_schema.columns c USING (table_schema, table_name)
    WHERE table_schema = '${name}' AND table_type = 'BASE TABLE' ORDER BY 1, ordinal_position`;
  for (const row of await ask(asked)) {
    const [table, column] = row.split('\t') as [string, string];
    columns.set(table, [...(columns.get(table) ?? []), column]);
  }
  const names = [...columns.keys()];
  const rows = await ask(
    ...names.map((table) => {
      const values = columns.get(table)!.map((column) => `IFNULL(HEX(CONCAT(${column}, '')), 'NULL')`);
      return `SELECT CONCAT_WS(' ', '${table}', ${values.join(', ')}) FROM ${table} ORDER BY id`;
    }),
  );
  const checksums = await ask(...names.map((table) => `CHECKSUM TABLE ${table}`));
  const tables = names.map((table, i) => {
    const own = rows.filter((row) => row.startsWith(`${table} `));
    const digest = createHash('sha256').update(own.join('\n')).digest('hex');
    return [table, { rows: own.length, checksum: checksums[i]!.split('\t')[1]!, digest }] as const;
  });
  const definitions = await ask(
    ...names.map((table) => `SHOW CREATE TABLE ${table}`),
    `SELECT 'view', table_name, definer, security_type, view_definition FROM information_schema.views
      WHERE table_schema = '${name}' ORDER BY 2`,
    `SELECT 'trigger', trigger_name, definer, event_manipulation, event_object_table, action_statement
      FROM information_schema.triggers WHERE trigger_schema = '${name}' ORDER BY 2`,
    `SELECT routine_type, routine_name, definer, routine_definition FROM information_schema.routines
      WHERE routine_schema = '${name}' ORDER BY 1, 2`,
  );
  return { tables: Object.fromEntries(tables), definitions };
};

/** The same of every service. */
export const everyContents = async (
  setup: DatabaseSetup,
  names: readonly string[],
): Promise<Record<string, Contents>> =>
  Object.fromEntries(await Promise.all(names.map(async (name) => [name, await contentsOf(setup, name)] as const)));
