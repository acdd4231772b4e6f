import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { zoneOf } from '../config/derive/zones';
import type { ZoneConfig } from '../config/environment';

export interface HostedZonesProps {
  readonly zones: readonly ZoneConfig[];
  /** Host names of the public sites. */
  readonly hosts: readonly string[];
  /** The zones that a stack of the environment creates: the id of each, by its domain. @default - none */
  readonly created?: { readonly ids: Readonly<Record<string, string>> } | undefined;
}

/** The hosted zones of the configuration, as a stack uses them. */
export class HostedZones extends Construct {
  /** The zone of each host. */
  readonly of: Readonly<Record<string, IHostedZone>>;

  constructor(scope: Construct, id: string, { zones: configured, hosts, created }: HostedZonesProps) {
    super(scope, id);
    const zones = new Map(
      configured.map(({ name: zoneName, id: hostedZoneId = created!.ids[zoneName]! }) => [
        zoneName,
        HostedZone.fromHostedZoneAttributes(this, zoneName, { zoneName, hostedZoneId }),
      ]),
    );
    this.of = Object.fromEntries(hosts.map((host) => [host, zones.get(zoneOf(host, configured)!.name)!]));
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
