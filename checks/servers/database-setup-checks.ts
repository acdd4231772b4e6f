import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { MONITOR } from '../../lib/model/monitoring';
import { MYSQL } from './mysql';
import { fails, newPassword, type DatabaseSetup } from './database-setup';
import { muteProxy } from './mute-proxy';

const DENIED = /ERROR (1044|1142|1227|1410) /;
export const REFUSED = /ERROR 1045 /;

const firstRun = async (setup: DatabaseSetup) => {
  for (const name of [...setup.names, MONITOR]) await setup.write(name, newPassword());
  await setup.succeeds();
  for (const name of setup.names) await setup.as(name, `USE ${name}`);
};

const ownSchema = async (setup: DatabaseSetup) => {
  for (const name of setup.names) {
    const seen = (await setup.as(name, 'SHOW DATABASES')).split('\n');
    const own = seen.filter((schema) => !['information_schema', 'performance_schema'].includes(schema));
    assert.deepEqual(own, [name]);
    await setup.as(
      name,
      `USE ${name};
       CREATE TABLE kept (id INT PRIMARY KEY); INSERT INTO kept VALUES (1), (2); UPDATE kept SET id = 3 WHERE id = 2;
       CREATE TABLE gone (id INT PRIMARY KEY, word TEXT, kept INT, FOREIGN KEY (kept) REFERENCES kept (id));
       ALTER TABLE gone ADD added INT; CREATE INDEX words ON gone (word(9)); CREATE VIEW seen AS SELECT * FROM kept;
       DELETE FROM gone; DROP VIEW seen; DROP TABLE gone;`,
    );
    assert.equal(await setup.as(name, `SELECT id FROM ${name}.kept ORDER BY id`), '1\n3');
  }
};

/** Each user is refused the databases of the others, and the server. */
export const nothingElse = async (setup: DatabaseSetup, names: readonly string[] = setup.names) => {
  for (const name of names) {
    const others = setup.names.filter((other) => other !== name);
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
    await Promise.all(statements.map((sql) => fails(setup.as(name, sql), DENIED, `${name} runs ${sql}`)));
  }
};

/** The user that monitors may run the queries of mysqld_exporter, and nothing beyond them. */
const monitors = async (setup: DatabaseSetup) => {
  const asked = ['SHOW GLOBAL STATUS', 'SHOW GLOBAL VARIABLES', 'SHOW FULL PROCESSLIST'];
  if (setup.database.place.flavour === MYSQL) asked.push('SHOW REPLICA STATUS'); // MariaDB has another privilege for it
  for (const sql of asked) await setup.as(MONITOR, sql);
  const statements = [
    'SELECT * FROM mysql.user',
    'CREATE DATABASE stranger',
    'SET GLOBAL require_secure_transport = OFF',
    ...setup.names.flatMap((name) => [`SELECT * FROM ${name}.kept`, `DROP DATABASE ${name}`]),
  ];
  for (const sql of statements) await fails(setup.as(MONITOR, sql), DENIED, `${MONITOR} runs ${sql}`);
};

const onlyTls = async (setup: DatabaseSetup) => {
  const { root, place } = setup.database;
  const refused = async (names: readonly string[], why: RegExp) => {
    for (const name of names)
      await fails(setup.as(name, 'SELECT 1', ...place.flavour.plain), why, `${name} without TLS`);
  };
  await refused(['admin', MONITOR, ...setup.names], /ERROR (1045|3159) /);
  await root('SET GLOBAL require_secure_transport = OFF'); // from now on, only what the script does makes TLS necessary
  await refused(setup.names, REFUSED);
};

const onlyOurServer = async (setup: DatabaseSetup) => {
  const { flavour, certificates } = setup.database.place;
  await fails(
    setup.as('core', 'SELECT 1', ...flavour.verify(certificates.stranger)),
    /ERROR 2026 /,
    'a client trusts any server',
  );
};

const rotated = async (setup: DatabaseSetup) => {
  const { login, place } = setup.database;
  const old = new Map(setup.passwords);
  await setup.write('core', newPassword());
  await setup.write('auth', newPassword());
  // A rotation lets the user change its own password, or the administrator.
  await login('core', old.get('core')!, `SET PASSWORD = ${place.flavour.password(setup.passwords.get('core')!)}`);
  await setup.as('admin', `ALTER USER auth IDENTIFIED BY '${setup.passwords.get('auth')}'`);
  await setup.unchangedBy(() => setup.succeeds());
  for (const name of ['core', 'auth']) await onlyNew(setup, name, old.get(name)!);
};

