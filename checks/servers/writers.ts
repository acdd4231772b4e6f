import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { DatabaseSetup } from './database-setup';
import { openSession } from './session';

/** Services that write without a pause: each transaction changes two tables. */
export interface Writers {
  /** Transactions of each service that the server has acknowledged. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** Waits until each service has so many more. */
  readonly each: (transactions: number) => Promise<void>;
  /** Ends them once the present transactions are acknowledged. */
  readonly stop: () => Promise<void>;
}

/** Starts a writer for each service. */
export const startWriters = async (setup: DatabaseSetup, names: readonly string[]): Promise<Writers> => {
  const acknowledged = new Map<string, number>();
  for (const name of names) acknowledged.set(name, await writtenBy(setup, name));
  const first = new Map(acknowledged);
  let isOver = false;
  const write = async (name: string) => {
    const session = await openSession(setup, name);
    for (let i = first.get(name)! + 1; !isOver; i += 1) {
      const insert = `INSERT INTO written VALUES (${i}, SHA2(${i}, 512))`;
      await session.ask(`START TRANSACTION; ${insert}; UPDATE total SET sum = sum + ${i}; COMMIT`);
      acknowledged.set(name, i);
    }
    await session.end();
  };
  const all = Promise.all(names.map(write));
  all.catch(() => {}); // whoever waits for them hears of it
  const each = async (transactions: number) => {
    while (names.some((name) => acknowledged.get(name)! < first.get(name)! + transactions))
      await Promise.race([all, setTimeout(20)]);
  };
  const stop = async () => {
    isOver = true;
    await all;
  };
  return { acknowledged, each, stop };
};

/** Transactions of a writer that a server has: the first so many, each of them whole. */
export const writtenBy = async (setup: DatabaseSetup, name: string): Promise<number> => {
  const sql = `SELECT COUNT(*), IFNULL(MAX(id), 0), IFNULL(SUM(id), 0), IFNULL(SUM(word = SHA2(id, 512)), 0),
    (SELECT sum FROM ${name}.total) FROM ${name}.written`;
  const [rows, last, sum, intact, total] = (await setup.as(name, sql)).split('\t').map(Number);
  assert.deepEqual({ rows, intact, sum }, { rows: last, intact: last, sum: total }, `${name}: half a transaction`);
  return rows!;
};
