import { type ServiceName, type Severity, SITE_NAMES, type SiteName } from './names';
import { MONITORING_NAMESPACE } from './namespaces';
import { HTTP_PORT, SERVICE_PORT, SERVICES } from './services';

/** The pods that answer a site: those of a Service, which the load balancer knows by their addresses. */
interface SiteTarget {
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
 * The treatment of a request: passed on to the pods as it came (`dynamic`), answered with a file of theirs that is named by its content
 * and cached (`static`), or with one from the bucket of `assets`.
 */
export type BehaviorName = 'dynamic' | 'static' | 'assets';

/** A public site, the same in every environment. */
export interface SiteDefinition {
  readonly target: SiteTarget;
  /** Place of its rule among those of the load balancer. Never changed: a rule cannot take the place of another one. */
  readonly priority: number;
  /** The treatment of a request, by the pattern of its path, in the order in which they are tried; `*` is all the rest. */
  readonly behaviors: Readonly<Record<string, BehaviorName> & Record<'*', BehaviorName>>;
  /** Errors in place of which people see a page. A program gets them as they are. */
  readonly errorsWithPage: readonly number[];
  /** Headers that browsers get with every answer. */
  readonly headers: 'application' | 'api' | 'tool';
  /** How much it matters when it does not answer. */
  readonly severity: Severity;
  /**
   * Clients that may reach it. An environment whose allow-list is empty does not have the site. The firewall of an allow-list looks at
   * addresses only, because the clients are known.
   */
  readonly access: 'everybody' | 'allow-list';
  /** Beginnings of paths that are for the cluster alone: its firewall refuses them to everybody. @default - none */
  readonly closedPaths?: readonly string[];
}

/** The pods of the service that has a site. Throws unless there is exactly one, for the load balancer registers the pods of one. */
const servicePods = (site: SiteName): SiteTarget => {
  const [name, ...more] = (Object.keys(SERVICES) as ServiceName[]).filter((one) => SERVICES[one].site === site);
  if (name === undefined) throw new Error(`No service has the site "${site}": give it to one (lib/model/services.ts)`);
  if (more.length > 0)
    throw new Error(
      `${[name, ...more].join(', ')} have the site "${site}": give it to only one (lib/model/services.ts)`,
    );
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
    access: 'everybody',
  },
  api: {
    target: servicePods('api'),
    priority: 2,
    behaviors: { '*': 'dynamic' },
    errorsWithPage: [],
    headers: 'api',
    severity: 'critical',
    access: 'everybody',
  },
  grafana: {
    target: {
      name: 'grafana',
      namespace: MONITORING_NAMESPACE,
      servicePort: 3000,
      port: 3000,
      readiness: '/api/health',
    },
    priority: 3,
    behaviors: { '*': 'dynamic' },
    errorsWithPage: [],
    headers: 'tool',
    severity: 'warning', // people look with other means, and users notice nothing
    access: 'allow-list',
    closedPaths: ['/metrics'], // for which it asks for no login
  },
};

/** Whether viewers may come from addresses of IPv6: an allow-list has none. */
export const takesIpv6 = ({ access }: SiteDefinition): boolean => access === 'everybody';

/** The sites that the platform's own services answer. */
export const SERVICE_SITES: readonly SiteName[] = SITE_NAMES.filter((site) => SITES[site].target.name in SERVICES);
