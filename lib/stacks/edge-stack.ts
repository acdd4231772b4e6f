import { CfnOutput, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Certificate, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  OriginProtocolPolicy,
  OriginSslPolicy,
  S3OriginAccessControl,
  VpcOrigin,
  VpcOriginEndpoint,
  type IDistribution,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin, VpcOrigin as Origin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { AaaaRecord, ARecord, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { identifierOf } from '../config/derive/names';
import type { PublicSite } from '../config/derive/public-sites';
import { takesIpv6 } from '../model/sites';
import type { SiteName } from '../config/environment';
import { ORIGIN_READ_TIMEOUT, SITE_HEADER } from '../model/origin';
import { acknowledge } from '../constructs/acknowledge';
import { acrossRegions } from '../constructs/across-regions';
import { ErrorPage } from '../constructs/error-page';
import { apiHeaders, appHeaders, toolHeaders } from '../constructs/headers-policy';
import { HostedZones } from '../constructs/hosted-zones';
import { SiteDistribution } from '../constructs/site-distribution';
import { weakReference } from '../constructs/weak-reference';
import type { EdgeSecurityStack } from './edge-security-stack';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { LoadBalancerStack } from './load-balancer-stack';
import type { SiteFirewallStack } from './site-firewall-stack';
import type { StorageStack } from './storage-stack';
import type { ZonesStack } from './zones-stack';

/** A public site, its distribution, and where users find it. */
export interface PublishedSite {
  readonly site: PublicSite;
  readonly distribution: IDistribution;
  readonly url: string;
}

/** Without `domain`: CloudFront's own names. */
export interface EdgeStackProps extends EnvironmentStackProps<'name' | 'edge' | 'domain'> {
  readonly loadBalancer: Pick<LoadBalancerStack, 'loadBalancer'>;
  /** The policy of the bucket of assets lets the distributions of the account read. */
  readonly storage: Pick<StorageStack, 'assets'>;
  readonly security: Pick<EdgeSecurityStack, 'certificate' | 'firewalls'>;
  readonly grafanaFirewall: Pick<SiteFirewallStack, 'firewalls'>;
  readonly zones: Pick<ZonesStack, 'ids'> | undefined;
}

/** The way in: a distribution for each site, from the world to the load balancer, and the names that lead to it. */
export class EdgeStack extends Stack {
  readonly sites: readonly PublishedSite[];

  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    super(scope, id, props);
    const { config, security, grafanaFirewall, zones } = props;
    const identifier = identifierOf(config);
    const { domain } = config;
    const firewalls = [...security.firewalls, ...grafanaFirewall.firewalls];

    // By name: the library would put the distribution into the bucket's policy, and each stack would wait for the other.
    const bucket = Bucket.fromBucketName(this, 'Assets', props.storage.assets.bucketName);
    const assetsOrigin = S3BucketOrigin.withOriginAccessControl(bucket, {
      originId: 'assets',
      originAccessControl: new S3OriginAccessControl(this, 'AssetsAccess'),
      originAccessLevels: [],
    });
    new ErrorPage(this, 'ErrorPage', { bucket, logRetentionDays: config.edge.logRetentionDays });

    const origin = this.vpcOrigin(props);
    const certificate = security.certificate && this.viewerCertificate(security.certificate);
    // Without a domain the API cannot name the pages of the web application, nor this its API before both have a distribution.
    const pages = domain
      ? firewalls.flatMap(({ site: { name, hosts } }) => (name === 'app' ? hosts.map((host) => `https://${host}`) : []))
      : ['https://*.cloudfront.net'];
    const apiUrl = Lazy.string({ produce: () => this.urlOf('api') });
    const headers = {
      application: () => appHeaders(this, 'AppHeaders', apiUrl),
      api: () => apiHeaders(this, 'ApiHeaders', pages),
      tool: () => toolHeaders(this, 'ToolHeaders'),
    };
    const published = firewalls.map(({ site, webAclArn }) => {
      const { distribution } = new SiteDistribution(this, site.name, {
        site,
        comment: `${identifier}: ${site.name}`,
        certificate,
        webAclArn: acrossRegions(this, webAclArn),
        origins: {
          assets: assetsOrigin,
          loadBalancer: Origin.withVpcOrigin(origin, {
            originId: 'load-balancer',
            readTimeout: Duration.seconds(ORIGIN_READ_TIMEOUT),
            ...(!domain && { customHeaders: { [SITE_HEADER]: site.name } }),
          }),
        },
        headers: headers[site.headers](),
      });
      if (Object.values(site.behaviors).includes('assets'))
        acknowledge(distribution, "The bucket's own stack lets the distributions of the account read", [
          'Annotation::@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac',
        ]);
      return { site, distribution };
    });

    // Workloads without a domain import these. With one they no longer do, and an export goes only after those who import it.
    for (const { site, distribution } of published)
      if (site.allowedCidrs === undefined) this.exportValue(distribution.distributionDomainName);
    this.sites = published.map(({ site, distribution }) => {
      const { distributionDomainName: own } = distribution;
      // A weak reference to what may go while somebody has it.
      const host = site.hosts[0] ?? (site.allowedCidrs === undefined ? own : weakReference(own));
      return { site, distribution, url: `https://${host}` };
    });

    for (const { site, url } of this.sites)
      new CfnOutput(this, `Url-${site.name}`, { description: `Address of the site ${site.name}`, value: url });

    if (domain)
      this.records(
        new HostedZones(this, 'HostedZones', {
          zones: domain.zones,
          hosts: this.sites.flatMap(({ site }) => site.hosts),
          created: zones,
        }),
      );
  }

  /** Where users find a site that every environment has. Throws for another one. */
  urlOf(name: SiteName): string {
    const found = this.sites.find(({ site }) => site.name === name);
    if (!found) throw new Error(`The environment has no site "${name}": only a site for everybody always exists`);
    return found.url;
  }

  /** By a weak reference even in one region: other hosts need another certificate, and CloudFormation replaces no value that a stack imports. */
  private viewerCertificate({ certificateArn }: ICertificate): ICertificate {
    const arn = weakReference(certificateArn);
    return Certificate.fromCertificateArn(this, 'Certificate', arn);
  }

  /** With another protocol or number it is another one, for CloudFront changes none that a distribution uses, not even its tags. */
  private vpcOrigin({ config, loadBalancer: { loadBalancer } }: EdgeStackProps) {
    const { domain } = config;
    const which = `${domain ? 'https' : 'http'}-${config.edge.vpcOrigin ?? 1}`;
    return new VpcOrigin(this, `VpcOrigin-${which}`, {
      vpcOriginName: `${identifierOf(config)}-${which}`,
      endpoint: VpcOriginEndpoint.applicationLoadBalancer(loadBalancer),
      protocolPolicy: domain ? OriginProtocolPolicy.HTTPS_ONLY : OriginProtocolPolicy.HTTP_ONLY,
      httpPort: 80,
      httpsPort: 443,
      originSslProtocols: [OriginSslPolicy.TLS_V1_2],
    });
  }

  /** Addresses for every host, of both kinds where its site takes them. */
  private records(zones: HostedZones) {
    for (const { site, distribution } of this.sites)
      for (const recordName of site.hosts) {
        const zone = zones.of[recordName]!;
        const target = RecordTarget.fromAlias(new CloudFrontTarget(distribution));
        new ARecord(this, `A-${recordName}`, { zone, recordName, target });
        if (takesIpv6(site)) new AaaaRecord(this, `AAAA-${recordName}`, { zone, recordName, target });
      }
  }
}
