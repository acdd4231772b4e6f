import { Stack } from 'aws-cdk-lib';
import { CfnIPSet } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { identifierOf } from '../config/derive/names';
import type { SiteName } from '../config/environment';
import { SITES } from '../config/sites';
import { WebAcl } from '../constructs/web-acl';
import { weakReference } from '../constructs/weak-reference';
import type { EnvironmentStackProps } from './environment-stack-props';

export interface SiteFirewallStackProps extends EnvironmentStackProps<'name' | 'edge' | 'monitoring'> {
  readonly site: SiteName;
}

/**
 * Who may reach a site that is not for everybody: the list, and a firewall where somebody is on it. A stack of its own, for it is
 * deployed before the distribution while there is one, and after that is gone: AWS deletes no firewall that is in use (docs/adr/0014).
 */
export class SiteFirewallStack extends Stack {
  /** Read weakly, for it may go. Undefined without a site. */
  readonly webAclArn: string | undefined;

  constructor(scope: Construct, id: string, props: SiteFirewallStackProps) {
    super(scope, id, props);
    const { config, site } = props;
    const allowedCidrs = SITES[site].allowedCidrs?.(config) ?? [];
    const name = `${identifierOf(config)}-${site}`;
    const allowed = new CfnIPSet(this, 'Allowed', {
      name,
      description: `Who may reach ${name}`,
      scope: 'CLOUDFRONT',
      ipAddressVersion: 'IPV4',
      addresses: [...allowedCidrs],
    });
    if (allowedCidrs.length > 0)
      this.webAclArn = weakReference(
        new WebAcl(this, 'WebAcl', {
          name,
          config: config.edge,
          closedPaths: SITES[site].closedPaths,
          allowedSetArn: allowed.attrArn,
          retainLogs: false, // a log that was kept would be in the way when the site comes back
        }).arn,
      );
  }
}
