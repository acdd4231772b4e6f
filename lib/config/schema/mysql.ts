import * as z from 'zod/mini';
import { DATABASE_SIZES } from '../../model/instance-types';
import { count, flag, machineType, retention, version, wholeNumber } from './fields';
import { group, type Config } from './group';

/** Largest gp3 volume of RDS for MySQL, in GiB: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html */
export const MAX_STORAGE = 65536;

/** The RDS MySQL of an environment: a primary and its read replicas, all of one class. */
export const mysql = group({
  /** Engine version, a row of the table in versions.ts. A change takes effect at once, with a short outage. */
  engineVersion: version('8.4.9'),
  /** Engine version of the replicas during an upgrade, in which they go first (docs/upgrade.md). @default - as it is */
  replicaEngineVersion: z.optional(version('8.4.9')),
  /** RDS instance class, e.g. `db.t4g.medium`. A change takes effect at once, with a short outage. */
  instanceClass: machineType(
    'write an RDS instance class like db.t4g.medium',
    /^db\.[a-z]\w*\.(micro|small|medium|large|\d*xlarge)$/,
    DATABASE_SIZES,
  ),
  /** Keep a standby in another zone, to which RDS fails over. */
  multiAz: flag(),
  /** Number of read replicas, 0 to 5; each in the next zone. */
  readReplicas: wholeNumber(0, 5),
  /** Allocated gp3 storage in GiB, 20 or more. It never shrinks: a change has to be above what RDS has grown it to. */
  storageGiB: wholeNumber(20, Math.floor((MAX_STORAGE * 10) / 11)),
  /** Limit up to which RDS grows the storage by itself, in GiB: at least a tenth above `storageGiB`. */
  maxStorageGiB: count(),
  /** Days of automated backups, 1 to 35. */
  backupRetentionDays: wholeNumber(1, 35),
  /** Database Insights with seven days of history. Classes below `medium` do not have it. */
  insights: flag(),
  /** Services write through an RDS Proxy, which keeps their connections over a failover. */
  proxy: flag(),
  /** Raise it to have databases and users set up again, after a restore. @default 1 */
  setupRun: z.optional(wholeNumber(1, 1e6)),
  /** Days that error and slow query logs are kept; a value that CloudWatch Logs takes. */
  logRetentionDays: retention(),
});
export type MysqlConfig = Config<typeof mysql>;
