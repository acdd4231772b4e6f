import { Stack, type StackProps } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { CfnMonitoringSubscription, type IDistribution } from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import type { EnvironmentConfig, Severity } from '../config/environment';
import { bySite, namesOf, type BySite } from '../config/sites';
import { edgeAlarms, firewallAlarms } from '../constructs/alarms/edge';
import { Notifications } from '../constructs/notifications';
import { FIREWALL_QUERIES, savedQueries } from '../constructs/saved-queries';
import { WatchedTiers } from '../constructs/watched-tiers';
import { WAF_LOGS } from '../constructs/web-acl';
import { weakly } from '../constructs/weakly';

export interface EdgeMonitoringStackProps extends StackProps {
  /** Beginning of the names of what it makes, and of the firewalls: `platform-prod`. */
  readonly identifier: string;
  readonly config: Pick<EnvironmentConfig, 'monitoring' | 'edge'>;
  readonly distributions: BySite<IDistribution>;
  /** What viewers see. @default - CloudFront's own */
  readonly certificate: ICertificate | undefined;
}

/** The same of the edge, in the region of its metrics: alarms notify in their own region only. */
export class EdgeMonitoringStack extends Stack {
  /** Names of its topics. */
  readonly topicNames: Readonly<Record<Severity, string>>;
  /** Names of the alarms that notify. */
  readonly notifyingNames: readonly string[];

  constructor(scope: Construct, id: string, stackProps: EdgeMonitoringStackProps) {
    const { identifier, config, distributions, certificate, ...props } = stackProps;
    super(scope, id, props);
    const { notify, runbookUrl } = config.monitoring;
    const sites = namesOf(distributions);
    const prefix = `${identifier}-edge`;
    const notifications = new Notifications(this, 'Notifications', {
      identifier: prefix,
      publishers: ['cloudwatch.amazonaws.com'],
    });
    this.topicNames = { critical: `${prefix}-critical`, warning: `${prefix}-warning` };

    for (const site of sites)
      new CfnMonitoringSubscription(this, `Metrics-${site}`, {
        distributionId: weakly(distributions[site]!.distributionId),
        // Errors by their code and the latency of the origin, for which CloudFront asks a little.
        monitoringSubscription: { realtimeMetricsSubscriptionConfig: { realtimeMetricsSubscriptionStatus: 'Enabled' } },
      });
    const { notifying } = new WatchedTiers(this, 'Tiers', {
      identifier,
      definitions: [
        ...edgeAlarms({
          distributions: bySite(sites, (site) => weakly(distributions[site]!.distributionId)),
          certificate: certificate && weakly(certificate.certificateArn),
        }),
        ...firewallAlarms(
          bySite(sites, (site) => `${identifier}-${site}`),
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
    for (const site of sites)
      savedQueries(this, `${identifier}/firewall-${site}`, [`${WAF_LOGS}${identifier}-${site}`], FIREWALL_QUERIES);
  }
}
