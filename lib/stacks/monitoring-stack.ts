import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Alarm, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { liveColor } from '../config/derive/deployments';
import { identifierOf } from '../config/derive/names';
import { windows } from '../config/derive/windows';
import { EDGE_REGION } from '../model/edge-region';
import { SEVERITIES, type ServiceName, type Severity } from '../config/environment';
import { DATABASES } from '../model/services';
import { clusterAlarms } from '../constructs/alarms/cluster';
import { metrics, heartbeatMissingAlarmName, tiersOf, type AlarmDefinition } from '../constructs/alarms/definition';
import { copiesAlarms } from '../constructs/alarms/copies';
import { functionAlarms } from '../constructs/alarms/functions';
import { loadBalancerAlarms } from '../constructs/alarms/load-balancer';
import { mysqlAlarms } from '../constructs/alarms/mysql';
import { networkAlarms } from '../constructs/alarms/network';
import { redisAlarms } from '../constructs/alarms/redis';
import { backupEvents } from '../constructs/backup-events';
import { monthlyBudget } from '../constructs/budget';
import { measureCopies } from '../constructs/copy-age';
import { databaseEvents } from '../constructs/database-events';
import { DriftCheck } from '../constructs/drift-check';
import { overviewDashboard } from '../constructs/dashboards';
import { Notifications } from '../constructs/notifications';
import { AUDIT_QUERIES, FLOW_QUERIES, savedQueries } from '../constructs/saved-queries';
import { channelsOf, Slack } from '../constructs/slack';
import { WatchedTiers } from '../constructs/alarms/watched-tiers';
import { weakReference } from '../constructs/weak-reference';
import type { ClusterStack } from './cluster-stack';
import type { EdgeMonitoringStack } from './edge-monitoring-stack';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { LoadBalancerStack } from './load-balancer-stack';
import type { NetworkStack } from './network-stack';
import type { RecoveryStack } from './recovery-stack';
import type { StorageStack } from './storage-stack';

export interface MonitoringStackProps extends EnvironmentStackProps<
  'name' | 'monitoring' | 'mysql' | 'quietHour' | 'redis' | 'recovery' | 'releases' | 'tags'
> {
  readonly network: Pick<NetworkStack, 'natGatewayIds' | 'flowLogs'>;
  readonly loadBalancer: Pick<LoadBalancerStack, 'loadBalancer' | 'targets' | 'certificate'>;
  readonly cluster: Pick<ClusterStack, 'manifestsFunction'>;
  /** The copies. @default - nothing is copied */
  readonly copies: Pick<RecoveryStack, 'region' | 'replicas'> | undefined;
  readonly storage: Pick<StorageStack, 'uploadsName'>;
  /** The edge notifies in the same channels, and is on the same overview. */
  readonly edge: Pick<EdgeMonitoringStack, 'topicNames' | 'notifyingNames'>;
}

/** Services that publish to the topics of the home region. */
const PUBLISHERS = ['cloudwatch.amazonaws.com', 'events.amazonaws.com', 'budgets.amazonaws.com'];

/** Name of the function that looks for drift. */
const driftCheckName = (identifier: string): string => `${identifier}-drift-check`;

/** Notifications, alarms and dashboards of the home region. Its references hold nothing of the stacks that it watches. */
export class MonitoringStack extends Stack {
  /** Where findings of each severity go. */
  readonly topics: Readonly<Record<Severity, ITopic>>;
  /** Encrypts the topics: a role that publishes needs `kms:GenerateDataKey*` and `kms:Decrypt` with it. */
  readonly topicKey: IKey;

  constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    super(scope, id, props);
    const { config, edge } = props;
    const identifier = identifierOf(config);
    const { notify, runbookUrl, monthlyBudgetUsd } = config.monitoring;
    const notifications = new Notifications(this, 'Notifications', { identifier, publishers: PUBLISHERS });
    this.topics = {
      critical: notifications.topic('critical', notify.critical.emails),
      warning: notifications.topic('warning', notify.warning.emails),
    };
    this.topicKey = notifications.key;

    if (config.monitoring.driftCheck)
      new DriftCheck(this, 'DriftCheck', {
        identifier,
        functionName: driftCheckName(identifier),
        schedule: windows(config.quietHour).driftCheck,
        stacks: () => scope.node.children.filter((child) => Stack.isStack(child)),
        logRetentionDays: config.monitoring.containerLogRetentionDays,
      });

