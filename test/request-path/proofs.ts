import { zoneOf } from '../../lib/config/derive/zones';
import type { EnvironmentConfig, SiteName } from '../../lib/config/environment';
import { EDGE_REGION } from '../../lib/model/edge-region';
import { coloredName } from '../../lib/model/colors';
import { COLORS } from '../../lib/model/names';
import { SITES } from '../../lib/model/sites';
import type { Behaviour, Distribution, Origin } from '../../rehearsal/src/drills/request-path';
import type { Arrival } from '../../rehearsal/src/drills/walk';
import { allOf, nameOf, objectsIn, target, text, type Place, type Templates } from '../references';
import type { Json } from '../synth';
import { traffic } from '../traffic';
import { assertIs, broken, lets, namesOf, only, referred, securityGroupsOf } from './links';
import { deploymentOf } from './pods';

/** The resource that a part of the model is named after. */
export const at = (templates: Templates, name: string): Place => target(templates, '', name)!;

/** Answers of a behaviour that CloudFront caches. Browsers reach the behaviour only by HTTPS. */
export const cacheOf = (templates: Templates, { id }: Distribution, { path }: Behaviour): 'nothing' | 'all' => {
  const { CacheBehaviors = [], DefaultCacheBehavior } = at(templates, id).Properties.DistributionConfig;
  const { ViewerProtocolPolicy, CachePolicyId } =
    CacheBehaviors.find(({ PathPattern }: Json) => PathPattern === path) ?? DefaultCacheBehavior;
  assertIs(`the protocol of ${path} of ${id}`, ViewerProtocolPolicy, 'redirect-to-https');
  return CachePolicyId === CACHING_DISABLED ? 'nothing' : 'all';
};

// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
/** The zone of all distributions. */
const CLOUDFRONT_ZONE = 'Z2FDTNDATAQYW2';

/** The id of the hosted zone of a host. */
const zoneIdOf = (templates: Templates, host: string, { domain }: EnvironmentConfig): string => {
  const { name, id } = zoneOf(host, domain!.zones)!;
  const made = allOf(templates, 'AWS::Route53::HostedZone').filter(({ Properties }) => Properties.Name === `${name}.`);
  return id ?? nameOf(only(made, `hosted zone ${name}`));
};

/** That the records of a host are in its zone, and that the zone proves its certificate for CloudFront. */
export const assertNamed = (
  templates: Templates,
  config: EnvironmentConfig,
  host: string,
  { id, domain }: Distribution,
): void => {
  const zoneId = zoneIdOf(templates, host, config);
  for (const { stack, Properties } of allOf(templates, 'AWS::Route53::RecordSet')) {
    const { Name, Type, HostedZoneId, AliasTarget } = Properties;
    if (![host, `${host}.`].includes(Name)) continue;
    const alias = [AliasTarget.DNSName, AliasTarget.HostedZoneId].map((value) => text(templates, stack, value));
    assertIs(`the zone of the ${Type} record`, text(templates, stack, HostedZoneId), zoneId);
    assertIs(`the alias of the ${Type} record`, `${alias}`, `${domain},${CLOUDFRONT_ZONE}`);
  }
  const distribution = at(templates, id);
  const { AcmCertificateArn } = distribution.Properties.DistributionConfig.ViewerCertificate ?? {};
  assertCertified(templates, distribution, AcmCertificateArn, { host, region: EDGE_REGION, zoneId });
};

/** That a certificate is of the region, and for the host, which records in its zone prove. */
const assertCertified = (
  templates: Templates,
  from: Place,
  arn: Json,
  { host, region, zoneId }: Record<'host' | 'region' | 'zoneId', string>,
): void => {
  const certificate = referred(templates, from, arn, 'AWS::CertificateManager::Certificate', 'the certificate');
  const { stack, Properties } = certificate;
  const names = namesOf(certificate);
  assertIs(`the region of the certificate of ${stack}`, templates[stack].region, region);
  if (!names.includes(host)) broken(`the certificate of ${stack} is for ${names.join(', ')}, not for ${host}`);
  const proof = Properties.DomainValidationOptions?.find(({ DomainName }: Json) => DomainName === host)?.HostedZoneId;
  assertIs(`the zone that proves the certificate of ${stack}`, text(templates, stack, proof), zoneId);
};

/** That the pods at which a request arrives are those of a site, and that nothing stands between them and the load balancer. */
export const assertReached = (
  templates: Templates,
  config: EnvironmentConfig,
  { host, site }: { readonly host: string; readonly site: SiteName },
  origin: Origin,
  { listener, targetGroup, binding, others, ...pods }: NonNullable<Arrival['pods']>,
): void => {
  const balancer = at(templates, pods.balancer.arn);
  assertIs(`the domain of the origin ${origin.id}`, origin.domain, nameOf(balancer, 'DNSName'));
  if (config.domain) {
    const own = only(
      allOf(templates, 'AWS::ElasticLoadBalancingV2::Listener').filter(
        ({ stack, Properties }) =>
          text(templates, stack, Properties.LoadBalancerArn) === pods.balancer.arn && Properties.Port === listener.port,
      ),
      `listener on ${listener.port}`,
    );
    const { region } = config;
    const { CertificateArn } = own.Properties.Certificates?.[0] ?? {};
    assertCertified(templates, own, CertificateArn, { host, region, zoneId: zoneIdOf(templates, host, config) });
  }
  assertIs(`what answers ${site} beside ${binding.service}`, others.map((each) => each.binding.service).join(), '');
  const { name: service, namespace } = SITES[site].target;
  if (![service, ...COLORS.map((color) => coloredName(service, color))].includes(binding.service))
    broken(`the Service of ${site} is ${binding.service}, not ${service}`);
  const selected = [binding.service, service].map((each) => {
    const ownServices = objectsIn(templates, 'Service').filter(
      (one) => one.metadata.name === each && one.metadata.namespace === namespace,
    );
    return JSON.stringify(only(ownServices, `Service ${each}`).spec.selector);
  });
  // Callers in the cluster meet the same pods as users.
  assertIs(`what the Service ${service} selects`, selected[1], selected[0]);

  const { metadata, spec } = deploymentOf(templates, binding).spec.template;
  const gate = `target-health.elbv2.k8s.aws/${binding.name}`;
  if (!spec.readinessGates?.some(({ conditionType }) => conditionType === gate))
    broken(`the pods of ${binding.service} do not wait for ${gate}`);
  const { Port: port } = at(templates, targetGroup.arn).Properties;
  const cluster = nameOf(only(allOf(templates, 'AWS::EKS::Cluster'), 'cluster'), 'ClusterSecurityGroupId');
  const own = securityGroupsOf(templates, balancer);
  if (!lets(templates, 'Egress', own, [cluster], port)) broken(`${own.join(' and ')} let nothing out to port ${port}`);
  if (!lets(templates, 'Ingress', [cluster], own, port)) broken(`${cluster} lets nothing in to port ${port}`);
  const namespaces = objectsIn(templates, 'Namespace').map(({ metadata: { name, labels } }) => [name, labels]);
  const reaches = traffic(objectsIn(templates, 'NetworkPolicy'), Object.fromEntries(namespaces));
  for (const value of balancer.Properties.Subnets) {
    const subnet = referred(templates, balancer, value, 'AWS::EC2::Subnet', 'a subnet');
    const pod = { namespace: binding.namespace, labels: metadata.labels };
    if (!reaches(subnet.Properties.CidrBlock.split('/')[0], pod, port))
      broken(`no network policy lets ${subnet.id} reach ${binding.service} on ${port}`);
  }
};
