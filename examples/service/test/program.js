import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** @typedef {Record<string, string>} Variables */

/** @param {string} file @param {Variables} env @param {readonly string[]} args */
const start = (file, env, args = []) =>
  spawn(process.execPath, [file, ...args], {
    cwd: FOLDER,
    env: { PATH: process.env.PATH, PORT: '0', METRICS_PORT: '0', ...env },
  });

/** Starts the service for a test, and waits until it listens. @param {import('node:test').TestContext} t @param {Variables} env */
export const service = async (t, env) => {
  const child = start('src/main.js', env);
  const ended = once(child, 'exit').then(([code]) => code);
  child.stderr.pipe(process.stderr);
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  /** @type {{ port: number, metricsPort: number }} */
  const { port, metricsPort } = JSON.parse(line);
  return {
    port,
    get: (/** @type {string} */ path, /** @type {Variables} */ headers = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers }),
    metrics: (path = '/metrics') => fetch(`http://127.0.0.1:${metricsPort}${path}`),
    terminate: () => child.kill('SIGTERM'),
    ended,
  };
};

/** Runs a program to its end. @param {string} file @param {Variables} env @param {...string} args */
export const run = async (file, env, ...args) => {
  const child = start(file, env, args);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const [code] = await once(child, 'close');
  return { code, said };
};
