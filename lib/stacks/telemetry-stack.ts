import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic, type ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct, IDependable } from 'constructs';
import { identifierOf } from '../config/derive/names';
import { PLATFORM_NAMESPACE_NAMES, SEVERITIES } from '../config/environment';
import { imageReference, upstreamImages } from '../model/images';
import { MONITOR } from '../model/monitoring';
import { CORE_NAMESPACE } from '../model/namespaces';
import { heartbeatMissingAlarmName } from '../constructs/alarms/definition';
import { applyManifests } from '../constructs/apply-manifests';
import { checksum } from '../constructs/checksum';
import { importCluster } from '../constructs/import-cluster';
import { PodIdentity } from '../constructs/pod-identity';
import { waitForJob } from '../constructs/wait-for-job';
import { notify } from '../constructs/alarms/tier-alarms';
import { alertmanager } from '../kubernetes/alertmanager/objects';
import { certificateAuthorities } from '../kubernetes/certificate-authorities';
import { databaseSetup, databaseSetupName } from '../kubernetes/database-setup';
import type { Manifest } from '../kubernetes/manifest';
import { monitoringWorkloads } from '../kubernetes/network-paths';
import { networkPolicy, type Addresses } from '../kubernetes/network-policies';
import { JOB_DEADLINE } from '../kubernetes/one-off-job';
import { ALERTMANAGER, MONITORING, MYSQL_EXPORTER, REDIS_EXPORTER } from '../kubernetes/prometheus/services';
import { mysqlExporter, redisExporter } from '../kubernetes/prometheus/exporters';
import { prometheus } from '../kubernetes/prometheus/objects';
import { NAMESPACES_OF_OTHERS } from '../kubernetes/prometheus/rbac';
import type { ClusterStack } from './cluster-stack';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { MonitoringStack } from './monitoring-stack';
import type { MysqlStack } from './mysql-stack';
import type { RedisStack } from './redis-stack';

export interface TelemetryStackProps extends EnvironmentStackProps<'name' | 'monitoring' | 'cluster' | 'mysql'> {
  readonly cluster: Pick<ClusterStack, 'cluster'>;
  readonly database: Pick<MysqlStack, 'mysql'>;
  readonly cache: Pick<RedisStack, 'redis'>;
  /** Alerts of each severity go to its topics. */
  readonly monitoring: Pick<MonitoringStack, 'topics' | 'topicKey'>;
  readonly addresses: Addresses;
}

/** Kinds of objects that make pods. */
const runs = (objects: readonly Manifest[]) =>
  objects.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');

