/** The public sites: each has a CloudFront distribution of its own, and the pods of one Service behind it (sites.ts). */
export const SITE_NAMES = ['app', 'api', 'grafana'] as const;
export type SiteName = (typeof SITE_NAMES)[number];

/** Host names of an environment, and the hosted zones of Route 53 that they are in. */
export interface DomainConfig {
  readonly hosts: HostsConfig;
  /** Zones that hold the hosts: each host is in the one with the longest name that it ends in. */
  readonly zones: readonly ZoneConfig[];
}

/** Host names of the sites. */
export interface HostsConfig {
  /** Of the web application. */
  readonly app: string;
  /** Further names of the web application, e.g. the one with `www`. @default - none */
  readonly appAliases?: readonly string[];
  /** Of the API. */
  readonly api: string;
  /** Further names of the API, e.g. the next or the last one, while it gets another. @default - none */
  readonly apiAliases?: readonly string[];
  /** Of Grafana. Nothing has it while `monitoring.grafana.allowedCidrs` is empty. @default - Grafana is not public */
  readonly grafana?: string;
}

/** A public hosted zone in the account of the environment. */
export interface ZoneConfig {
  /** Its domain, e.g. `platform.com`. */
  readonly name: string;
  /** Id of a zone that exists, e.g. `Z0123456789ABCDEFGHIJ`. @default - a stack makes it; its domain has to be delegated to it */
  readonly id?: string;
}

/** CloudFront and its firewall. */
export interface EdgeConfig {
  /** What becomes of a request that a rule of the firewall finds: refused, or counted only. */
  readonly firewall: 'block' | 'count';
  /** Requests of the API that one address may send in a minute: 10 or more. AWS WAF looks every few seconds, so some more pass. */
  readonly apiRequestsPerMinute: number;
  /**
   * Beginnings of paths that take request bodies of more than 64 KiB, e.g. `/uploads/`. The firewall sees the first 64 KiB of a body,
   * and refuses a longer one elsewhere. @default - none
   */
  readonly largeBodyPaths?: readonly string[];
  /** Days that the logs of the firewall and of CloudFront are kept; a value that CloudWatch Logs takes. */
  readonly logRetentionDays: number;
  /** CloudFront changes no VPC origin that is in use: raise it with the change, and a second one takes over. @default 1 */
  readonly vpcOrigin?: number;
}
