import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { DatabaseSetup } from './database-setup';
import { inSession } from './session';

/** Services that write without a pause: each transaction changes two tables. */
export interface Writers {
  /** Transactions of each service that the server has acknowledged. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** Waits until each service has so many more. */
  readonly each: (transactions: number) => Promise<void>;
}

/** Does something while services write; they end with a transaction that is acknowledged. */
export const whileWriting = async <T>(
  setup: DatabaseSetup,
  names: readonly string[],
  work: (writers: Writers) => Promise<T>,
): Promise<T> => {
  const acknowledged = new Map<string, number>();
  for (const name of names) acknowledged.set(name, await writtenBy(setup, name));
  const first = new Map(acknowledged);
  const going = new AbortController();
  const write = (name: string) =>
    inSession(setup, name, async ({ ask }) => {
      for (let i = first.get(name)! + 1; !going.signal.aborted; i += 1) {
        const insert = `INSERT INTO written VALUES (${i}, SHA2(${i}, 512))`;
        await ask(`START TRANSACTION; ${insert}; UPDATE total SET sum = sum + ${i}; COMMIT`);
        acknowledged.set(name, i);
      }
    });
  const all = Promise.all(names.map(write));
  all.catch(() => {}); // the error reaches those that wait
  const each = async (transactions: number) => {
    while (names.some((name) => acknowledged.get(name)! < first.get(name)! + transactions))
      await Promise.race([all, setTimeout(20)]);
  };
  try {
    return await work({ acknowledged, each });
  } finally {
    going.abort();
    await all;
  }
};

/** Transactions of a writer that a server has: the first so many, each of them whole. */
export const writtenBy = async (setup: DatabaseSetup, name: string): Promise<number> => {
  const sql = `SELECT COUNT(*), IFNULL(MAX(id), 0), IFNULL(SUM(id), 0), IFNULL(SUM(word = SHA2(id, 512)), 0),
    (SELECT sum FROM ${name}.total) FROM ${name}.written`;
  const [rows, last, sum, intact, total] = (await setup.as(name, sql)).split('\t').map(Number);
  assert.deepEqual({ rows, intact, sum }, { rows: last, intact: last, sum: total }, `${name}: half a transaction`);
  return rows!;
};
