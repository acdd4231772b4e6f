import { CLOUDFRONT_PREFIX_LISTS } from '../../lib/model/cloudfront-prefix-lists';
import type { EnvironmentConfig } from '../../lib/config/environment';
import { SITES } from '../../lib/model/sites';
import { admitted, broken, certified, isLike, only, referred, type Request } from './links';
import { allOf, text, type Place, type Templates } from '../references';
import type { Json } from '../synth';
import { bound, reached } from './pods';

export interface VpcOrigin {
  readonly request: Request;
  readonly distribution: Place;
  readonly origin: Json;
  /** Whether the load balancer sees the host that the browser asked for. */
  readonly forwardsHost: boolean;
  /** Hosted zone of that host. */
  readonly zoneId?: string | undefined;
}

const ELB = 'AWS::ElasticLoadBalancingV2';

/** From an origin in the VPC to the pods that answer. */
export const toPods = (
  templates: Templates,
  config: EnvironmentConfig,
  { request, distribution, origin, forwardsHost, zoneId }: VpcOrigin,
): Readonly<Record<string, string>> => {
  const { VpcOriginId } = origin.VpcOriginConfig;
  const vpcOrigin = referred(templates, distribution, VpcOriginId, 'AWS::CloudFront::VpcOrigin', 'the VPC origin');
  const {
    Arn,
    Name,
    OriginProtocolPolicy,
    HTTPPort = 80,
    HTTPSPort = 443,
  } = vpcOrigin.Properties.VpcOriginEndpointConfig;
  const [protocol, port] = OriginProtocolPolicy === 'https-only' ? ['HTTPS', HTTPSPort] : ['HTTP', HTTPPort];
  const balancer = referred(templates, vpcOrigin, Arn, `${ELB}::LoadBalancer`, 'the load balancer');
  const name = `\${${balancer.stack}.${balancer.id}.DNSName}`;
  const asked = text(templates, distribution.stack, origin.DomainName);
  if (asked !== name) broken(`the origin ${origin.Id} asks ${asked}, not ${name}`);

  const host = forwardsHost ? request.host : asked;
  const listener = listenerOf(templates, balancer, port, protocol);
  if (protocol === 'HTTPS') assertCertificate(templates, listener, host, forwardsHost ? zoneId : undefined);
  const headers = { host, ...headersOf(origin) };
  const rule = ruleFor(templates, listener, headers);
  const [action] = rule.Properties.Actions;
  const targetGroup = referred(templates, rule, action.TargetGroupArn, `${ELB}::TargetGroup`, 'the target group');
  const { service, pods } = bound(templates, targetGroup);
  const { name: wanted } = SITES[request.site].target;
  if (service !== wanted) broken(`${request.site} is answered by ${service}, not by ${wanted}`);
  admittedTo(templates, config, balancer, port, pods.port);
  reached(templates, balancer, pods);
  return {
    'VPC origin': Name,
    listener: `${protocol} ${port}`,
    rule: conditions(rule)
      .map(([header, values]) => `${header}: ${values.join(', ')}`)
      .join(' and '),
    service: `${pods.namespace}/${service}`,
    pods: `${targetGroup.Properties.Protocol} ${pods.port}`,
    probe: `GET ${targetGroup.Properties.HealthCheckPath}`,
  };
};

const headersOf = ({ OriginCustomHeaders = [] }: Json): Readonly<Record<string, string>> =>
  Object.fromEntries(
    OriginCustomHeaders.map(({ HeaderName, HeaderValue }: Json) => [HeaderName.toLowerCase(), HeaderValue]),
  );

const listenerOf = (templates: Templates, balancer: Place, port: number, protocol: string): Place =>
  only(
    allOf(templates, `${ELB}::Listener`).filter(
      ({ stack, Properties }) =>
        text(templates, stack, Properties.LoadBalancerArn) === `\${${balancer.stack}.${balancer.id}}` &&
        Properties.Port === port &&
        Properties.Protocol === protocol,
    ),
    `listener on ${protocol} ${port}`,
  );

/** That a listener proves to be the name that CloudFront expects: the host that it forwards, or else the origin's own. */
const assertCertificate = (templates: Templates, listener: Place, name: string, zoneId: string | undefined): void => {
  const value = listener.Properties.Certificates?.[0]?.CertificateArn;
  const certificate = referred(templates, listener, value, 'AWS::CertificateManager::Certificate', 'the certificate');
  certified(templates, certificate, { name, region: templates[listener.stack].region, zoneId });
};

type Headers = Readonly<Record<string, string>>;

/** What a listener rule asks of each header: any of some values. */
const conditions = ({ Properties }: Place): readonly (readonly [string, readonly string[]])[] =>
  Properties.Conditions.map(({ Field, HostHeaderConfig, HttpHeaderConfig }: Json) => {
    if (HostHeaderConfig) return ['host', HostHeaderConfig.Values];
    if (HttpHeaderConfig) return [HttpHeaderConfig.HttpHeaderName.toLowerCase(), HttpHeaderConfig.Values];
    return broken(`the condition ${Field} is not evaluated here`);
  });

/** The rule that the load balancer takes: the first that holds. */
const ruleFor = (templates: Templates, listener: Place, headers: Headers): Place =>
  allOf(templates, `${ELB}::ListenerRule`)
    .filter(
      ({ stack, Properties }) =>
        text(templates, stack, Properties.ListenerArn) === `\${${listener.stack}.${listener.id}}`,
    )
    .toSorted((one, other) => one.Properties.Priority - other.Properties.Priority)
    .find((rule) =>
      conditions(rule).every(([header, values]) => values.some((value) => isLike(value, headers[header] ?? ''))),
    ) ?? broken(`no rule of ${listener.id} is about ${JSON.stringify(headers)}`);

/** That security groups let CloudFront reach the load balancer, and that the pods. */
const admittedTo = (
  templates: Templates,
  { region }: Pick<EnvironmentConfig, 'region'>,
  { stack, Properties }: Place,
  port: number,
  podPort: number,
): void => {
  const cluster = only(allOf(templates, 'AWS::EKS::Cluster'), 'cluster');
  const pods = `\${${cluster.stack}.${cluster.id}.ClusterSecurityGroupId}`;
  const groups: string[] = Properties.SecurityGroups.map((value: Json) => text(templates, stack, value));
  admitted(templates, 'Ingress', groups, [CLOUDFRONT_PREFIX_LISTS[region]!], port);
  admitted(templates, 'Egress', groups, [pods], podPort);
  admitted(templates, 'Ingress', [pods], groups, podPort);
};
