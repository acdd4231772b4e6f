import type { Check } from '../check';
import * as data from './data';
import * as deployment from './deployment';
import * as drift from './drift';
import * as edge from './edge';
import * as sites from './sites';
import * as watch from './watch';
import * as workloads from './workloads';

/** Every check in the order in which they are told, by its section, which `--only` takes. */
export const SECTIONS = {
  sites: [
    sites.ANSWERS,
    sites.QUICK,
    sites.CLOUDFRONT,
    sites.HEADERS,
    sites.CORS,
    sites.UNCACHED,
    sites.CERTIFICATE,
    sites.REDIRECT,
    sites.CLOSED,
  ],
  cluster: [workloads.ROLLOUTS],
  account: [
    deployment.STACKS,
    deployment.DRIFT,
    edge.DISTRIBUTIONS,
    edge.FIREWALL,
    data.DATABASES,
    data.REPLICATION,
    data.REDIS,
    watch.ALARMS,
    watch.WATCHED,
    watch.HEARTBEAT,
  ],
} as const satisfies Readonly<Record<string, readonly Check[]>>;

/** The checks of `npm run drift`, in the same way. */
export const DRIFT_SECTIONS = {
  account: [drift.RESOURCES, drift.RULES],
  cluster: [drift.OBJECTS, drift.ADDED],
} as const satisfies Readonly<Record<string, readonly Check[]>>;

export type SectionName = keyof typeof SECTIONS;
export const SECTION_NAMES = Object.keys(SECTIONS) as readonly SectionName[];
