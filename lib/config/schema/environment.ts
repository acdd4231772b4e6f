import * as z from 'zod/mini';
import { cluster } from './cluster';
import { deployed } from './deployed';
import { domain, edge } from './edge';
import { account, flag, list, region, text, wholeNumber } from './fields';
import { group, type Config } from './group';
import { images } from './images';
import { monitoring } from './monitoring';
import { mysql } from './mysql';
import { network } from './network';
import { recovery } from './recovery';
import { redis } from './redis';
import { uploads } from './storage';
import { tags } from './tags';
import { tenant, tenantRecord } from './tenants';
import { autoscaling, extraNamespace, quotas, releases, services } from './workloads';

/**
 * A name that every resource which contains it can have: the ids of Redis users have 40 characters at most, and RDS takes no two
 * hyphens in a row. `NAME-pipeline` is what commands call its pipeline.
 */
export const ENVIRONMENT_NAME = /^(?!.*(pipeline|builds)$)(?=.{1,10}$)[a-z]+(-?[a-z0-9])*$/;

/** Everything that may differ between environments. One plain value of this type per environment. */
export const environment = group({
  /** Value of `-c env=`; part of the names of stacks and of the cluster. */
  name: text(
    'write up to 10 lower case letters, digits and single hyphens that begin with a letter, like prod or qa-2 (not with pipeline or builds at its end)',
    ENVIRONMENT_NAME,
  ),
  /** AWS account that holds the environment: 12 digits. Refuses that of another environment. */
  account: account(),
  /** Home region. */
  region: region(),
  /** On every resource that takes tags. */
  tags,
  /**
   * Refuse deletion: deletion protection of every resource that knows it, and termination protection of every stack (which
   * only the CLI sets: the pipeline leaves it as it is). `-c deletionProtection=false` switches it off, for a first
   * deployment or a tear-down (docs/teardown.md).
   */
  deletionProtection: flag(),
  /** Keep audit and flow logs when their stack is deleted. */
  retainLogs: flag(),
  /** Keep data when its stack is deleted: a final snapshot of MySQL and Redis, the buckets, and the keys that open them. */
  retainData: flag(),
  /**
   * The values with which the environment was first deployed; copy them here once that has succeeded. Synthesis then refuses a
   * change that would replace or cannot shrink it. @default - not deployed yet
   */
  deployed: z.optional(deployed),
  network,
  cluster,
  /**
   * Hour, UTC, 0 to 23, in which four quiet hours begin. Backups run in the first, Redis snapshots in the second, weekly
   * maintenance and monthly rotation of passwords in the last two.
   */
  quietHour: wholeNumber(0, 23),
  mysql,
  redis,
  uploads,
  /** Copies in a second region. @default - none: what a disaster of the home region takes is lost */
  recovery: z.optional(recovery),
  images,
  /** Services report their errors to Sentry. Its DSN is a value that only people know (docs/secrets.md). */
  sentry: flag(),
  /** Quotas of the platform's namespaces: room for the maximum of pods, in the middle of a rollout too. */
  quotas,
  /** Namespaces beside the platform's own, for people who try things out. */
  extraNamespaces: list(extraNamespace),
  /** The tenants of the platform, each in a namespace `tenant-ID` of its own (docs/tenants.md). */
  tenants: list(tenant),
  /** Where each tenant is deployed, as `npm run tenants` recorded it. */
  tenantRecord,
  /** Names under which the platform is reached (docs/edge.md). @default - those that CloudFront gives */
  domain: z.optional(domain),
  /** The edge: distributions and firewalls between the internet and the load balancer. */
  edge,
  /** Notifications, and the retention of logs and metrics. */
  monitoring,
  /**
   * How far services scale by themselves. Switched on later, it takes each service down to one pod for a moment, for Kubernetes
   * gives a number that is no longer configured back to its default. @default - they do not
   */
  autoscaling: z.optional(autoscaling),
  /** The image that each of the platform's own services runs, by name: lib/config/releases. */
  releases,
  /** The platform's own services, by name. */
  services,
});
export type EnvironmentConfig = Config<typeof environment>;
