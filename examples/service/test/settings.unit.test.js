import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settings } from '../src/settings.js';
import { passwordFile } from './servers.js';

test('the ports are those of the platform, unless the environment has others', () => {
  const { port, metricsPort } = settings({ SERVICE_NAME: 'frontend' });
  assert.deepEqual([port, metricsPort], [3000, 9090]);
  assert.equal(settings({ SERVICE_NAME: 'frontend', PORT: '8080' }).port, 8080);
});

test('the data tiers are where the URLs say, and the password is what the file has now', () => {
  const DATABASE_PASSWORD_FILE = passwordFile('unit', 'old');
  const DATABASE_URL = 'mysql://auth:start@database:3307/auth';
  const { mysql } = settings({ SERVICE_NAME: 'auth-service', DATABASE_URL, DATABASE_PASSWORD_FILE });
  const { host, port, user, database } = mysql ?? {};
  assert.deepEqual({ host, port, user, database }, { host: 'database', port: 3307, user: 'auth', database: 'auth' });
  assert.equal(mysql?.password(), 'old');
  passwordFile('unit', 'new');
  assert.equal(mysql?.password(), 'new');
});

test('an error names the variable, its value and the fix, and shows no password', () => {
  assert.throws(() => settings({}), /^Error: SERVICE_NAME is empty: set it to/);
  assert.throws(() => settings({ SERVICE_NAME: 'x', PORT: 'http' }), /^Error: PORT is "http": set it to a port/);
  assert.throws(
    () => settings({ SERVICE_NAME: 'x', REDIS_URL: 'secret' }),
    (/** @type {any} */ error) =>
      error.message.startsWith('REDIS_URL is no URL: write') && !error.message.includes('secret'),
  );
});
