import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DatabaseSetup } from './database-setup';

/** A connection of a user that stays open. */
export interface Session {
  /** Runs statements; returns the rows once the server has answered the last one. Throws when one fails, which ends the session. */
  readonly ask: (sql: string) => Promise<string[]>;
}

/** Does something with a connection to the database of a name, as its user. The server then rolls back what is not committed. */
export const inSession = async <T>(
  { database, passwords, signal }: DatabaseSetup,
  name: string,
  work: (session: Session) => Promise<T>,
): Promise<T> => {
  const file = await database.loginFile(name, passwords.get(name)!);
  const args = [`--defaults-file=${file}`, '--batch', '--skip-column-names', '--unbuffered', `--database=${name}`];
  const child = spawn(join(database.commands, 'mysql'), args, { signal, stdio: 'pipe' });
  const errors: string[] = [];
  child.stderr.on('data', (data) => errors.push(String(data)));
  child.stdin.on('error', (error) => errors.push(error.message)); // the client has ended
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', (error) => errors.push(error.message));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let asked = 0;
  const ask = async (sql: string) => {
    const answered = `answered ${(asked += 1)}`;
    child.stdin.write(`${sql};\nSELECT '${answered}';\n`);
    const rows: string[] = [];
    for (;;) {
      const { value, done } = await lines.next();
      if (value === answered) return rows;
      if (done) break;
      rows.push(value);
    }
    await ended;
    throw new Error(`${name}: ${sql}: ${errors.join('')}`);
  };
  try {
    return await work({ ask });
  } finally {
    child.kill();
    await ended;
  }
};
