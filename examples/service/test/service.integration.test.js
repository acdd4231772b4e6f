import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, service } from './program.js';
import { AUTHORITY, mysql, passwordFile, redis } from './servers.js';

const NOWHERE = {
  SERVICE_NAME: 'auth-service',
  DATABASE_URL: 'mysql://auth:x@127.0.0.1:1/auth',
  REDIS_URL: 'rediss://auth-service:x@127.0.0.1:1',
};

/** Waits until the service says something of its readiness. */
const untilReady = async (/** @type {{ get: Function }} */ { get }, /** @type {(state: any) => boolean} */ says) => {
  for (let tries = 0; ; tries += 1) {
    const response = await get('/ready');
    const state = await response.json();
    if (says(state)) return response.status;
    assert.ok(tries < 300, `it says ${JSON.stringify(state)}`);
    await sleep(100);
  }
};

test('starts and takes requests where the data tiers cannot be reached, and says so', async (t) => {
  const running = await service(t, NOWHERE);
  assert.equal((await running.get('/health')).status, 200);
  const status = await untilReady(running, ({ mysql: m, redis: r }) =>
    [m, r].every((each) => each.startsWith('not reached: ')),
  );
  assert.equal(status, 200);
});

test('the frontend has its own paths, and a page with the settings of browsers', async (t) => {
  const settings = { NEXT_PUBLIC_API_URL: 'https://api.example.com', NEXT_PUBLIC_SENTRY_DSN: '</script>' };
  const api = await service(t, { SERVICE_NAME: 'api-gateway' });
  const running = await service(t, {
    SERVICE_NAME: 'frontend',
    API_URL: `http://127.0.0.1:${api.port}`,
    ...settings,
  });
  for (const path of ['/api/health', '/api/ready']) assert.equal((await running.get(path)).status, 200, path);
  const response = await running.get('/');
  const page = await response.text();
  assert.match(`${response.headers.get('content-type')}`, /^text\/html/);
  assert.match(page, /The API answers with 200\./);
  assert.deepEqual(JSON.parse(`${/json">(.*)<\/script>/.exec(page)?.[1]}`), settings);
});

test('believes only CloudFront about the client and the scheme, and lets nobody keep an answer', async (t) => {
  const running = await service(t, { SERVICE_NAME: 'api-gateway' });
  const response = await running.get('/', {
    'X-Forwarded-For': '192.0.2.1',
    'CloudFront-Viewer-Address': '198.51.100.7:4711',
    'CloudFront-Forwarded-Proto': 'https',
  });
  assert.deepEqual(await response.json(), { service: 'api-gateway', client: '198.51.100.7:4711', scheme: 'https' });
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.match(`${response.headers.get('keep-alive')}`, /timeout=65/);
  assert.equal((await running.get('/nothing')).status, 404);
});

