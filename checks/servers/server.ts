import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { settle } from '../../rehearsal/src/cluster/patience';
import { interruption, run } from '../../rehearsal/src/process';
import { findProgram } from './install';

/** Milliseconds between two questions whether a server answers. */
const INTERVAL = 100;

export interface Running {
  /** Ends it at once: its data are thrown away. */
  readonly stop: () => Promise<void>;
}

export interface Started extends Running {
  /** Its output so far, to either stream. */
  readonly output: () => string;
  /** Does something while no thread of the server runs: its files stay as they are at one moment. */
  readonly frozen: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Whether each thread of a process is stopped: a signal reaches one that writes once it has written. */
const isStopped = async (pid: number) => {
  const threads = await readdir(`/proc/${pid}/task`);
  const stateOf = (thread: string) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => 'it has ended');
  const states = await Promise.all(threads.map(stateOf));
  return states.every((state) => state.slice(state.lastIndexOf(')')).startsWith(') T'));
};

/** Starts a server and waits until it answers. */
export const start = async (
  command: string,
  args: readonly string[],
  answers: () => Promise<unknown>,
  signal: AbortSignal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Started> => {
  const output: string[] = [];
  // A group of its own: Ctrl-C reaches it through us, in order.
  const child = spawn(command, args, { detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => output.push(String(data)));
  child.on('error', (error) => output.push(error.message));
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const frozen: Started['frozen'] = async (work) => {
    child.kill('SIGSTOP');
    try {
      while (!(await isStopped(child.pid!))) await setTimeout(10);
      return await work();
    } finally {
      child.kill('SIGCONT');
    }
  };
  const over = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const answering = () =>
    answers().then(
      () => true,
      () => false,
    );
  const works = { [basename(command)]: { rounds: 0, error: '' } }; // the work of a server until it answers has no rounds
  try {
    const { settled } = await settle(
      async () => works,
      async () => ({
        found: undefined,
        settled: await answering(),
        lost: over() || signal.aborted,
        state: output.length,
      }),
      INTERVAL,
    );
    if (signal.aborted) throw interruption(signal);
    if (!settled) throw new Error(over() ? 'it has ended' : 'it prints, and no more');
  } catch (error) {
    await stop();
    if (signal.aborted) throw error;
    const last = output.join('').split('\n').slice(-20).join('\n');
    throw new Error(`${command} does not answer: ${(error as Error).message}\n${last}`, { cause: error });
  }
  return { stop, frozen, output: () => output.join('') };
};

/** Paths of a throw-away authority, of a certificate that it gave to 127.0.0.1, and of an authority nobody asked. */
export interface Certificates {
  readonly authority: string;
  readonly stranger: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes certificates for the servers of a check. */
export const makeCertificates = async (folder: string, signal: AbortSignal): Promise<Certificates> => {
  const program = findProgram('openssl');
  if (!program) throw new Error('openssl is not installed: install it');
  const openssl = (...args: string[]) => run(program, args, { cwd: folder, signal });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  for (const name of ['authority', 'stranger'])
    await openssl('req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.pem`);
  await writeFile(join(folder, 'extensions'), 'subjectAltName=IP:127.0.0.1\n');
  await openssl('req', ...newKey, '-subj', '/CN=127.0.0.1', '-keyout', 'server.key', '-out', 'server.request');
  const authority = ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial'];
  const request = ['-req', '-in', 'server.request', '-extfile', 'extensions'];
  await openssl('x509', ...request, ...authority, '-out', 'server.pem');
  const path = (name: string) => join(folder, name);
  return {
    authority: path('authority.pem'),
    stranger: path('stranger.pem'),
    certificate: path('server.pem'),
    key: path('server.key'),
  };
};
