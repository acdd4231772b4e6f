import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { allHosts, zoneOf } from '../config/domain';
import type { DomainConfig } from '../config/environment';

export interface HostedZonesProps {
  readonly domain: DomainConfig;
  /** The zones that a stack of the environment creates: the id of each, by its domain. @default - none */
  readonly created?: { readonly ids: Readonly<Record<string, string>> } | undefined;
}

/** The hosted zones of the configuration, as a stack uses them. */
export class HostedZones extends Construct {
  /** The zone of each host. */
  readonly of: Readonly<Record<string, IHostedZone>>;

  constructor(scope: Construct, id: string, { domain, created }: HostedZonesProps) {
    super(scope, id);
    const zones = new Map(
      domain.zones.map(({ name: zoneName, id: hostedZoneId = created!.ids[zoneName]! }) => [
        zoneName,
        HostedZone.fromHostedZoneAttributes(this, zoneName, { zoneName, hostedZoneId }),
      ]),
    );
    this.of = Object.fromEntries(allHosts(domain).map((host) => [host, zones.get(zoneOf(host, domain.zones)!.name)!]));
  }
}

/** A certificate for all hosts, in the region of the stack, proven by records in their zones. */
export const hostCertificate = (scope: Construct, id: string, zones: HostedZones): Certificate => {
  const [domainName, ...others] = Object.keys(zones.of);
  return new Certificate(scope, id, {
    domainName: domainName!,
    subjectAlternativeNames: others,
    validation: CertificateValidation.fromDnsMultiZone({ ...zones.of }),
  });
};
