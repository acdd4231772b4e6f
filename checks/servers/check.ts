import { setMaxListeners } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../rehearsal/src/command-line';
import { ENVIRONMENT_NAMES } from '../../test/fixtures';
import { interruption } from '../../rehearsal/src/process';
import { Steps } from '../../rehearsal/src/report/progress';
import { upToDate } from '../../docs/tools/pictures/check';
import { deployed, FILE_CHECKS, RULE_CHECKS } from '../prometheus/checks';
import { tools } from '../prometheus/tools';
import { install, type Installed, type Product } from './install';
import { MARIADB, MYSQL, startDatabase, type Flavour } from './mysql';
import { DATABASE_SETUP_CHECKS } from './database-setup-checks';
import { DatabaseSetup, newPassword } from './database-setup';
import { REDIS, startRedis } from './redis';
import { REDIS_CHECKS } from './redis-checks';
import { REDIS_PARAMETERS } from '../../lib/constructs/redis-settings';
import { makeCertificates, type Running } from './server';

const steps = new Steps();

type Checks<Subject> = readonly (readonly [title: string, check: (subject: Subject) => Promise<void>])[];

/** Runs checks, whichever of them fail. */
const tryAll = async <Subject>(name: string, signal: AbortSignal, subject: Subject, checks: Checks<Subject>) => {
  for (const [title, check] of checks)
    await steps
      .step(`${name}: ${title}`, () => check(subject))
      .catch((error: Error) => {
        if (signal.aborted) throw interruption(signal);
        console.error(error.message);
        process.exitCode = 1;
      });
};

/** Runs the checks of a server that a function starts, and stops it. */
const tryOn = async <Server extends Running, Subject>(
  name: string,
  signal: AbortSignal,
  startServer: () => Promise<Server>,
  subject: (server: Server) => Subject | Promise<Subject>,
  checks: Checks<Subject>,
) => {
  const server = await steps.step(`${name}: starts`, startServer);
  try {
    await tryAll(name, signal, await subject(server), checks);
  } finally {
    await server.stop();
  }
};

/** Tries our settings of MySQL and Redis on servers of this machine, and those of Prometheus with its tools: it installs what is missing. */
const check = async (signal: AbortSignal) => {
  const folder = await mkdtemp(join(tmpdir(), 'platform-servers-'));
  const part = async (name: string) => {
    const path = join(folder, name);
    await mkdir(path);
    return path;
  };
  const find = (product: Product) =>
    steps.step(`${product.name}: is looked for`, (report) => install(product, report, signal));
  try {
    const certificates = await makeCertificates(await part('certificates'), signal);

    const tryDatabase = async (flavour: Flavour, installed: Installed) => {
      const [place, secrets] = [await part(flavour.programs[0]!), await part(`${flavour.programs[0]}-secrets`)];
      const admin = newPassword();
      const startServer = () => startDatabase(flavour, installed, certificates, admin, place, signal);
      const subject = async (database: Awaited<ReturnType<typeof startServer>>) => {
        const setup = new DatabaseSetup(database, secrets, signal);
        await setup.write('admin', admin);
        return setup;
      };
      await tryOn(flavour.name, signal, startServer, subject, DATABASE_SETUP_CHECKS);
    };
    await tryDatabase(MARIADB, await find(MARIADB));
    const mysql = await steps.step('MySQL: is looked for', (report) =>
      install(MYSQL, report, signal).catch((error: Error) => error),
    );
    if (signal.aborted) throw interruption(signal);
    if (mysql instanceof Error) console.log(`  MySQL: not tried, ${mysql.message}`);
    else await tryDatabase(MYSQL, mysql);

    const found = await steps.step('Prometheus: its tools are looked for', (report) => tools(report, signal));
    for (const name of ENVIRONMENT_NAMES) {
      const files = deployed(found, name, await part(`prometheus-${name}`), signal);
      await tryAll(
        `Prometheus of ${name}`,
        signal,
        files,
        name === 'dev' ? [...FILE_CHECKS, ...RULE_CHECKS] : FILE_CHECKS,
      );
    }
    await tryAll('Dashboards', signal, signal, [
      ['each query has an answer, and the pictures in the docs show it', upToDate],
    ]);

    const redis = await find(REDIS);
    const place = await part('redis');
    const startServer = () => startRedis(redis, certificates, REDIS_PARAMETERS, newPassword(), place, signal);
    await tryOn(REDIS.name, signal, startServer, (server) => server, REDIS_CHECKS);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const USAGE = `usage: npm run check:servers

Tries the settings of the databases, Redis, Prometheus and Alertmanager on real servers and tools, and draws the dashboards.`;

void command({ usage: USAGE }, ({ signal }) => {
  setMaxListeners(0, signal); // every command listens
  return check(signal);
});
