import { MysqlError } from './mysql.js';

/** @typedef {(sql: string) => Promise<(string | null)[][]>} Query */

/** MySQL knows no such table. https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
const NO_TABLE = 1146;

/**
 * The steps to the schema of this program, oldest first. Each may run again after an interruption, and leaves a schema that the
 * image before can use (docs/adr/0010-one-migration-per-image.md).
 */
const STEPS = [
  'CREATE TABLE IF NOT EXISTS schema_version (version INT PRIMARY KEY, since TIMESTAMP DEFAULT CURRENT_TIMESTAMP)',
];

/** The version of the schema that this program needs. */
export const NEEDED = STEPS.length;

/** The version that a database has. @param {Query} query */
export const versionOf = async (query) => {
  try {
    const [[version] = []] = await query('SELECT MAX(version) FROM schema_version');
    return Number(version ?? 0);
  } catch (error) {
    if (error instanceof MysqlError && error.code === NO_TABLE) return 0;
    throw error;
  }
};

/**
 * Brings a schema to what this program needs. A newer one stays as it is.
 * @param {Query} query @param {() => boolean} ends - whether to stop after the current step
 * @returns {Promise<{ from: number, to: number }>}
 */
export const migrate = async (query, ends = () => false) => {
  const from = await versionOf(query);
  let to = from;
  for (const [at, step] of STEPS.entries()) {
    if (at < from) continue;
    if (ends()) throw new Error(`ended before step ${at + 1} of ${STEPS.length}: the next run continues there`);
    await query(step);
    await query(`INSERT IGNORE INTO schema_version (version) VALUES (${at + 1})`);
    to = at + 1;
  }
  return { from, to };
};
