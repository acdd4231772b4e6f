import { CfnDeletionPolicy, CfnResource, Stack } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ResourcePolicy } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { identifierOf } from '../config/derive/names';
import { publicSites, type PublicSite } from '../config/derive/public-sites';
import type { DomainConfig } from '../config/environment';
import { HostedZones, hostCertificate } from '../constructs/hosted-zones';
import { WAF_LOGS, WebAcl } from '../constructs/web-acl';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { ZonesStack } from './zones-stack';

/** A public site, and the web ACL that protects it. */
export interface SiteFirewall {
  readonly site: PublicSite;
  readonly webAclArn: string;
}

/** Without `domain`: CloudFront's own names, for which it has a certificate. */
export interface EdgeSecurityStackProps extends EnvironmentStackProps<
  'name' | 'edge' | 'domain' | 'monitoring' | 'retainLogs'
> {
  readonly zones: Pick<ZonesStack, 'ids'> | undefined;
}

/** The certificate that viewers see, and a firewall for each public site. In us-east-1, because CloudFront reads both there. */
export class EdgeSecurityStack extends Stack {
  /** Undefined without a domain. */
  readonly certificate: ICertificate | undefined;
  readonly firewalls: readonly SiteFirewall[];

  constructor(scope: Construct, id: string, props: EdgeSecurityStackProps) {
    super(scope, id, props);
    const { edge, retainLogs } = props.config;
    const identifier = identifierOf(props.config);
    const { domain } = props.config;
    const sites = publicSites(props.config);
    this.certificate =
      domain &&
      this.viewerCertificate(
        domain,
        sites.flatMap(({ hosts }) => hosts),
        props.zones,
      );

    const logsAreWritten = this.letWafWrite(identifier);
    const open = sites.filter(({ allowedCidrs }) => allowedCidrs === undefined);
    this.firewalls = open.map((site) => {
      const { name, requestsPerMinute, closedPaths } = site;
      const acl = new WebAcl(this, `WebAcl-${name}`, {
        name: `${identifier}-${name}`,
        config: edge,
        requestsPerMinute,
        closedPaths,
        retainLogs,
      });
      acl.node.addDependency(logsAreWritten);
      return { site, webAclArn: acl.arn };
    });
  }

  /** One policy for all groups, for an account has ten of them in a region. AWS would add one of its own in its absence. */
  private letWafWrite(identifier: string): ResourcePolicy {
    const { account, region } = this;
    return new ResourcePolicy(this, 'WafLogs', {
      resourcePolicyName: `${WAF_LOGS}${identifier}`,
      policyStatements: [
        new PolicyStatement({
          principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [`arn:aws:logs:${region}:${account}:log-group:${WAF_LOGS}${identifier}-*:log-stream:*`],
          conditions: {
            StringEquals: { 'aws:SourceAccount': account },
            ArnLike: { 'aws:SourceArn': `arn:aws:logs:${region}:${account}:*` },
          },
        }),
      ],
    });
  }

  private viewerCertificate(
    { zones }: DomainConfig,
    hosts: readonly string[],
    created: EdgeSecurityStackProps['zones'],
  ): ICertificate {
    const viewers = hostCertificate(
      this,
      'Certificate',
      new HostedZones(this, 'HostedZones', { zones, hosts, created }),
    );
    // With other hosts there is another certificate; the distributions, a stack later, still use the old one, which nobody could delete.
    const { cfnOptions } = viewers.node.defaultChild as CfnResource;
    cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
    return viewers;
  }
}
