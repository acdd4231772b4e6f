import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { MONITOR } from '../../lib/model/monitoring';
import { MYSQL } from './mysql';
import { fails, newPassword, type Trial } from './mysql-trial';
import { muteProxy } from './mute-proxy';

const DENIED = /ERROR (1044|1142|1227|1410) /;
const REFUSED = /ERROR 1045 /;

const firstRun = async (trial: Trial) => {
  for (const name of [...trial.names, MONITOR]) await trial.write(name, newPassword());
  await trial.succeeds();
  for (const name of trial.names) await trial.as(name, `USE ${name}`);
};

const ownSchema = async (trial: Trial) => {
  for (const name of trial.names) {
    const seen = (await trial.as(name, 'SHOW DATABASES')).split('\n');
    const own = seen.filter((schema) => !['information_schema', 'performance_schema'].includes(schema));
    assert.deepEqual(own, [name]);
    await trial.as(
      name,
      `USE ${name};
       CREATE TABLE kept (id INT PRIMARY KEY); INSERT INTO kept VALUES (1), (2); UPDATE kept SET id = 3 WHERE id = 2;
       CREATE TABLE gone (id INT PRIMARY KEY, word TEXT, kept INT, FOREIGN KEY (kept) REFERENCES kept (id));
       ALTER TABLE gone ADD added INT; CREATE INDEX words ON gone (word(9)); CREATE VIEW seen AS SELECT * FROM kept;
       DELETE FROM gone; DROP VIEW seen; DROP TABLE gone;`,
    );
    assert.equal(await trial.as(name, `SELECT id FROM ${name}.kept ORDER BY id`), '1\n3');
  }
};

const nothingElse = async (trial: Trial, names: readonly string[] = trial.names) => {
  for (const name of names) {
    const others = trial.names.filter((other) => other !== name);
    const statements = [
      'SELECT * FROM mysql.user',
      'SELECT * FROM mysql.db',
      'CREATE DATABASE stranger',
      `CREATE USER stranger IDENTIFIED BY '${newPassword()}'`,
      `ALTER USER admin IDENTIFIED BY '${newPassword()}'`,
      `SHOW GRANTS FOR admin`,
      'SET GLOBAL require_secure_transport = OFF',
      ...others.flatMap((other) => [
        `SELECT * FROM ${other}.kept`,
        `CREATE TABLE ${other}.stranger (id INT)`,
        `SHOW GRANTS FOR ${other}`,
        `GRANT SELECT ON ${name}.* TO ${other}`,
        `DROP DATABASE ${other}`,
      ]),
    ];
    await Promise.all(statements.map((sql) => fails(trial.as(name, sql), DENIED, `${name} runs ${sql}`)));
  }
};

/** What mysqld_exporter asks, and what nobody who only watches may do. */
const monitors = async (trial: Trial) => {
  const asked = ['SHOW GLOBAL STATUS', 'SHOW GLOBAL VARIABLES', 'SHOW FULL PROCESSLIST'];
  if (trial.database.flavour === MYSQL) asked.push('SHOW REPLICA STATUS'); // MariaDB has another privilege for it
  for (const sql of asked) await trial.as(MONITOR, sql);
  const statements = [
    'SELECT * FROM mysql.user',
    'CREATE DATABASE stranger',
    'SET GLOBAL require_secure_transport = OFF',
    ...trial.names.flatMap((name) => [`SELECT * FROM ${name}.kept`, `DROP DATABASE ${name}`]),
  ];
  for (const sql of statements) await fails(trial.as(MONITOR, sql), DENIED, `${MONITOR} runs ${sql}`);
};

const onlyTls = async (trial: Trial) => {
  const { root, flavour } = trial.database;
  const refused = async (names: readonly string[], why: RegExp) => {
    for (const name of names) await fails(trial.as(name, 'SELECT 1', ...flavour.plain), why, `${name} without TLS`);
  };
  await refused(['admin', MONITOR, ...trial.names], /ERROR (1045|3159) /);
  await root('SET GLOBAL require_secure_transport = OFF'); // from now on, only what the script does makes TLS necessary
  await refused(trial.names, REFUSED);
};

const onlyOurServer = async (trial: Trial) => {
  const { flavour, stranger } = trial.database;
  await fails(trial.as('core', 'SELECT 1', ...flavour.verify(stranger)), /ERROR 2026 /, 'a client trusts any server');
};

