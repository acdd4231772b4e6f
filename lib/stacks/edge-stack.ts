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
import { publicDomain, siteHosts, siteUrls } from '../config/domain';
import type { SiteName } from '../config/environment';
import { ORIGIN_READ_TIMEOUT, SITE_HEADER } from '../config/origin';
import { bySite, entriesOf, namesOf, OPEN_SITES, SITES, takesIpv6, type BySite } from '../config/sites';
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

/** Without `domain`: CloudFront's own names. */
export interface EdgeStackProps extends EnvironmentStackProps<'name' | 'edge' | 'domain' | 'monitoring'> {
  readonly loadBalancer: Pick<LoadBalancerStack, 'loadBalancer'>;
  /** The policy of the bucket of assets lets the distributions of the account read. */
  readonly storage: Pick<StorageStack, 'assets'>;
  readonly security: Pick<EdgeSecurityStack, 'certificate' | 'webAclArns'>;
  readonly grafanaFirewall: Pick<SiteFirewallStack, 'webAclArn'>;
  readonly zones: Pick<ZonesStack, 'ids'> | undefined;
}

/** The way in: a distribution for each site, from the world to the load balancer, and the names that lead to it. */
export class EdgeStack extends Stack {
  /** Where users find each site. */
  readonly urls: BySite<string>;
  readonly distributions: BySite<IDistribution>;

  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    super(scope, id, props);
    const { config, security, grafanaFirewall, zones } = props;
    const identifier = identifierOf(config);
    const domain = publicDomain(config);
    const { webAclArn: grafana } = grafanaFirewall;
    const webAclArns: BySite<string> = { ...security.webAclArns, ...(grafana !== undefined && { grafana }) };

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
    const hosts = domain && siteHosts(domain.hosts);
    // Without a domain the API cannot name the pages of the web application, nor this its API before both have a distribution.
    const pages = hosts ? hosts.app.map((host) => `https://${host}`) : ['https://*.cloudfront.net'];
    const apiUrl = Lazy.string({ produce: () => this.urls.api });
    const headers = {
      application: () => appHeaders(this, 'AppHeaders', apiUrl),
      api: () => apiHeaders(this, 'ApiHeaders', pages),
      tool: () => toolHeaders(this, 'ToolHeaders'),
    };
    const sites = namesOf(webAclArns);
    this.distributions = bySite(sites, (site) => {
      const { distribution } = new SiteDistribution(this, site, {
        site,
        comment: `${identifier}: ${site}`,
        names: hosts && certificate && { hosts: hosts[site]!, certificate },
        webAclArn: acrossRegions(this, webAclArns[site]!),
        origins: {
          assets: assetsOrigin,
          loadBalancer: Origin.withVpcOrigin(origin, {
            originId: 'load-balancer',
            readTimeout: Duration.seconds(ORIGIN_READ_TIMEOUT),
            ...(!domain && { customHeaders: { [SITE_HEADER]: site } }),
          }),
        },
        headers: headers[SITES[site].headers](),
      });
      if (Object.values(SITES[site].behaviors).includes('assets'))
        acknowledge(distribution, "The bucket's own stack lets the distributions of the account read", [
          'Annotation::@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac',
        ]);
      return distribution;
    });

    const name = (site: SiteName) => this.distributions[site]!.distributionDomainName;
    // Workloads without a domain import these. With one they no longer do, and an export goes only after those who import it.
    for (const site of OPEN_SITES) this.exportValue(name(site));
    // Weakly what may go while somebody has it.
    this.urls = domain
      ? siteUrls(domain)
      : bySite(sites, (site) => `https://${OPEN_SITES.includes(site) ? name(site) : weakReference(name(site))}`);

    for (const [site, url] of entriesOf(this.urls))
      new CfnOutput(this, `Url-${site}`, { description: `Where users find the ${site}`, value: url });

    if (domain) this.records(new HostedZones(this, 'HostedZones', { domain, created: zones }), siteHosts(domain.hosts));
  }

  /** Weakly even in one region: with other hosts there is another one, and CloudFormation changes nothing that is imported. */
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
  private records(zones: HostedZones, hosts: BySite<readonly string[]>) {
    for (const [site, names] of entriesOf(hosts))
      for (const recordName of names) {
        const zone = zones.of[recordName]!;
        const target = RecordTarget.fromAlias(new CloudFrontTarget(this.distributions[site]!));
        new ARecord(this, `A-${recordName}`, { zone, recordName, target });
        if (takesIpv6(site)) new AaaaRecord(this, `AAAA-${recordName}`, { zone, recordName, target });
      }
  }
}
