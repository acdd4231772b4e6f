import * as z from 'zod/mini';
import { list, oneOf, retention, text, wholeNumber } from './fields';
import { group, type Config } from './group';

const domainName = () =>
  text('write a name like api.example.com, in lower case', /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/);

/** A name that a rule of a load balancer compares: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_HostHeaderConditionConfig.html */
const host = () =>
  domainName().check(
    z.maxLength(128, 'choose a name of up to 128 characters, the maximum in a rule of the load balancer'),
  );

/** The first name of the certificate, its common name: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html */
const firstHost = () =>
  host().check(
    z.maxLength(64, 'choose a name of up to 64 characters, the maximum of the common name of a certificate'),
  );

/** Host names of the sites. */
const hosts = group({
  /** Of the web application. The first name of the certificates: 64 characters at most, and the others 128. */
  app: firstHost(),
  /** Further names of the web application, e.g. the one with `www`. @default - none */
  appAliases: z.optional(list(host())),
  /** Of the API. */
  api: host(),
  /** Further names of the API, e.g. the next or the last one, while it gets another. @default - none */
  apiAliases: z.optional(list(host())),
  /** Of Grafana. Nothing has it while `monitoring.grafana.allowedCidrs` is empty. @default - Grafana is not public */
  grafana: z.optional(host()),
});
export type HostsConfig = Config<typeof hosts>;

/** A public hosted zone in the account of the environment. */
const zone = group({
  /** Its domain, e.g. `platform.com`. */
  name: host(), // a host ends in it
  /** Id of a zone that exists, e.g. `Z0123456789ABCDEFGHIJ`. @default - a stack makes it; its domain has to be delegated to it */
  id: z.optional(text('write one like Z0123456789ABCDEFGHIJ', /^Z[A-Z0-9]{1,31}$/)),
});
export type ZoneConfig = Config<typeof zone>;

/** Host names of an environment, and the hosted zones of Route 53 that they are in. */
export const domain = group({
  hosts,
  /** Zones that hold the hosts: each host is in the one with the longest name that it ends in. */
  zones: list(zone),
});
export type DomainConfig = Config<typeof domain>;

const PATH = 'write the beginning of a path, like /uploads/';

/** CloudFront and its firewall. */
export const edge = group({
  /** The action on requests that match a rule of the firewall: block them, or only count them. */
  firewall: oneOf(['block', 'count']),
  /** Requests of the API that one address may send in a minute: 10 or more. AWS WAF looks every few seconds, so some more pass. */
  apiRequestsPerMinute: wholeNumber(10, 2_000_000_000),
  /**
   * Beginnings of paths that take request bodies of more than 64 KiB, e.g. `/uploads/`. The firewall sees the first 64 KiB of a body,
   * and refuses a longer one elsewhere. @default - none
   */
  largeBodyPaths: z.optional(
    list(text(PATH, /^\/[\w./~-]{1,199}$/).check(z.refine((path) => !/\/\.{1,2}(\/|$)/.test(path), PATH))),
  ),
  /** Days that the logs of the firewall and of CloudFront are kept; a value that CloudWatch Logs takes. */
  logRetentionDays: retention(),
  /** CloudFront changes no VPC origin that is in use: raise it with the change, and a second one takes over. @default 1 */
  vpcOrigin: z.optional(wholeNumber(1, 1000)),
});
export type EdgeConfig = Config<typeof edge>;
