import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { MONITOR } from '../../lib/model/monitoring';
import { contentsOf, everyContents, fill, LAST_ACCOUNT, type Contents } from './contents';
import { fails, newPassword, type DatabaseSetup } from './database-setup';
import { nothingElse, REFUSED } from './database-setup-checks';
import type { Recovery } from './recovery';
import { inSession } from './session';
import { whileWriting, writtenBy } from './writers';

const READ_ONLY = /ERROR 1290 /;

const fills = async (recovery: Recovery) => {
  const { source, names } = recovery;
  for (const name of [...names, MONITOR]) await source.write(name, newPassword());
  await source.succeeds();
  for (const name of names) await fill(source, name);
  recovery.filled = filledOf(await everyContents(source, names));
};

/** Without what is written all the time. */
const filledOf = (contents: Readonly<Record<string, Contents>>) =>
  Object.fromEntries(
    Object.entries(contents).map(([name, { tables, definitions }]) => {
      const { written: _, total: __, ...filled } = tables;
      return [name, { tables: filled, definitions }];
    }),
  );

const copied = async (recovery: Recovery) => {
  const { source, names } = recovery;
  const acknowledged = await inSession(source, names[0]!, async ({ ask }) => {
    await ask("START TRANSACTION; INSERT INTO written VALUES (-1, 'half a transaction')");
    return whileWriting(source, names, async (writers) => {
      await writers.each(20);
      return recovery.copyVolume(() => new Map(writers.acknowledged));
    });
  });

  const restored = (recovery.copy = await recovery.restored());
  assert.deepEqual(filledOf(await everyContents(restored, names)), recovery.filled);
  for (const name of names) {
    const written = await writtenBy(restored, name);
    const least = acknowledged.get(name)!;
    // The server may have committed one more, and had no time to say so.
    assert.ok(written === least || written === least + 1, `${name}: ${written} transactions, ${least} acknowledged`);
  }
};

/** Gives each service its rows under the password of a new secret, by the setup alone, on a server that knows the old passwords. */
const isSetUp = async (recovery: Recovery, setup: DatabaseSetup) => {
  const users = [...recovery.names, MONITOR];
  const old = new Map(setup.passwords);
  const contents = await everyContents(setup, recovery.names);
  await recovery.newSecrets(setup);
  for (const name of users) await fails(setup.as(name, 'SELECT 1'), REFUSED, `${name} before the setup`);
  await setup.unchangedBy(() => setup.succeeds(), ...users.map((name) => `user ${name}`));
  assert.deepEqual(await everyContents(setup, recovery.names), contents);
  for (const name of users)
    await fails(setup.database.login(name, old.get(name)!, 'SELECT 1'), REFUSED, `${name} with its old password`);
  await nothingElse(setup, [recovery.names[0]!]);
};

const NEW_ACCOUNT = `INSERT INTO account (name, made, settings, balance, ratio, state, flags)
  VALUES ('new', NOW(), '{}', 0, 0, 'new', 0)`;

/** A service writes on as if nothing had happened: no id comes again, triggers and routines run, foreign keys hold. */
const goesOn = async (setup: DatabaseSetup, name: string) => {
  const statements = [
    `USE ${name}; SELECT COUNT(*), entries_of(1) FROM audit; ${NEW_ACCOUNT}`,
    `SELECT id FROM account WHERE name = 'new'; CALL enter(1, 'goes on'); SELECT COUNT(*), entries_of(1) FROM audit`,
  ];
  const [before, id, after] = (await setup.as(name, statements.join(';'))).split('\n');
  assert.equal(Number(id), LAST_ACCOUNT + 1);
  assert.equal(
    after,
    before!
      .split('\t')
      .map((count) => Number(count) + 1)
      .join('\t'),
  );
  const orphan = `INSERT INTO ${name}.entry (account, word) VALUES (${LAST_ACCOUNT}, 'orphan')`;
  await fails(setup.as(name, orphan), /ERROR 1452 /, `${name}: an entry of an account that is gone`);
};

const restored = async (recovery: Recovery) => {
  const setup = recovery.copy!;
  await isSetUp(recovery, setup);
  await nothingElse(setup);
  for (const name of recovery.names) await goesOn(setup, name);
  await setup.database.stop();
};

/** A second, by the clock of the server, in which nothing has been written yet. */
const nextSecond = async ({ database }: DatabaseSetup) => {
  const now = async () => Number(await database.root('SELECT UNIX_TIMESTAMP()'));
  const last = await now();
  for (;;) {
    const second = await now();
    if (second > last) return new Date(second * 1000);
    await setTimeout(50);
  }
};

