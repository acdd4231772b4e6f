import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Login - where a server of the data tier is, and as whom the service logs in
 * @property {string} host
 * @property {number} port
 * @property {string} user
 * @property {() => string} password - read anew for each login, because a rotation changes the file of a running pod
 *
 * @typedef {object} Settings
 * @property {string} name
 * @property {number} port
 * @property {number} metricsPort
 * @property {(Login & { database: string }) | undefined} mysql
 * @property {Login | undefined} redis
 * @property {boolean} migrates - `npm run migrate` makes its schema
 * @property {Record<string, string>} browser - what browsers may know
 * @property {string | undefined} api - where pages that are rendered here find the API
 */

/** Services that are no microservices of the platform: no Job migrates their schemas. */
const UNMIGRATED = new Set(['api-gateway', 'frontend']);

/** Variables that the frontend passes to browsers. */
const BROWSER = ['NEXT_PUBLIC_API_URL', 'NEXT_PUBLIC_APP_URL', 'NEXT_PUBLIC_SENTRY_DSN'];

/**
 * Settings from the environment. Throws an error that names the variable, its value and the fix.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Settings}
 */
export const settings = (env) => {
  const name = env.SERVICE_NAME;
  if (!name) throw new Error('SERVICE_NAME is empty: set it to the name of the service, for example auth-service');
  return {
    name,
    port: port('PORT', env.PORT ?? '3000'),
    metricsPort: port('METRICS_PORT', env.METRICS_PORT ?? '9090'),
    mysql: env.DATABASE_URL ? { ...login(env, 'DATABASE', 3306), database: database(env.DATABASE_URL) } : undefined,
    redis: env.REDIS_URL ? login(env, 'REDIS', 6379) : undefined,
    migrates: !UNMIGRATED.has(name),
    browser: Object.fromEntries(BROWSER.flatMap((key) => (env[key] ? [[key, env[key]]] : []))),
    api: env.API_URL,
  };
};

/** @param {string} variable @param {string} value */
const port = (variable, value) => {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535)
    throw new Error(`${variable} is "${value}": set it to a port from 0 to 65535`);
  return Number(value);
};

/**
 * A URL has everything except the current password, which the file has.
 * @param {NodeJS.ProcessEnv} env @param {'DATABASE' | 'REDIS'} tier @param {number} usualPort
 * @returns {Login}
 */
const login = (env, tier, usualPort) => {
  const url = parsed(`${tier}_URL`, env[`${tier}_URL`] ?? '');
  const file = env[`${tier}_PASSWORD_FILE`];
  return {
    host: url.hostname,
    port: Number(url.port || usualPort),
    user: decodeURIComponent(url.username),
    password: () => (file ? readFileSync(file, 'utf8').trim() : decodeURIComponent(url.password)),
  };
};

/** @param {string} value */
const database = (value) => parsed('DATABASE_URL', value).pathname.slice(1);

/** The value has a password, so the message leaves it out. @param {string} variable @param {string} value */
const parsed = (variable, value) => {
  if (!URL.canParse(value)) throw new Error(`${variable} is no URL: write PROTOCOL://USER:PASSWORD@HOST:PORT/DATABASE`);
  return new URL(value);
};
