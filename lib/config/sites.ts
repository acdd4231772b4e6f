import {
  type EdgeConfig,
  type EnvironmentConfig,
  type ServiceName,
  type Severity,
  SITE_NAMES,
  type SiteName,
} from './environment';
import { HTTP_PORT, SERVICE_PORT, SERVICES } from './services';

/** The pods that answer a site: those of a Service, which the load balancer knows by their addresses. */
export interface SiteTarget {
  /** Name of the Service, and of what binds its pods to the load balancer. */
  readonly name: string;
  readonly namespace: string;
  /** Port of the Service. */
  readonly servicePort: number;
  /** Port of the pods, to which it leads. */
  readonly port: number;
  /** Path that answers whether a pod takes requests. */
  readonly readiness: string;
}

/**
 * What becomes of a request: `passed on` to the pods as it came, a file of theirs that is named by its content (`static`) and kept, or
 * one of the bucket of `assets`.
 */
export type BehaviorName = 'dynamic' | 'static' | 'assets';

/** What a public site is, the same in every environment. */
export interface SiteDefinition {
  readonly target: SiteTarget;
  /** Place of its rule among those of the load balancer. Never changed: a rule cannot take the place of another one. */
  readonly priority: number;
  /** What becomes of a request, by the pattern of its path, in the order in which they are tried; `*` is all the rest. */
  readonly behaviors: Readonly<Record<string, BehaviorName> & Record<'*', BehaviorName>>;
  /** Errors in place of which people see a page. A program gets them as they are. */
  readonly errorsWithPage: readonly number[];
  /** What browsers are told with every answer. */
  readonly headers: 'application' | 'api' | 'tool';
  /** How much it matters when it does not answer. */
  readonly severity: Severity;
  /**
   * Networks that alone may reach it, all IPv4; where there are none, the environment does not have the site at all. Its firewall looks
   * at addresses only: those who may come are known. @default - it is for everybody, and every environment has it
   */
  readonly allowedCidrs?: (config: Pick<EnvironmentConfig, 'monitoring'>) => readonly string[];
  /** Beginnings of paths that are for the cluster alone: its firewall refuses them to everybody. @default - none */
  readonly closedPaths?: readonly string[];
  /** Field of the requests that one address may send in a minute. @default - as many as it likes */
  readonly requestsPerMinute?: keyof Pick<EdgeConfig, 'apiRequestsPerMinute'>;
}

/** The pods of the service that has a site. Throws unless there is exactly one, for the load balancer registers the pods of one. */
const servicePods = (site: SiteName): SiteTarget => {
  const [name, ...more] = (Object.keys(SERVICES) as ServiceName[]).filter((one) => SERVICES[one].site === site);
  if (name === undefined) throw new Error(`no service has the site "${site}": give it to one (lib/config/services.ts)`);
  if (more.length > 0) throw new Error(`${[name, ...more].join(', ')} have the site "${site}": leave it to one`);
  const { namespace, probes } = SERVICES[name];
  return { name, namespace, servicePort: HTTP_PORT, port: SERVICE_PORT, readiness: probes.readiness };
};

/** The public sites. */
export const SITES: Readonly<Record<SiteName, SiteDefinition>> = {
  app: {
    target: servicePods('app'),
    priority: 1,
    behaviors: { '/assets/*': 'assets', '/_next/static/*': 'static', '*': 'dynamic' },
    errorsWithPage: [502, 503, 504],
    headers: 'application',
    severity: 'critical',
  },
  api: {
    target: servicePods('api'),
    priority: 2,
    behaviors: { '*': 'dynamic' },
    errorsWithPage: [],
    headers: 'api',
    severity: 'critical',
    requestsPerMinute: 'apiRequestsPerMinute',
  },
  grafana: {
    target: {
      name: 'grafana',
      namespace: 'platform-monitoring',
      servicePort: 3000,
      port: 3000,
      readiness: '/api/health',
    },
    priority: 3,
    behaviors: { '*': 'dynamic' },
    errorsWithPage: [],
    headers: 'tool',
    severity: 'warning', // people look with other means, and users notice nothing
    allowedCidrs: ({ monitoring }) => monitoring.grafana.allowedCidrs,
    closedPaths: ['/metrics'], // for which it asks for no login
  },
};

/** The sites that the platform's own services answer. */
export const SERVICE_SITES: readonly SiteName[] = SITE_NAMES.filter((site) => SITES[site].target.name in SERVICES);

/** The sites that are for everybody. */
export const OPEN_SITES: readonly SiteName[] = SITE_NAMES.filter((site) => SITES[site].allowedCidrs === undefined);

/** The sites of an environment. */
export const sitesOf = (config: Pick<EnvironmentConfig, 'monitoring'>): readonly SiteName[] =>
  SITE_NAMES.filter((site) => SITES[site].allowedCidrs?.(config).length !== 0);

/** Whether viewers may have addresses of IPv6: an allow-list has none. */
export const takesIpv6 = (site: SiteName): boolean => OPEN_SITES.includes(site);

/** A value for each site of an environment. Grafana may not be one. */
export type BySite<T> = Readonly<Record<Exclude<SiteName, 'grafana'>, T> & Partial<Record<'grafana', T>>>;

/** Makes a value for each of some sites, in their order. All that are for everybody have to be among them. */
export const bySite = <T>(sites: readonly SiteName[], make: (site: SiteName) => T): BySite<T> =>
  Object.fromEntries(sites.map((site) => [site, make(site)])) as BySite<T>;

/** The sites that have a value, each with it. */
export const entriesOf = <T>(values: BySite<T>): readonly (readonly [SiteName, T])[] =>
  Object.entries(values) as [SiteName, T][];

/** The sites that have a value. */
export const namesOf = (values: BySite<unknown>): readonly SiteName[] => Object.keys(values) as SiteName[];