test('counts requests for Prometheus, without probes', async (t) => {
  const running = await service(t, { SERVICE_NAME: 'api-gateway' });
  for (const path of ['/', '/', '/users/7', '/health', '/ready']) await (await running.get(path)).text();
  const response = await running.metrics();
  const text = await response.text();
  assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const line of samples) assert.match(line, /^[a-z_0-9]+(\{([a-z]+="[^"]*",?)+\})? [-+.e0-9]+$/);
  assert.deepEqual(
    samples.filter((line) => line.startsWith('http_requests_total')),
    [
      'http_requests_total{method="GET",route="/",code="200"} 2',
      'http_requests_total{method="GET",route="unknown",code="404"} 1',
    ],
  );
  assert.ok(samples.includes('http_request_duration_seconds_bucket{method="GET",route="/",le="+Inf"} 2'));
  assert.equal((await running.metrics('/')).status, 404);
});

test('is not ready before its migration, and ready after it', async (t) => {
  const database = await mysql(t, { user: 'auth', password: 'right' });
  const running = await service(t, near(database.port, 'migration'));
  assert.equal(await untilReady(running, ({ mysql: m }) => m === 'reached'), 503);
  const { said, code } = await run('src/migrate.js', near(database.port, 'migration'));
  assert.deepEqual({ said, code }, { said: 'auth-service: the schema went from version 0 to 1\n', code: 0 });
  assert.equal(await untilReady(running, ({ ready }) => ready), 200);
  const again = await run('src/migrate.js', near(database.port, 'migration'));
  assert.deepEqual(again, { said: 'auth-service: the schema stays at version 1\n', code: 0 });
});

test('a migration fails when the database does not answer in time, and when it refuses a statement', async (t) => {
  const late = await run('src/migrate.js', NOWHERE, '--limit', '1');
  assert.equal(late.code, 1);
  assert.match(late.said, /ECONNREFUSED/);
  const database = await mysql(t, { user: 'auth', password: 'right', breaks: 'CREATE command denied' });
  const refused = await run('src/migrate.js', near(database.port, 'refused'));
  assert.deepEqual(refused, { said: 'MySQL reports 1142: CREATE command denied\n', code: 1 });
  const none = await run('src/migrate.js', { SERVICE_NAME: 'frontend' });
  assert.equal(none.code, 1);
  assert.match(none.said, /^DATABASE_URL is empty: /);
});

test('a service that nobody migrates is ready without a schema', async (t) => {
  const database = await mysql(t, { user: 'auth', password: 'right' });
  const running = await service(t, { ...near(database.port, 'gateway'), SERVICE_NAME: 'api-gateway' });
  assert.equal(await untilReady(running, ({ mysql: m }) => m === 'reached'), 200);
});

test('logs in with the new password after a rotation, without a restart', async (t) => {
  const database = { user: 'auth', password: 'first' };
  const cache = { user: 'auth-service', password: 'first' };
  const [sql, keys] = [await mysql(t, database), await redis(t, cache)];
  const env = near(sql.port, 'rotated', 'first');
  const running = await service(t, {
    ...env,
    REDIS_URL: `rediss://auth-service:stale@localhost:${keys.port}`,
    REDIS_PASSWORD_FILE: env.DATABASE_PASSWORD_FILE,
  });
  await untilReady(running, reached);
  database.password = 'second';
  cache.password = 'second';
  await untilReady(running, ({ mysql: m, redis: r }) => /1045/.test(m) && /WRONGPASS/.test(r));
  passwordFile('rotated', 'second');
  await untilReady(running, reached);
});

test('on SIGTERM it finishes what it has begun, accepts nothing new, and exits with 0', async (t) => {
  const running = await service(t, { SERVICE_NAME: 'api-gateway' });
  const begun = raw(running.port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab');
  const probe = raw(running.port, 'GET /ready HTTP/1.1\r\nHost: x\r\n');
  await Promise.all([begun.sent, probe.sent]);
  await running.get('/health'); // answered after both, so the service has read them
  running.terminate();
  for (let tries = 0; await accepts(running.port); tries += 1) {
    assert.ok(tries < 100, 'it accepts connections');
    await sleep(50);
  }
  probe.send('\r\n');
  assert.match(await probe.answer, /^HTTP\/1\.1 503 [\s\S]*the service is ending/);
  begun.send('cde');
  assert.match(await begun.answer, /^HTTP\/1\.1 200 [\s\S]*Connection: close/);
  assert.equal(await running.ended, 0);
});

test('a wrong environment ends it with a message', async () => {
  const { code, said } = await run('src/main.js', { SERVICE_NAME: 'x', PORT: 'http' });
  assert.equal(code, 1);
  assert.match(said, /^PORT is "http": set it to a port/);
});

/** @param {{ mysql: string, redis: string }} state */
const reached = ({ mysql: m, redis: r }) => m === 'reached' && r === 'reached';

/** Variables of a service whose database is on this machine. @param {number} port @param {string} file */
const near = (port, file, password = 'right') => ({
  SERVICE_NAME: 'auth-service',
  NODE_EXTRA_CA_CERTS: AUTHORITY,
  DATABASE_URL: `mysql://auth:stale@localhost:${port}/auth`,
  DATABASE_PASSWORD_FILE: passwordFile(file, password),
});

/** A request as bytes. @param {number} port @param {string} first */
const raw = (port, first) => {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  const sent = once(socket, 'connect').then(() => new Promise((resolve) => socket.write(first, resolve)));
  return {
    sent,
    send: (/** @type {string} */ more) => socket.write(more),
    answer: once(socket, 'close').then(() => text),
  };
};

/** @param {number} port */
const accepts = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
