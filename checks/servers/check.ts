import { setMaxListeners } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choice, command } from '../../rehearsal/src/command-line';
import { ENVIRONMENT_NAMES } from '../../test/fixtures';
import { interruption } from '../../rehearsal/src/process';
import { Steps } from '../../rehearsal/src/report/progress';
import { upToDate } from '../../docs/tools/pictures/check';
import { deployed, FILE_CHECKS, RULE_CHECKS } from '../prometheus/checks';
import { tools } from '../prometheus/tools';
import { install, type Installed, type Product } from './install';
import { MARIADB, MYSQL, newDatabase, type Flavour } from './mysql';
import { DATABASE_SETUP_CHECKS } from './database-setup-checks';
import { DatabaseSetup, newPassword } from './database-setup';
import { Recovery } from './recovery';
import { RECOVERY_CHECKS } from './recovery-checks';
import { REDIS, startRedis, type RedisPlace } from './redis';
import { REDIS_RECOVERY_CHECKS } from './redis-recovery-checks';
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

/** Starts a server, does something with it, and stops it. */
const tryOn = async <Server extends Running>(
  name: string,
  startServer: () => Promise<Server>,
  work: (server: Server) => Promise<void>,
) => {
  const server = await steps.step(`${name}: starts`, startServer);
  try {
    await work(server);
  } finally {
    await server.stop();
  }
};

const PARTS = ['databases', 'recovery', 'prometheus', 'redis'] as const;
type Part = (typeof PARTS)[number];

/** Tries our settings of MySQL and Redis on servers of this machine, and those of Prometheus with its tools: it installs what is missing. */
const check = async (signal: AbortSignal, wanted: readonly Part[]) => {
  const folder = await mkdtemp(join(tmpdir(), 'platform-servers-'));
  const subfolder = async (name: string) => {
    const path = join(folder, name);
    await mkdir(path);
    return path;
  };
  const find = (product: Product) =>
    steps.step(`${product.name}: is looked for`, (report) => install(product, report, signal));
  try {
    const certificates = await makeCertificates(await subfolder('certificates'), signal);

    const tryDatabase = async (
      flavour: Flavour,
      installed: Installed,
      work: (setup: DatabaseSetup) => Promise<void>,
    ) => {
      const place = { flavour, installed, certificates, folder: await mkdtemp(join(folder, 'database-')), signal };
      const secrets = await mkdtemp(join(folder, 'secrets-'));
      const admin = newPassword();
      await tryOn(
        flavour.name,
        () => newDatabase(place, admin),
        async (database) => {
          const setup = new DatabaseSetup(database, secrets, signal);
          await setup.write('admin', admin);
          await work(setup);
        },
      );
    };
    const tryMysql = async (work: (setup: DatabaseSetup) => Promise<void>) => {
      const mysql = await steps.step('MySQL: is looked for', (report) =>
        install(MYSQL, report, signal).catch((error: Error) => error),
      );
      if (signal.aborted) throw interruption(signal);
      if (mysql instanceof Error) console.log(`  MySQL: not tried, ${mysql.message}`);
      else await tryDatabase(MYSQL, mysql, work);
    };

    const databases = async () => {
      await tryDatabase(MARIADB, await find(MARIADB), (setup) =>
        tryAll(MARIADB.name, signal, setup, DATABASE_SETUP_CHECKS),
      );
      await tryMysql((setup) => tryAll(MYSQL.name, signal, setup, DATABASE_SETUP_CHECKS));
    };

    const redisPlace = async (): Promise<RedisPlace> => ({
      installed: await find(REDIS),
      certificates,
      folder: await mkdtemp(join(folder, 'redis-')),
      signal,
    });

    // Of MySQL alone, as RDS has it: the logs and the replication of MariaDB are others.
    const recovery = async () => {
      await tryMysql(async (setup) => {
        const subject = new Recovery(setup);
        await tryAll('Recovery of MySQL', signal, subject, RECOVERY_CHECKS).finally(() => subject.stop());
      });
      const place = await redisPlace();
      const servers: Running[] = [];
      const startServer = async (at: RedisPlace) => {
        const server = await startRedis(at, REDIS_PARAMETERS, newPassword());
        servers.push(server);
        return server;
      };
      try {
        const restore = async (putBackup: (into: string) => Promise<void>) => {
          const at = { ...place, folder: await mkdtemp(join(folder, 'redis-')) };
          await putBackup(at.folder);
          return startServer(at);
        };
        const source = await steps.step(`${REDIS.name}: starts`, () => startServer(place));
        await tryAll('Recovery of Redis', signal, { source, restore, passwords: new Map() }, REDIS_RECOVERY_CHECKS);
      } finally {
        for (const { stop } of servers) await stop();
      }
    };

    const prometheus = async () => {
      const found = await steps.step('Prometheus: its tools are looked for', (report) => tools(report, signal));
      for (const name of ENVIRONMENT_NAMES) {
        const files = deployed(found, name, await subfolder(`prometheus-${name}`), signal);
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
    };

    const redis = async () => {
      const place = await redisPlace();
      const startServer = () => startRedis(place, REDIS_PARAMETERS, newPassword());
      await tryOn(REDIS.name, startServer, (server) => tryAll(REDIS.name, signal, server, REDIS_CHECKS));
    };

    const parts: Readonly<Record<Part, () => Promise<void>>> = { databases, recovery, prometheus, redis };
    for (const part of wanted) await parts[part]();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const USAGE = `usage: npm run check:servers -- [PART]

Tries the settings of the databases, Redis, Prometheus and Alertmanager on real servers and tools, and draws the dashboards.
Recovers rows and keys on real servers. Parts: ${PARTS.join(', ')}; all by default.`;

void command({ usage: USAGE, takes: [0, 1] }, ({ signal, positionals: [part] }) => {
  setMaxListeners(0, signal); // every command listens
  return check(signal, part === undefined ? PARTS : [choice('PART', part, PARTS)]);
});
