import { Stack } from 'aws-cdk-lib';
import { CfnIPSet } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { identifierOf } from '../config/derive/names';
import { publicSites } from '../config/derive/public-sites';
import type { SiteName } from '../config/environment';
import { WebAcl } from '../constructs/web-acl';
import { weakReference } from '../constructs/weak-reference';
import type { SiteFirewall } from './edge-security-stack';
import type { EnvironmentStackProps } from './environment-stack-props';

export interface SiteFirewallStackProps extends EnvironmentStackProps<'name' | 'domain' | 'edge' | 'monitoring'> {
  readonly site: SiteName;
}

/**
 * The allow-list of a site that is not for everybody, and a firewall if the list has an entry. A stack of its own, because it is
 * deployed before the distribution while there is one, and after that is gone: AWS deletes no firewall that is in use (docs/adr/0014).
 */
export class SiteFirewallStack extends Stack {
  /** The edge reads it by a weak reference, because it may go. Empty without the site. */
  readonly firewalls: readonly SiteFirewall[];

  constructor(scope: Construct, id: string, props: SiteFirewallStackProps) {
    super(scope, id, props);
    const { config } = props;
    const sites = publicSites(config).filter(({ name }) => name === props.site);
    const name = `${identifierOf(config)}-${props.site}`;
    const allowed = new CfnIPSet(this, 'Allowed', {
      name,
      description: `Networks that may reach ${name}`,
      scope: 'CLOUDFRONT',
      ipAddressVersion: 'IPV4',
      addresses: sites.flatMap(({ allowedCidrs = [] }) => allowedCidrs),
    });
    this.firewalls = sites.map((site) => {
      const { arn } = new WebAcl(this, 'WebAcl', {
        name,
        config: config.edge,
        closedPaths: site.closedPaths,
        allowedSetArn: allowed.attrArn,
        retainLogs: false, // a log that was kept would be in the way when the site comes back
      });
      return { site, webAclArn: weakReference(arn) };
    });
  }
}
