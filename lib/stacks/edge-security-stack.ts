import { CfnDeletionPolicy, CfnResource, Stack, type StackProps } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ResourcePolicy } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { DomainConfig, EdgeConfig, SiteName } from '../config/environment';
import { bySite, OPEN_SITES, SITES, type BySite } from '../config/sites';
import { certificate, HostedZones } from '../constructs/hosted-zones';
import { WAF_LOGS, WebAcl } from '../constructs/web-acl';

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

/** What protects the distributions: the certificate that viewers see, and a firewall for each site that is for everybody. In the region that AWS wants. */
export class EdgeSecurityStack extends Stack {
  /** Undefined without a domain. */
  readonly certificate: ICertificate | undefined;
  readonly webAclArns: BySite<string>;

  constructor(scope: Construct, id: string, stackProps: EdgeSecurityStackProps) {
    const { identifier, config, domain, zoneIds, retainLogs, ...props } = stackProps;
    super(scope, id, props);
    this.certificate = domain && this.viewerCertificate(domain, zoneIds);

    const logsAreWritten = this.letWafWrite(identifier);
    const webAcl = (site: SiteName) => {
      const { requestsPerMinute, closedPaths } = SITES[site];
      const acl = new WebAcl(this, `WebAcl-${site}`, {
        name: `${identifier}-${site}`,
        config,
        requestsPerMinute: requestsPerMinute && config[requestsPerMinute],
        closedPaths,
        retainLogs,
      });
      acl.node.addDependency(logsAreWritten);
      return acl.arn;
    };
    this.webAclArns = bySite(OPEN_SITES, webAcl);
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

  private viewerCertificate(domain: DomainConfig, zoneIds: Readonly<Record<string, string>>): ICertificate {
    const viewers = certificate(this, new HostedZones(this, 'HostedZones', { domain, ids: zoneIds }));
    // With other hosts there is another certificate; the distributions, a stack later, still use the old one, which nobody could delete.
    const { cfnOptions } = viewers.node.defaultChild as CfnResource;
    cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
    return viewers;
  }
}
