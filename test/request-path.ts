import { publicSites } from '../lib/config/derive/public-sites';
import { zoneOf } from '../lib/config/derive/zones';
import { EDGE_REGION } from '../lib/model/edge-region';
import type { EnvironmentConfig, SiteName } from '../lib/config/environment';
import { SITE_HEADER } from '../lib/model/origin';
import { SITES, takesIpv6, type BehaviorName } from '../lib/model/sites';
import { toBucket } from './request-path/assets';
import { firewall } from './request-path/firewall';
import { broken, certified, isLike, only, referred, type Request } from './request-path/links';
import { toPods } from './request-path/origin';
import { allOf, text, type Place, type Templates } from './references';
import type { Json } from './synth';

/** The links that a request takes, in their order: what each is, as far as a reader cares. */
export type RequestPath = Readonly<Record<string, string>>;

const ANSWERED_BY: Readonly<Record<BehaviorName, Request['by']>> = {
  dynamic: 'pods',
  static: 'pods',
  assets: 'bucket',
};

/** A path that has a pattern; the rest is tried at its root, and deeper. */
const pathsOf = (pattern: string): readonly string[] =>
  pattern === '*' ? ['/', '/x/y'] : [pattern.replace('*', 'x.png')];

/** A request of each kind for every public host. Without a domain, a host is the name that CloudFront gives. */
export const requests = (
  templates: Templates,
  config: Pick<EnvironmentConfig, 'domain' | 'monitoring' | 'edge'>,
): readonly Request[] =>
  publicSites(config).flatMap(({ name: site, behaviors, ...configured }) => {
    const hosts = config.domain ? configured.hosts : [ownName(bySite(templates, site))];
    const paths = Object.entries<BehaviorName>(behaviors)
      .toReversed()
      .flatMap(([pattern, name]) => pathsOf(pattern).map((path) => ({ path, by: ANSWERED_BY[name] })));
    return hosts.flatMap((host) => paths.map(({ path, by }) => ({ site, host, path, by })));
  });

const DISTRIBUTION = 'AWS::CloudFront::Distribution';
const ownName = ({ stack, id }: Place): string => `\${${stack}.${id}.DomainName}`;

const bySite = (templates: Templates, site: SiteName): Place =>
  only(
    allOf(templates, DISTRIBUTION).filter(({ Properties }) =>
      Properties.DistributionConfig.Origins.some(({ OriginCustomHeaders = [] }: Json) =>
        OriginCustomHeaders.some(
          ({ HeaderName, HeaderValue }: Json) => HeaderName === SITE_HEADER && HeaderValue === site,
        ),
      ),
    ),
    `distribution that adds ${SITE_HEADER}: ${site}`,
  );

/** Takes a request through the templates. Throws at the first link that is missing, or is another one than it should be. */
export const requestPath = (templates: Templates, config: EnvironmentConfig, request: Request): RequestPath => {
  const { site, host, path, by } = request;
  const zoneId = config.domain && zone(templates, host, config.domain.zones);
  const distribution = only(
    allOf(templates, DISTRIBUTION).filter((each) => [...aliases(each), ownName(each)].includes(host)),
    `distribution with the name ${host}`,
  );
  if (zoneId !== undefined) {
    assertRecords(templates, { host, site }, distribution, zoneId);
    assertCertificate(templates, host, distribution, zoneId);
  }
  const behaviour = behaviourFor(distribution, path);
  const origin = only<Json>(
    distribution.Properties.DistributionConfig.Origins.filter(({ Id }: Json) => Id === behaviour.TargetOriginId),
    `origin of ${behaviour.PathPattern ?? '*'}`,
  );
  const answeredBy = origin.VpcOriginConfig ? 'pods' : 'bucket';
  if (answeredBy !== by) broken(`${host}${path} is answered by ${answeredBy}, not by ${by}`);
  const forwardsHost = FORWARDS_HOST.has(behaviour.OriginRequestPolicyId);
  return {
    host,
    distribution: site,
    firewall: firewall(templates, distribution),
    behaviour: behaviour.PathPattern ?? '*',
    cache: behaviour.CachePolicyId === CACHING_DISABLED ? 'nothing' : 'all',
    ...(by === 'pods'
      ? toPods(templates, config, { request, distribution, origin, forwardsHost, zoneId })
      : toBucket(templates, config, { distribution, origin })),
  };
};

const aliases = ({ Properties }: Place): readonly string[] => Properties.DistributionConfig.Aliases ?? [];

// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
/** AllViewerAndCloudFrontHeaders-2022-06 and HostHeaderOnly. */
const FORWARDS_HOST = new Set(['33f36d7e-f396-46d9-90e0-52428a34d9dc', 'bf0718e1-ba1e-49d1-88b1-f726733018ae']);
/** The zone of all distributions. */
const CLOUDFRONT_ZONE = 'Z2FDTNDATAQYW2';

/** The id of the hosted zone of a host. */
const zone = (templates: Templates, host: string, zones: NonNullable<EnvironmentConfig['domain']>['zones']): string => {
  const { name, id } = zoneOf(host, zones)!;
  if (id !== undefined) return id;
  const made = allOf(templates, 'AWS::Route53::HostedZone').filter(({ Properties }) => Properties.Name === `${name}.`);
  const { stack, id: logicalId } = only(made, `hosted zone ${name}`);
  return `\${${stack}.${logicalId}}`;
};

/** That the records of a host, in its zone, are the distribution's. */
const assertRecords = (
  templates: Templates,
  { host, site }: Pick<Request, 'host' | 'site'>,
  distribution: Place,
  zoneId: string,
): void => {
  for (const type of takesIpv6(SITES[site]) ? ['A', 'AAAA'] : ['A']) {
    const record = only(
      allOf(templates, 'AWS::Route53::RecordSet').filter(
        ({ Properties }) => Properties.Type === type && [host, `${host}.`].includes(Properties.Name),
      ),
      `${type} record of ${host}`,
    );
    const { HostedZoneId, AliasTarget } = record.Properties;
    const isIn = text(templates, record.stack, HostedZoneId);
    if (isIn !== zoneId) broken(`the ${type} record of ${host} is in the zone ${isIn}, not in ${zoneId}`);
    const [leads, by] = [AliasTarget.DNSName, AliasTarget.HostedZoneId].map((value) =>
      text(templates, record.stack, value),
    );
    if (leads !== ownName(distribution) || by !== CLOUDFRONT_ZONE)
      broken(`the ${type} record of ${host} leads to ${leads} of ${by}, not to ${ownName(distribution)}`);
  }
};

/** That the distribution proves to be the host. */
const assertCertificate = (templates: Templates, name: string, distribution: Place, zoneId: string): void => {
  const { AcmCertificateArn } = distribution.Properties.DistributionConfig.ViewerCertificate ?? {};
  const type = 'AWS::CertificateManager::Certificate';
  const certificate = referred(templates, distribution, AcmCertificateArn, type, 'the certificate');
  certified(templates, certificate, { name, region: EDGE_REGION, zoneId });
};

/** The behaviour that CloudFront takes: the first whose pattern the path is like. */
const behaviourFor = ({ id, Properties }: Place, path: string): Json => {
  const { CacheBehaviors = [], DefaultCacheBehavior } = Properties.DistributionConfig;
  const behaviour =
    CacheBehaviors.find(({ PathPattern }: Json) => isLike(`/${PathPattern.replace(/^\//, '')}`, path)) ??
    DefaultCacheBehavior;
  if (behaviour.ViewerProtocolPolicy !== 'redirect-to-https') broken(`${id} answers ${path} by plain HTTP`);
  return behaviour;
};