const pointInTime = async (recovery: Recovery) => {
  const { source, names } = recovery;
  const [first, ...others] = names as [string, ...string[]];
  for (const name of names)
    await source.as(
      name,
      `USE ${name}; CALL enter(2, 'after the copy'); ALTER TABLE account ADD nick CHAR(3) DEFAULT 'ab'`,
    );
  const contents = await everyContents(source, names);
  const time = await nextSecond(source);
  await source.as(first, `DROP TABLE ${first}.entry`);
  for (const name of others) await source.as(name, `CALL ${name}.enter(2, 'after the mistake')`);
  const later = await everyContents(source, others);

  const setup = await recovery.restored();
  await recovery.replay(setup, time);
  assert.deepEqual(await everyContents(setup, names), contents);
  await isSetUp(recovery, setup);
  await recovery.copyTable(setup, source, first, 'entry');
  assert.deepEqual(await contentsOf(source, first), contents[first]);
  assert.deepEqual(await everyContents(source, others), later);
  await setup.database.stop();
};

const lags = async (recovery: Recovery) => {
  const { source, names } = recovery;
  const [first] = names as [string];
  const replica = (recovery.replica = await recovery.follow());
  await recovery.until(({ seconds, io, sql }) => io && sql && seconds === 0);
  await recovery.until(recovery.isLevel);
  assert.deepEqual(await everyContents(replica, names), await everyContents(source, names));

  const arrived = `SELECT COUNT(*) FROM ${first}.entry WHERE word = 'behind'`;
  await inSession(replica, first, async ({ ask }) => {
    await ask('LOCK TABLES entry READ');
    await source.as(first, `CALL ${first}.enter(1, 'behind')`);
    await recovery.until(({ seconds }) => seconds !== undefined && seconds > 0);
    assert.equal(await replica.as(first, arrived), '0');
  });
  await recovery.until(({ seconds }) => seconds === 0);
  assert.equal(await replica.as(first, arrived), '1');

  await replica.database.root('STOP REPLICA SQL_THREAD');
  await recovery.until(({ seconds, io, sql }) => io && !sql && seconds === undefined);
  await replica.database.root('START REPLICA SQL_THREAD; STOP REPLICA IO_THREAD');
  await recovery.until(({ seconds, io, sql }) => !io && sql && seconds === undefined);
  await replica.database.root('START REPLICA IO_THREAD');
};

const promoted = async (recovery: Recovery) => {
  const { source, names } = recovery;
  const replica = recovery.replica!;
  for (const name of names)
    await fails(replica.as(name, `CALL ${name}.enter(1, 'too early')`), READ_ONLY, `${name} writes to a replica`);
  const early = await replica.run();
  assert.ok(!early.ok && READ_ONLY.test(early.output), `the setup of a replica: ${early.output}`);

  // Services stop before a promotion: replication waits for nobody.
  const acknowledged = await whileWriting(source, names, async (writers) => {
    await writers.each(100);
    return writers.acknowledged;
  });
  const contents = await everyContents(source, names);
  await recovery.until(recovery.isLevel);
  await source.database.stop();
  await replica.database.root('STOP REPLICA; RESET REPLICA ALL; SET GLOBAL read_only = OFF');
  assert.deepEqual(await everyContents(replica, names), contents);
  for (const name of names) assert.equal(await writtenBy(replica, name), acknowledged.get(name));
  await isSetUp(recovery, replica);
  for (const name of names) await goesOn(replica, name);
};

const silent = async ({ setups }: Recovery) => {
  const output = setups.flatMap(({ everyOutput }) => everyOutput).join('\n');
  assert.notEqual(output, '');
  for (const { everyPassword } of setups)
    assert.deepEqual(
      everyPassword.filter((password) => output.includes(password)),
      [],
    );
};

/** Properties of a recovery that a user relies on; in this order, because each starts where the one before ends. */
export const RECOVERY_CHECKS: readonly (readonly [title: string, check: (recovery: Recovery) => Promise<void>])[] = [
  ['the setup makes each database, and its service fills it', fills],
  ['a copy of the volume under writes has every acknowledged transaction, and no half one', copied],
  ['after a restore, the setup gives each service its rows, by the password of its new secret', restored],
  ['a dropped table comes back from a point in time, and nothing that others wrote later is lost', pointInTime],
  ['the user that monitors sees that a replica lags, and that it has stopped', lags],
  ['a promoted replica has every acknowledged transaction, and the setup runs there', promoted],
  ['no setup of a restored server prints a password', silent],
];