/** The monitoring in the cluster: Prometheus, Alertmanager, exporters. It holds metrics of some days, and what people silenced. */
export class TelemetryStack extends Stack {
  constructor(scope: Construct, id: string, props: TelemetryStackProps) {
    super(scope, id, props);
    const { config, addresses } = props;
    const { mysql } = props.database;
    const { redis } = props.cache;
    const { topics, topicKey } = props.monitoring;
    const cluster = importCluster(this, props.cluster);
    const heartbeat = this.heartbeat(identifierOf(config), config.monitoring.runbookUrl, topics.critical, topicKey);
    const images = upstreamImages(config.cluster.kubernetesVersion);
    const image = (name: keyof typeof images) => imageReference(this, name, images[name]);
    const sum = (value: object) => checksum(this, value);
    const servers = (instances: readonly IDatabaseInstance[]) =>
      instances.map(({ instanceEndpoint }) => `${instanceEndpoint.hostname}:${mysql.port}`);
    const { region } = this;

    const monitor = databaseSetup({
      database: MONITOR,
      monitors: true,
      image: image('mysql'),
      region,
      administratorArn: mysql.masterSecret.secretArn,
      userArn: mysql.monitorSecret.secretArn,
      run: config.mysql.setupRun,
    });
    const exporters = {
      [MYSQL_EXPORTER.host]: {
        secret: mysql.monitorSecret,
        objects: mysqlExporter({
          image: image('mysqld-exporter'),
          region,
          secretArn: mysql.monitorSecret.secretArn,
        }),
      },
      [REDIS_EXPORTER.host]: {
        secret: redis.monitorSecret,
        objects: redisExporter({
          image: image('redis-exporter'),
          region,
          secretArn: redis.monitorSecret.secretArn,
        }),
      },
    };
    const alerting = alertmanager(
      {
        image: image('alertmanager'),
        region,
        heartbeatTopicArn: heartbeat.topic.topicArn,
        topics: {
          critical: { arn: topics.critical.topicArn, slack: config.monitoring.notify.critical.slack !== undefined },
          warning: { arn: topics.warning.topicArn, slack: config.monitoring.notify.warning.slack !== undefined },
        },
      },
      sum,
    );
    const applied = applyManifests<Manifest>(
      cluster,
      [
        ...monitoringWorkloads().map((workload) => networkPolicy(workload, addresses)),
        certificateAuthorities(MONITORING, region),
        ...monitor.mounted,
        monitor.job,
        ...Object.values(exporters).flatMap(({ objects }) => objects),
        ...alerting,
        ...prometheus(
          {
            environment: config.name,
            config: config.monitoring.prometheus,
            runbookUrl: config.monitoring.runbookUrl,
            image: image('prometheus'),
            mysqlServers: { primary: servers([mysql.primary]), replica: servers(mysql.replicas) },
            redisNodes: redis.nodeHosts.map((host) => `rediss://${host}:${redis.port}`),
          },
          sum,
        ),
      ],
      [...PLATFORM_NAMESPACE_NAMES, ...NAMESPACES_OF_OTHERS],
    );
    const after = (object: Manifest, ...needed: IDependable[]) => applied.get(object)!.node.addDependency(...needed);

    after(
      monitor.job,
      this.grantSecrets(cluster, { name: databaseSetupName(MONITOR), namespace: CORE_NAMESPACE }, [
        mysql.masterSecret,
        mysql.monitorSecret,
      ]),
    );
    const ready = waitForJob(this, 'Monitor', {
      cluster,
      job: monitor.job,
      applied: applied.get(monitor.job)!,
      deadline: JOB_DEADLINE,
    });
    for (const [name, { secret, objects }] of Object.entries(exporters)) {
      const identity = this.grantSecrets(cluster, { name, namespace: MONITORING }, [secret]);
      for (const object of runs(objects)) after(object, identity, ...(name === MYSQL_EXPORTER.host ? [ready] : []));
    }
    const publisher = this.publisher(
      cluster,
      [...SEVERITIES.map((severity) => topics[severity]), heartbeat.topic],
      topicKey,
    );
    for (const object of runs(alerting)) {
      after(object, publisher);
      heartbeat.alarm.node.addDependency(applied.get(object)!); // silence before that would be nobody's fault
    }
  }

  /** A topic that hears every few minutes that alerts get through, and an alarm for when it does not: nothing in the cluster could tell. */
  private heartbeat(identifier: string, runbookUrl: string, critical: ITopic, key: IKey) {
    const topic = new Topic(this, 'Heartbeat', {
      topicName: `${identifier}-heartbeat`,
      enforceSSL: true,
      masterKey: key, // that of the alerts: what keeps them from being encrypted keeps this away too
    });
    const period = Duration.minutes(5);
    const alarm = new Alarm(this, 'Silent', {
      alarmName: heartbeatMissingAlarmName(identifier),
      alarmDescription: `The heartbeat of Prometheus has been missing for 20 minutes. Until it is back, no alert of Prometheus reaches anybody. ${runbookUrl}#telemetry-silent`,
      metric: topic.metricNumberOfMessagesPublished({ period, statistic: 'Sum' }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 4,
      treatMissingData: TreatMissingData.BREACHING,
    });
    notify(alarm, critical);
    return { topic, alarm };
  }

  /** Lets Alertmanager publish. Only this side says so, as for secrets: the topics are of another stack. */
  private publisher(cluster: ICluster, topics: readonly ITopic[], key: IKey): PodIdentity {
    const identity = new PodIdentity(this, 'Publisher', {
      cluster,
      namespace: MONITORING,
      serviceAccount: ALERTMANAGER.host,
    });
    identity.role.addToPolicy(
      new PolicyStatement({ actions: ['sns:Publish'], resources: topics.map(({ topicArn }) => topicArn) }),
    );
    identity.role.addToPolicy(
      new PolicyStatement({
        actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
        resources: [key.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `sns.${this.region}.${this.urlSuffix}` } },
      }),
    );
    return identity;
  }

  /** Lets the pods of a service account read their secrets. */
  private grantSecrets(
    cluster: ICluster,
    { name, namespace }: { readonly name: string; readonly namespace: string },
    secrets: readonly ISecret[],
  ): PodIdentity {
    const identity = new PodIdentity(this, `Identity-${name}`, { cluster, namespace, serviceAccount: name });
    identity.mayRead(secrets);
    return identity;
  }
}
