import { Stack } from 'aws-cdk-lib';
import { CfnMonitoringSubscription } from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import { identifierOf } from '../config/derive/names';
import type { Severity } from '../config/environment';
import { tiersOf } from '../constructs/alarms/definition';
import { edgeAlarms, firewallAlarms } from '../constructs/alarms/edge';
import { Notifications } from '../constructs/notifications';
import { FIREWALL_QUERIES, savedQueries } from '../constructs/saved-queries';
import { WatchedTiers } from '../constructs/alarms/watched-tiers';
import { WAF_LOGS } from '../constructs/web-acl';
import { weakReference } from '../constructs/weak-reference';
import type { EdgeSecurityStack } from './edge-security-stack';
import type { EdgeStack } from './edge-stack';
import type { EnvironmentStackProps } from './environment-stack-props';

export interface EdgeMonitoringStackProps extends EnvironmentStackProps<'name' | 'monitoring' | 'edge' | 'recovery'> {
  readonly edge: Pick<EdgeStack, 'sites'>;
  readonly security: Pick<EdgeSecurityStack, 'certificate'>;
}

/**
 * Alarms and dashboards of the edge. In us-east-1, because CloudFront and WAF publish their metrics there and an alarm can only
 * notify topics of its own region.
 */
export class EdgeMonitoringStack extends Stack {
  /** Names of its topics. */
  readonly topicNames: Readonly<Record<Severity, string>>;
  /** Names of the alarms that notify. */
  readonly notifyingNames: readonly string[];

  constructor(scope: Construct, id: string, props: EdgeMonitoringStackProps) {
    super(scope, id, props);
    const { config } = props;
    const { sites } = props.edge;
    const { certificate } = props.security;
    const identifier = identifierOf(config);
    const { notify, runbookUrl } = config.monitoring;
    const prefix = `${identifier}-edge`;
    const notifications = new Notifications(this, 'Notifications', {
      identifier: prefix,
      publishers: ['cloudwatch.amazonaws.com'],
    });
    this.topicNames = { critical: `${prefix}-critical`, warning: `${prefix}-warning` };

    for (const { site, distribution } of sites)
      new CfnMonitoringSubscription(this, `Metrics-${site.name}`, {
        distributionId: weakReference(distribution.distributionId),
        // Errors by their code and the latency of the origin, for which CloudFront asks a little.
        monitoringSubscription: { realtimeMetricsSubscriptionConfig: { realtimeMetricsSubscriptionStatus: 'Enabled' } },
      });
    const { notifying } = new WatchedTiers(this, 'Tiers', {
      identifier,
      tiers: tiersOf(config),
      definitions: [
        ...edgeAlarms({
          distributions: sites.map(({ site, distribution }) => ({
            site,
            id: weakReference(distribution.distributionId),
          })),
          certificate: certificate && weakReference(certificate.certificateArn),
        }),
        ...firewallAlarms(
          sites.map(({ site }) => ({ site, name: `${identifier}-${site.name}` })),
          config.edge.firewall,
        ),
      ],
      topics: {
        critical: notifications.topic('critical', notify.critical.emails),
        warning: notifications.topic('warning', notify.warning.emails),
      },
      runbookUrl,
    });
    this.notifyingNames = notifying.map(({ name }) => name);
    for (const {
      site: { name: site },
    } of sites)
      savedQueries(
        this,
        `Query-firewall-${site}`,
        `${identifier}/firewall-${site}`,
        [`${WAF_LOGS}${identifier}-${site}`],
        FIREWALL_QUERIES,
      );
  }
}