const restored = async (setup: DatabaseSetup) => {
  const old = setup.passwords.get('tenant')!;
  await setup.write('tenant', newPassword());
  let output = '';
  await setup.unchangedBy(async () => (output = await setup.succeeds()), 'user tenant');
  assert.match(output, /^tenant: .* is refused with the password of its secret/m);
  assert.doesNotMatch(output, /^(?!tenant).* is refused/m);
  await onlyNew(setup, 'tenant', old);
};

const onlyNew = async (setup: DatabaseSetup, name: string, old: string) => {
  assert.equal(await setup.as(name, `SELECT id FROM ${name}.kept ORDER BY id`), '1\n3');
  await fails(setup.database.login(name, old, 'SELECT 1'), REFUSED, `${name} with its old password`);
  await fails(setup.as(name, 'SELECT 1', ...setup.database.place.flavour.plain), REFUSED, `${name} without TLS`);
};

const quotes = async (setup: DatabaseSetup) => {
  const why = /^registry: .* characters that would need quoting/m;
  for (const character of ["'", '"', '\\', ' ', '#', '\n'])
    await setup.failsWith('registry-password', `${newPassword()}${character}x`, why);
  await setup.failsWith('registry-username', "registry'", why);
};

const anyAdmin = async (setup: DatabaseSetup) => {
  for (const password of ['#a#b#', '"a"b"', "'a'b'", '\\a\\b\\', '\\na\\"', ' a b ', '$a`b`%s', ';a=b!']) {
    const quoted = password.replaceAll('\\', '\\\\').replaceAll("'", "''");
    await setup.database.root(`ALTER USER admin IDENTIFIED BY '${quoted}'`);
    await setup.write('admin', password);
    await setup.succeeds();
  }
};

const oneMore = async (setup: DatabaseSetup) => {
  setup.names.push('added');
  await setup.write('added', newPassword());
  const added = ['user added', 'grants of added', 'schema added', 'privileges'];
  await setup.unchangedBy(() => setup.succeeds(), ...added);
  await setup.as('added', 'CREATE TABLE added.kept (id INT)');
  await nothingElse(setup, ['core', 'added']);
};

/** A connection that never gets an answer, as before a pod's network policies hold, and then one that is ended in the middle. */
const muteAtFirst = async (setup: DatabaseSetup) => {
  const { port, options } = setup.database;
  const mute = await muteProxy(port, ['mute', 'ended']);
  try {
    const file = `${options}-mute`;
    await writeFile(file, (await readFile(options, 'utf8')).replace(`port=${port}`, `port=${mute.port}`));
    const { ok, output } = await setup.run(file);
    assert.ok(ok, output);
    assert.match(output, /^admin: the server does not answer, attempt 2$/m);
  } finally {
    mute.stop();
  }
};

const silent = async ({ everyOutput, everyPassword }: DatabaseSetup) => {
  const output = everyOutput.join('\n');
  assert.ok(everyOutput.length > 0);
  assert.deepEqual(
    everyPassword.filter((password) => output.includes(password)),
    [],
  );
};

/** Properties of the script that a user relies on; in this order, because each starts where the one before ends. */
export const DATABASE_SETUP_CHECKS: readonly (readonly [
  title: string,
  check: (setup: DatabaseSetup) => Promise<void>,
])[] = [
  ['the first run makes every schema and its user', firstRun],
  ['a user sees its own schema only, and can change it', ownSchema],
  ['a user is refused everywhere else', (setup) => nothingElse(setup)],
  ['the user that monitors sees how the server fares, and no data', monitors],
  ['a login without TLS is refused, whatever the server wants', onlyTls],
  ['a client trusts no server but ours', onlyOurServer],
  ['a second run changes nothing', (setup) => setup.unchangedBy(() => setup.succeeds())],
  ['a connection that gets no answer is tried again', (setup) => setup.unchangedBy(() => muteAtFirst(setup))],
  ['a rotated password keeps working', rotated],
  ['a user whom a restore left with another password gets that of its secret', restored],
  [
    'a secret that would need quoting is refused, and nothing changes',
    (setup) => setup.unchangedBy(() => quotes(setup)),
  ],
  [
    'a wrong password of the administrator fails, and nothing changes',
    (setup) => setup.unchangedBy(() => setup.failsWith('admin-password', newPassword(), REFUSED)),
  ],
  ['one more database leaves the others as they are', oneMore],
  ['the administrator may have any password', anyAdmin],
  ['no run prints a password', silent],
];
