import { publicSites } from '../lib/config/derive/public-sites';
import type { EnvironmentConfig, SiteName } from '../lib/config/environment';
import { SITE_HEADER } from '../lib/model/origin';
import { SITES, takesIpv6, type BehaviorName } from '../lib/model/sites';
import type { Behaviour, RequestPath } from '../rehearsal/src/drills/request-path';
import { arrivalOf, attempt, behaviourOf, distributionOf, type Arrival } from '../rehearsal/src/drills/walk';
import { firewall } from './request-path/firewall';
import { assertIs, broken, only } from './request-path/links';
import { requestPathOf } from './request-path/model';
import { assertNamed, assertReached, at, cacheOf } from './request-path/proofs';
import type { Templates } from './references';
import type { Json } from './synth';

/** A request of a browser. */
interface Request {
  readonly site: SiteName;
  readonly host: string;
  readonly path: string;
  /** The part that is meant to answer it. */
  readonly by: string;
}

/** A path that has a pattern; the rest is tried at its root, and deeper. */
const pathsOf = (pattern: string): readonly string[] =>
  pattern === '*' ? ['/', '/x/y'] : [pattern.replace('*', 'x.png')];

/** A request of each kind for every public host. Without a domain, a host is the name that CloudFront gives. */
const requests = ({ distributions }: RequestPath, config: EnvironmentConfig): readonly Request[] =>
  publicSites(config).flatMap(({ name: site, behaviors, hosts }) => {
    const own = distributions.filter(({ origins }) => origins.some(({ headers }) => headers[SITE_HEADER] === site));
    const names = config.domain ? hosts : [only(own, `distribution that adds ${SITE_HEADER}: ${site}`).domain];
    const paths = Object.entries<BehaviorName>(behaviors)
      .toReversed()
      .flatMap(([pattern, name]) =>
        pathsOf(pattern).map((path) => ({ path, by: name === 'assets' ? 'a bucket' : 'pods' })),
      );
    return names.flatMap((host) => paths.map((path) => ({ site, host, ...path })));
  });

/** The answer to a request, as far as a reader cares. */
export interface Answer extends Pick<Request, 'site' | 'host'>, Arrival {
  readonly firewall: string;
  readonly behaviour: Behaviour;
  readonly cache: 'nothing' | 'all';
  /** Properties of the target group, if pods answer. */
  readonly group: Json;
}

/** Takes a request through the templates. Throws at the first link that is missing, or is another one than it should be. */
const answer = (templates: Templates, config: EnvironmentConfig, parts: RequestPath, request: Request): Answer => {
  const { site, host, path, by } = request;
  const distribution = distributionOf(host, parts);
  assertIs(`IPv6 of ${distribution.id}`, distribution.ipv6, takesIpv6(SITES[site]));
  if (config.domain) assertNamed(templates, config, host, distribution);
  const behaviour = behaviourOf(distribution, path);
  const { origin, pods } = arrivalOf(host, distribution, behaviour, parts);
  assertIs('what answers', pods ? 'pods' : 'a bucket', by);
  if (pods) assertReached(templates, config, request, origin, pods);
  return {
    site,
    host,
    origin,
    pods,
    firewall: firewall(templates, at(templates, distribution.id)),
    behaviour,
    cache: cacheOf(templates, distribution, behaviour),
    group: pods && at(templates, pods.targetGroup.arn).Properties,
  };
};

const walks = (templates: Templates, config: EnvironmentConfig) => {
  const parts = requestPathOf(templates, config);
  return requests(parts, config).map((request) => ({
    url: `https://${request.host}${request.path}`,
    ...attempt(() => answer(templates, config, parts, request)),
  }));
};

/** The answer to every request. */
export const answers = (templates: Templates, config: EnvironmentConfig): readonly Answer[] =>
  walks(templates, config).map(({ url, found, fault }) => found ?? broken(`${url}: ${fault}`));

/** Every request that meets a broken link. */
export const requestFaults = (templates: Templates, config: EnvironmentConfig): readonly string[] =>
  walks(templates, config).flatMap(({ url, fault }) => (fault === undefined ? [] : [`${url}: ${fault}`]));
