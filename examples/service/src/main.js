import { createServer } from 'node:http';
import { watchData } from './data.js';
import { CONTENT_TYPE, metrics } from './metrics.js';
import { page } from './page.js';
import { settings } from './settings.js';

/** Milliseconds: longer than the load balancer keeps idle connections, which is 60 s (docs/services.md). */
const KEEP_ALIVE = 65_000;

/** Paths of the probes; the frontend has its own. */
const LIVE = new Set(['/health', '/api/health']);
const READY = new Set(['/ready', '/api/ready']);

/** @param {import('node:http').IncomingMessage} request @param {string} name */
const header = ({ headers }, name) => `${headers[name] ?? ''}`;

/** @param {import('./settings.js').Settings} own */
const serve = async (own) => {
  const counted = metrics();
  const data = watchData(own);
  let ends = false;

  /**
   * @param {import('node:http').ServerResponse} response @param {number} status @param {string} body
   * @param {string} [type]
   */
  const answer = (response, status, body, type = 'application/json') => {
    if (ends) response.setHeader('Connection', 'close');
    response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
  };

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  const handle = async (request, response) => {
    const began = performance.now();
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (LIVE.has(pathname)) return answer(response, 200, JSON.stringify({ service: own.name, alive: true }));
    if (READY.has(pathname)) {
      const obstacle = ends ? 'the service is ending' : data.obstacle();
      const state = { service: own.name, ready: obstacle === undefined, ...(obstacle && { obstacle }), ...data.said };
      return answer(response, obstacle === undefined ? 200 : 503, JSON.stringify(state));
    }
    const route = pathname === '/' ? '/' : 'unknown';
    const { method = 'GET' } = request;
    response.on('finish', () => {
      const seconds = (performance.now() - began) / 1000;
      counted.count({ method, route, code: response.statusCode, seconds });
    });
    for await (const _ of request); // a request is answered when all of it has come
    if (route === 'unknown') return answer(response, 404, JSON.stringify({ service: own.name, unknown: pathname }));
    if (own.name === 'frontend') return answer(response, 200, await page(own), 'text/html; charset=utf-8');
    // The load balancer and the caller may write any other header: only CloudFront writes these.
    const client = header(request, 'cloudfront-viewer-address');
    const scheme = header(request, 'cloudfront-forwarded-proto');
    return answer(response, 200, JSON.stringify({ service: own.name, client, scheme }));
  };

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE }, (request, response) => {
    handle(request, response).catch((error) => {
      console.error(error);
      if (response.headersSent) response.destroy();
      else answer(response, 500, JSON.stringify({ service: own.name, error: 'internal' }));
    });
  });
  const scraped = createServer((request, response) =>
    request.url === '/metrics' ? answer(response, 200, counted.text(), CONTENT_TYPE) : answer(response, 404, '{}'),
  );

  /** Accepts no connection any longer, finishes what has begun, and lets the process exit. */
  const end = () => {
    ends = true;
    data.end();
    server.close(() => process.exit());
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  await Promise.all([listening(server, own.port), listening(scraped, own.metricsPort)]);
  const ports = [server, scraped].map((one) => /** @type {import('node:net').AddressInfo} */ (one.address()).port);
  console.log(JSON.stringify({ service: own.name, port: ports[0], metricsPort: ports[1] }));
};

/** @param {import('node:http').Server} server @param {number} port */
const listening = (server, port) =>
  new Promise((resolve, reject) => server.once('error', reject).listen(port, () => resolve(undefined)));

try {
  await serve(settings(process.env));
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exit(1);
}
