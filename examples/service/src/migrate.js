import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { MysqlError, withMysql } from './mysql.js';
import { migrate } from './schema.js';
import { settings } from './settings.js';

/** Seconds in which the database has to answer: less than the 13 minutes of the Job. */
const LIMIT = 720;
/** Milliseconds between two connections. */
const PAUSE = 2_000;
/** MySQL refuses the password: after a rotation, the file has the new one within two minutes. */
const REFUSED = 1045;

const run = async () => {
  const { values } = parseArgs({ options: { limit: { type: 'string', default: `${LIMIT}` } } });
  const limit = Number(values.limit);
  if (!(limit > 0)) throw new Error(`--limit is "${values.limit}": write a number of seconds above 0`);
  const { name, mysql } = settings(process.env);
  if (!mysql) throw new Error('DATABASE_URL is empty: only a service with a database migrates one');
  let ends = false;
  process.on('SIGTERM', () => (ends = true));
  const deadline = Date.now() + limit * 1000;
  for (;;) {
    try {
      const { from, to } = await withMysql(mysql, (query) => migrate(query, () => ends));
      console.log(
        `${name}: the schema ${from === to ? `stays at version ${to}` : `went from version ${from} to ${to}`}`,
      );
      return;
    } catch (error) {
      const passes = !(error instanceof MysqlError) || error.code === REFUSED;
      if (!passes || ends || Date.now() + PAUSE > deadline) throw error;
      console.log(`${name}: tries again, because ${/** @type {Error} */ (error).message}`);
      await sleep(PAUSE);
    }
  }
};

run().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
