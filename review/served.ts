import type { Json, Resource } from './assembly';

/** Ways by which users reach a site that a resource provides; none for other types. */
const SERVED: Readonly<Record<string, (properties: Json) => readonly string[]>> = {
  'AWS::CertificateManager::Certificate': ({ DomainName, SubjectAlternativeNames = [] }) =>
    [DomainName, ...SubjectAlternativeNames].map((name: Json) => `the certificate of ${told(name)}`),
  'AWS::Route53::RecordSet': ({ Name, Type }) => [`the record ${told(Type)} of ${told(Name)}`],
  'AWS::Route53::RecordSetGroup': ({ RecordSets = [] }) =>
    RecordSets.map(({ Name, Type }: Json) => `the record ${told(Type)} of ${told(Name)}`),
  'AWS::ElasticLoadBalancingV2::Listener': ({ Protocol, Port }) =>
    /^(HTTPS|TLS)$/.test(Protocol) ? [`the listener of ${Protocol} at port ${told(Port)}`] : [],
  'AWS::CloudFront::Distribution': ({ DistributionConfig = {} }) =>
    (DistributionConfig.Aliases ?? []).map((name: Json) => `the name ${told(name)} of a distribution`),
  'AWS::WAFv2::WebACLAssociation': () => ['the firewall of a load balancer'],
};

const told = (value: Json): string => (typeof value === 'object' ? JSON.stringify(value) : `${value}`);

const served = (resource: Resource | undefined): readonly string[] =>
  (resource && SERVED[resource.Type]?.(resource.Properties ?? {})) ?? [];

/** Losses to users by the change of a resource: a certificate, a record, a listener of HTTPS, a name. */
export const lostBy = (before: Resource | undefined, after: Resource | undefined): string | undefined => {
  const left = served(after);
  const gone = served(before).filter((each) => !left.includes(each));
  return gone.length > 0 ? gone.join(', ') : undefined;
};