    const tiers = tiersOf(config);
    const definitions = alarms(props);
    const { notifying } = new WatchedTiers(this, 'Tiers', {
      identifier,
      tiers,
      definitions,
      topics: this.topics,
      runbookUrl,
    });
    overviewDashboard(this, 'Overview', {
      identifier,
      tiers,
      region: this.region,
      alarms: [
        ...notifying.map(({ alarm }) => alarm),
        ...this.alarmsElsewhere(edge.notifyingNames),
        Alarm.fromAlarmName(this, 'Silence', heartbeatMissingAlarmName(identifier)),
      ],
      traffic: [
        metrics('AWS/ApplicationELB', {
          LoadBalancer: weakReference(props.loadBalancer.loadBalancer.loadBalancerFullName),
        })('RequestCount', 'Sum', 1),
      ],
      definitions,
    });

    for (const severity of SEVERITIES)
      databaseEvents(this, `DatabaseEvents-${severity}`, {
        identifier,
        severity,
        topic: this.topics[severity],
        slack: notify[severity].slack !== undefined,
        runbookUrl,
      });
    if (props.copies)
      measureCopies(this, 'CopyAge', {
        identifier,
        recoveryRegion: props.copies.region,
        uploads: weakReference(props.storage.uploadsName),
        replicas: props.copies.replicas,
        logRetentionDays: config.monitoring.containerLogRetentionDays,
      });
    if (config.recovery)
      backupEvents(this, 'BackupEvents', {
        topic: this.topics.warning,
        slack: notify.warning.slack !== undefined,
        runbookUrl,
      });
    monthlyBudget(this, 'Budget', {
      monthlyUsd: monthlyBudgetUsd,
      environment: config.tags.environment,
      topic: this.topics.warning,
    }).node.addDependency(notifications);
    const channels = channelsOf(notify).map(({ severities, ...channel }) => ({
      ...channel,
      topicArns: severities.flatMap((severity) => [
        this.topics[severity].topicArn,
        this.topicElsewhere(edge.topicNames[severity]),
      ]),
    }));
    if (channels.length > 0) new Slack(this, 'Slack', { identifier, channels });

    savedQueries(this, 'Query-audit', `${identifier}/audit`, [`/aws/eks/${identifier}/cluster`], AUDIT_QUERIES);
    savedQueries(this, 'Query-network', `${identifier}/network`, [weakReference(props.network.flowLogs)], FLOW_QUERIES);
  }

  private topicElsewhere(resource: string): string {
    return this.formatArn({ service: 'sns', region: EDGE_REGION, resource });
  }

  private alarmsElsewhere(names: readonly string[]): readonly IAlarm[] {
    return names.map((resourceName) => {
      const alarm = { service: 'cloudwatch', region: EDGE_REGION, resource: 'alarm', resourceName };
      const arn = this.formatArn({ ...alarm, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
      return Alarm.fromAlarmArn(this, resourceName, arn);
    });
  }
}

/** A watched resource: by its name where the configuration gives it, otherwise by a weak reference. */
const alarms = (props: MonitoringStackProps) => {
  const { config, network, loadBalancer: balancing, cluster, copies, storage } = props;
  const identifier = identifierOf(config);
  const { loadBalancer, targets, certificate } = balancing;
  const definitions: readonly AlarmDefinition[] = [
    ...loadBalancerAlarms({
      loadBalancer: weakReference(loadBalancer.loadBalancerFullName),
      targetGroups: targets.map(({ site, color, targetGroup }) => ({
        site,
        color,
        live: color === undefined || color === liveColor(config.releases, site.target.name as ServiceName),
        fullName: weakReference(targetGroup.targetGroupFullName),
      })),
      certificate: certificate && weakReference(certificate.certificateArn),
    }),
    ...mysqlAlarms({ identifier, config: config.mysql }),
    ...redisAlarms({ identifier, config: config.redis }),
    ...clusterAlarms(identifier),
    ...networkAlarms(network.natGatewayIds.map(weakReference)),
    ...functionAlarms({
      manifests: weakReference(cluster.manifestsFunction),
      rotations: Object.fromEntries(['master', ...DATABASES].map((name) => [name, `${identifier}-rotate-${name}`])),
      ...(config.monitoring.driftCheck && { driftCheck: driftCheckName(identifier) }),
    }),
    ...(config.recovery && copies
      ? copiesAlarms({
          identifier,
          config: config.recovery,
          uploads: { source: weakReference(storage.uploadsName), replica: copies.replicas.uploads },
        })
      : []),
  ];
  return definitions;
};