const rotated = async (trial: Trial) => {
  const { login, flavour } = trial.database;
  const old = new Map(trial.passwords);
  await trial.write('core', newPassword());
  await trial.write('auth', newPassword());
  // A rotation lets the user change its own password, or the administrator.
  await login('core', old.get('core')!, `SET PASSWORD = ${flavour.password(trial.passwords.get('core')!)}`);
  await trial.as('admin', `ALTER USER auth IDENTIFIED BY '${trial.passwords.get('auth')}'`);
  await trial.unchangedBy(() => trial.succeeds());
  for (const name of ['core', 'auth']) await onlyNew(trial, name, old.get(name)!);
};

const restored = async (trial: Trial) => {
  const old = trial.passwords.get('tenant')!;
  await trial.write('tenant', newPassword());
  let output = '';
  await trial.unchangedBy(async () => (output = await trial.succeeds()), 'user tenant');
  assert.match(output, /^tenant: .* is refused with the password of its secret/m);
  assert.doesNotMatch(output, /^(?!tenant).* is refused/m);
  await onlyNew(trial, 'tenant', old);
};

const onlyNew = async (trial: Trial, name: string, old: string) => {
  assert.equal(await trial.as(name, `SELECT id FROM ${name}.kept ORDER BY id`), '1\n3');
  await fails(trial.database.login(name, old, 'SELECT 1'), REFUSED, `${name} with its old password`);
  await fails(trial.as(name, 'SELECT 1', ...trial.database.flavour.plain), REFUSED, `${name} without TLS`);
};

const quotes = async (trial: Trial) => {
  const why = /^registry: .* characters that would need quoting/m;
  for (const character of ["'", '"', '\\', ' ', '#', '\n'])
    await trial.failsWith('registry-password', `${newPassword()}${character}x`, why);
  await trial.failsWith('registry-username', "registry'", why);
};

const anyAdmin = async (trial: Trial) => {
  for (const password of ['#a#b#', '"a"b"', "'a'b'", '\\a\\b\\', '\\na\\"', ' a b ', '$a`b`%s', ';a=b!']) {
    const quoted = password.replaceAll('\\', '\\\\').replaceAll("'", "''");
    await trial.database.root(`ALTER USER admin IDENTIFIED BY '${quoted}'`);
    await trial.write('admin', password);
    await trial.succeeds();
  }
};

const oneMore = async (trial: Trial) => {
  trial.names.push('added');
  await trial.write('added', newPassword());
  const added = ['user added', 'grants of added', 'schema added', 'privileges'];
  await trial.unchangedBy(() => trial.succeeds(), ...added);
  await trial.as('added', 'CREATE TABLE added.kept (id INT)');
  await nothingElse(trial, ['core', 'added']);
};

/** A connection that never gets an answer, as before a pod's network policies hold, and then one that is ended in the middle. */
const muteAtFirst = async (trial: Trial) => {
  const { port, options } = trial.database;
  const mute = await muteProxy(port, ['mute', 'ended']);
  try {
    const file = `${options}-mute`;
    await writeFile(file, (await readFile(options, 'utf8')).replace(`port=${port}`, `port=${mute.port}`));
    const { ok, output } = await trial.run(file);
    assert.ok(ok, output);
    assert.match(output, /^admin: the server does not answer, attempt 2$/m);
  } finally {
    mute.stop();
  }
};

const silent = async ({ everyOutput, everyPassword }: Trial) => {
  const output = everyOutput.join('\n');
  assert.ok(everyOutput.length > 0);
  assert.deepEqual(
    everyPassword.filter((password) => output.includes(password)),
    [],
  );
};

/** What a user relies on in the script; in this order, for each starts where the one before ends. */
export const DATABASE_CHECKS: readonly (readonly [title: string, check: (trial: Trial) => Promise<void>])[] = [
  ['the first run makes every schema and its user', firstRun],
  ['a user sees its own schema only, and can change it', ownSchema],
  ['a user is refused everywhere else', (trial) => nothingElse(trial)],
  ['the user that monitors sees how the server fares, and no data', monitors],
  ['a login without TLS is refused, whatever the server wants', onlyTls],
  ['a client trusts no server but ours', onlyOurServer],
  ['a second run changes nothing', (trial) => trial.unchangedBy(() => trial.succeeds())],
  ['a connection that gets no answer is tried again', (trial) => trial.unchangedBy(() => muteAtFirst(trial))],
  ['a rotated password keeps working', rotated],
  ['a user whom a restore left with another password gets that of its secret', restored],
  [
    'a secret that would need quoting is refused, and nothing changes',
    (trial) => trial.unchangedBy(() => quotes(trial)),
  ],
  [
    'a wrong password of the administrator fails, and nothing changes',
    (trial) => trial.unchangedBy(() => trial.failsWith('admin-password', newPassword(), REFUSED)),
  ],
  ['one more database leaves the others as they are', oneMore],
  ['the administrator may have any password', anyAdmin],
  ['no run prints a password', silent],
];
