import { CLOUDFRONT_PREFIX_LISTS } from '../../lib/model/cloudfront-prefix-lists';
import type { EnvironmentConfig } from '../../lib/config/environment';
import type { Distribution, Listener, RequestPath } from '../../rehearsal/src/drills/request-path';
import { allOf, nameOf, target, text, type Place, type Templates } from '../references';
import type { Json } from '../synth';
import { bucketOf } from './assets';
import { lets, namesOf, securityGroupsOf } from './links';
import { bindingsIn, targetsOf } from './pods';

type Config = Pick<EnvironmentConfig, 'account' | 'region'>;

const ELB = 'AWS::ElasticLoadBalancingV2';

/** The parts that a viewer's request passes, from the templates: ids and ARNs are those that `text` gives. */
export const requestPathOf = (templates: Templates, config: Config): RequestPath => {
  const bindings = bindingsIn(templates);
  return {
    records: allOf(templates, 'AWS::Route53::RecordSet').map(({ stack, Properties: { Name, Type, AliasTarget } }) => ({
      name: Name.replace(/\.$/, ''),
      type: Type,
      alias: text(templates, stack, AliasTarget?.DNSName),
    })),
    distributions: allOf(templates, 'AWS::CloudFront::Distribution').map((place) =>
      distribution(templates, config, place),
    ),
    vpcOrigins: allOf(templates, 'AWS::CloudFront::VpcOrigin').map((place) => {
      const { Arn, OriginProtocolPolicy, HTTPPort = 80, HTTPSPort = 443 } = place.Properties.VpcOriginEndpointConfig;
      return {
        id: nameOf(place, 'Id'),
        balancer: text(templates, place.stack, Arn),
        protocol: OriginProtocolPolicy,
        httpPort: HTTPPort,
        httpsPort: HTTPSPort,
      };
    }),
    loadBalancers: allOf(templates, `${ELB}::LoadBalancer`).map((place) => ({
      arn: nameOf(place),
      name: place.id,
      listeners: allOf(templates, `${ELB}::Listener`)
        .filter(({ stack, Properties }) => text(templates, stack, Properties.LoadBalancerArn) === nameOf(place))
        .map((each) => listener(templates, config, place, each)),
    })),
    targetGroups: allOf(templates, `${ELB}::TargetGroup`).map((place) => ({
      arn: nameOf(place),
      name: place.id,
      targets: bindings
        .filter(({ targetGroup }) => targetGroup === nameOf(place))
        .flatMap((binding) => targetsOf(templates, place, binding)),
    })),
    bindings,
  };
};

/**
 * Origin request policies that forward the viewer's Host: AllViewerAndCloudFrontHeaders-2022-06 and HostHeaderOnly.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
 */
const FORWARDS_HOST = new Set(['33f36d7e-f396-46d9-90e0-52428a34d9dc', 'bf0718e1-ba1e-49d1-88b1-f726733018ae']);

const distribution = (templates: Templates, config: Config, place: Place): Distribution => {
  const { Enabled, IPV6Enabled, Aliases = [], ...parts } = place.Properties.DistributionConfig;
  const { Origins, CacheBehaviors = [], DefaultCacheBehavior } = parts;
  const behaviours: readonly Json[] = [...CacheBehaviors, { ...DefaultCacheBehavior, PathPattern: '*' }];
  return {
    id: nameOf(place),
    domain: nameOf(place, 'DomainName'),
    enabled: Enabled,
    ipv6: IPV6Enabled === true,
    aliases: Aliases,
    behaviours: behaviours.map(({ PathPattern, TargetOriginId, OriginRequestPolicyId }) => ({
      path: PathPattern,
      origin: TargetOriginId,
      forwardsHost: FORWARDS_HOST.has(OriginRequestPolicyId),
    })),
    origins: Origins.map(({ OriginCustomHeaders = [], VpcOriginConfig, ...origin }: Json) => ({
      id: origin.Id,
      domain: text(templates, place.stack, origin.DomainName),
      headers: Object.fromEntries(
        OriginCustomHeaders.map(({ HeaderName, HeaderValue }: Json) => [HeaderName.toLowerCase(), HeaderValue]),
      ),
      vpcOrigin: VpcOriginConfig ? text(templates, place.stack, VpcOriginConfig.VpcOriginId) : null,
      ...bucketOf(templates, config, place, origin),
    })),
  };
};

const listener = (templates: Templates, { region }: Config, balancer: Place, place: Place): Listener => {
  const { Protocol, Port, Certificates = [], DefaultActions } = place.Properties;
  const peers = [CLOUDFRONT_PREFIX_LISTS[region]!];
  const rules = allOf(templates, `${ELB}::ListenerRule`)
    .filter(({ stack, Properties }) => text(templates, stack, Properties.ListenerArn) === nameOf(place))
    .toSorted((one, other) => one.Properties.Priority - other.Properties.Priority);
  return {
    protocol: Protocol,
    port: Port,
    open: lets(templates, 'Ingress', securityGroupsOf(templates, balancer), peers, Port),
    names: Certificates.flatMap(({ CertificateArn }: Json) => {
      const certificate = target(templates, place.stack, CertificateArn);
      return certificate ? namesOf(certificate) : [];
    }),
    rules: [...rules, { stack: place.stack, Properties: { Conditions: [], Actions: DefaultActions } }].map(
      ({ stack, Properties: { Conditions, Actions } }) => ({
        conditions: Conditions.map(({ Field, HttpHeaderConfig, HostHeaderConfig }: Json) => ({
          field: Field,
          header: HttpHeaderConfig?.HttpHeaderName.toLowerCase() ?? '',
          values: (HttpHeaderConfig ?? HostHeaderConfig)?.Values ?? [],
        })),
        targetGroups: Actions.flatMap(({ TargetGroupArn, ForwardConfig }: Json) =>
          (ForwardConfig?.TargetGroups ?? (TargetGroupArn ? [{ TargetGroupArn }] : [])).map((group: Json) => ({
            arn: text(templates, stack, group.TargetGroupArn),
            weight: group.Weight ?? 1,
          })),
        ),
      }),
    ),
  };
};
