import type { SiteName } from '../../lib/config/environment';
import { allOf, target, text, type Place, type Templates } from '../references';
import type { Json } from '../synth';

/** What a browser asks for. */
export interface Request {
  readonly site: SiteName;
  readonly host: string;
  readonly path: string;
  /** What it is meant to be answered by. */
  readonly by: 'pods' | 'bucket';
}

/** Says which link of a path is missing or another one. */
export const broken = (problem: string): never => {
  throw new Error(problem);
};

/** The one thing that was looked for. */
export const only = <T>(found: readonly T[], what: string): T =>
  found.length === 1
    ? found[0]!
    : broken(found.length === 0 ? `there is no ${what}` : `there is more than one ${what}`);

/** The resource of a type that a property refers to. */
export const referred = (templates: Templates, from: Place, value: Json, type: string, what: string): Place => {
  const found = target(templates, from.stack, value);
  return found?.Type === type
    ? found
    : broken(`${what} of ${from.id} is ${value === undefined ? 'nothing' : text(templates, from.stack, value)}`);
};

/** Whether a text is as it is written, `*` for any text and `?` for any character. */
export const isLike = (written: string, there: string): boolean =>
  new RegExp(
    `^${written
      .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(there);

/** A name that is to be proven: where, and in which hosted zone. */
export interface Proof {
  readonly name: string;
  readonly region: string;
  /** @default - nobody proves it */
  readonly zoneId?: string | undefined;
}

/** That a certificate is of the region, and has a name, which records in its zone prove. */
export const certified = (templates: Templates, certificate: Place, { name, region, zoneId }: Proof): void => {
  const { DomainName, SubjectAlternativeNames = [], DomainValidationOptions = [] } = certificate.Properties;
  const names = [DomainName, ...SubjectAlternativeNames] as string[];
  const isIn = templates[certificate.stack].region;
  if (isIn !== region) broken(`the certificate of ${certificate.stack} is in ${isIn}, not in ${region}`);
  if (!names.includes(name))
    broken(`the certificate of ${certificate.stack} is for ${names.join(', ')}, not for ${name}`);
  const proof = DomainValidationOptions.find((each: Json) => each.DomainName === name)?.HostedZoneId;
  const provenIn = text(templates, certificate.stack, proof);
  if (provenIn !== zoneId)
    broken(`the certificate of ${certificate.stack} proves ${name} in ${provenIn}, not in ${zoneId}`);
};

/** That one of some security groups lets one of some peers through to a port. */
export const admitted = (
  templates: Templates,
  direction: 'Ingress' | 'Egress',
  groups: readonly string[],
  peers: readonly string[],
  port: number,
): void => {
  const peerOf = direction === 'Ingress' ? 'SourceSecurityGroupId' : 'DestinationSecurityGroupId';
  const listOf = direction === 'Ingress' ? 'SourcePrefixListId' : 'DestinationPrefixListId';
  const rules = [
    ...allOf(templates, 'AWS::EC2::SecurityGroup')
      .filter(({ stack, id }) => groups.includes(`\${${stack}.${id}.GroupId}`))
      .flatMap(({ stack, Properties }) =>
        (Properties[`SecurityGroup${direction}`] ?? []).map((rule: Json) => ({ stack, rule })),
      ),
    ...allOf(templates, `AWS::EC2::SecurityGroup${direction}`)
      .filter(({ stack, Properties }) => groups.includes(text(templates, stack, Properties.GroupId)))
      .map(({ stack, Properties: rule }) => ({ stack, rule: rule! })),
  ];
  const lets = rules.some(
    ({ stack, rule }) =>
      peers.includes(text(templates, stack, rule[peerOf] ?? rule[listOf])) &&
      rule.IpProtocol === 'tcp' &&
      rule.FromPort <= port &&
      port <= rule.ToPort,
  );
  if (!lets)
    broken(
      `no ${direction.toLowerCase()} rule of ${groups.join(' or ')} is about ${peers.join(' or ')} and port ${port}`,
    );
};
