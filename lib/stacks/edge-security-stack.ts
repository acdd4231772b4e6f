import { CfnDeletionPolicy, CfnResource, Stack, type StackProps } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Construct } from 'constructs';
import { SITE_NAMES, type DomainConfig, type EdgeConfig, type SiteName } from '../config/environment';
import { acrossRegions } from '../constructs/across-regions';
import { certificate, HostedZones } from '../constructs/hosted-zones';
import { WebAcl } from '../constructs/web-acl';

export interface EdgeSecurityStackProps extends StackProps {
  /** Beginning of the names of what it makes: `platform-prod`. */
  readonly identifier: string;
  readonly config: EdgeConfig;
  /** @default - CloudFront's own names, for which it has a certificate */
  readonly domain?: DomainConfig | undefined;
  /** Id of each hosted zone, by its name. */
  readonly zoneIds: Readonly<Record<string, string>>;
  readonly retainLogs: boolean;
}

/** What protects the distributions: the certificate that viewers see, and a firewall for each site. In the region that AWS wants. */
export class EdgeSecurityStack extends Stack {
  /** Undefined without a domain. */
  readonly certificate: ICertificate | undefined;
  readonly webAclArns: Readonly<Record<SiteName, string>>;

  constructor(scope: Construct, id: string, stackProps: EdgeSecurityStackProps) {
    const { identifier, config, domain, zoneIds, retainLogs, ...props } = stackProps;
    super(scope, id, props);
    this.certificate = domain && this.viewerCertificate(domain, zoneIds);

    const requestsPerMinute: Readonly<Partial<Record<SiteName, number>>> = { api: config.apiRequestsPerMinute };
    this.webAclArns = Object.fromEntries(
      SITE_NAMES.map((site) => [
        site,
        new WebAcl(this, `WebAcl-${site}`, {
          name: `${identifier}-${site}`,
          config,
          requestsPerMinute: requestsPerMinute[site],
          retainLogs,
        }).arn,
      ]),
    ) as Record<SiteName, string>;
  }

  private viewerCertificate(domain: DomainConfig, zoneIds: Readonly<Record<string, string>>): ICertificate {
    const ids = Object.fromEntries(
      Object.entries(zoneIds).map(([zone, zoneId]) => [zone, acrossRegions(this, zoneId)]),
    );
    const viewers = certificate(this, new HostedZones(this, 'HostedZones', { domain, ids }));
    // With other hosts there is another certificate; the distributions, a stack later, still use the old one, which nobody could delete.
    (viewers.node.defaultChild as CfnResource).cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    return viewers;
  }
}
