import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { PLATFORM_NAMESPACE_NAMES, type SiteName } from '../config/environment';
import { imageReference, upstreamImages } from '../model/images';
import { acknowledge } from '../constructs/acknowledge';
import { applyManifests } from '../constructs/apply-manifests';
import { checksum } from '../constructs/checksum';
import { importCluster } from '../constructs/import-cluster';
import { grantTargetRegistration } from '../constructs/load-balancer-controller';
import { PodIdentity } from '../constructs/pod-identity';
import { weakReference } from '../constructs/weak-reference';
import { grafana } from '../kubernetes/grafana/objects';
import type { Manifest } from '../kubernetes/manifest';
import { grafanaWorkload } from '../kubernetes/network-paths';
import { networkPolicy, type Addresses } from '../kubernetes/network-policies';
import { GRAFANA, MONITORING } from '../kubernetes/prometheus/services';
import { targetGroupBinding } from '../kubernetes/target-group-binding';
import type { ClusterStack } from './cluster-stack';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { SecretsStack } from './secrets-stack';

interface OfSite {
  readonly site: { readonly name: SiteName };
}

const isGrafana = ({ site }: OfSite): boolean => site.name === 'grafana';

/** Grafana is public where the load balancer has a target group for it. */
export interface GrafanaStackProps extends EnvironmentStackProps<'monitoring' | 'cluster'> {
  readonly cluster: Pick<ClusterStack, 'cluster' | 'loadBalancerControllerRole'>;
  readonly secrets: Pick<SecretsStack, 'grafana' | 'grafanaKey'>;
  readonly loadBalancer: {
    readonly targets: readonly (OfSite & { readonly targetGroup: { readonly targetGroupArn: string } })[];
  };
  readonly edge: { readonly sites: readonly (OfSite & { readonly url: string })[] };
  readonly addresses: Addresses;
}

/** Actions on CloudWatch: list the metrics, and read their values. */
const READ_METRICS = ['cloudwatch:ListMetrics', 'cloudwatch:GetMetricData'];

/**
 * Actions of Grafana's check of the data source, beside metrics: without them, the check fails and says that logs cannot be queried
 * (`checkHealthLogs` of pkg/tsdb/cloudwatch in Grafana). It tells names of log groups, not what is in them.
 */
const LIST_LOG_GROUPS = 'logs:DescribeLogGroups';

/** Grafana, with its database: the accounts and settings of its users. */
export class GrafanaStack extends Stack {
  constructor(scope: Construct, id: string, props: GrafanaStackProps) {
    super(scope, id, props);
    const { config, secrets, addresses } = props;
    const targets = props.loadBalancer.targets.find(isGrafana);
    const cluster = importCluster(this, props.cluster);
    const images = upstreamImages(config.cluster.kubernetesVersion);

    const identity = new PodIdentity(this, 'Identity', {
      cluster,
      namespace: MONITORING,
      serviceAccount: GRAFANA.host,
    });
    identity.mayRead([secrets.grafana, secrets.grafanaKey]);
    identity.role.addToPolicy(new PolicyStatement({ actions: READ_METRICS, resources: ['*'] }));
    const logGroups = `arn:aws:logs:${this.region}:${this.account}:log-group:*`;
    identity.role.addToPolicy(new PolicyStatement({ actions: [LIST_LOG_GROUPS], resources: [logGroups] }));
    acknowledge(identity, 'Metrics of CloudWatch are no resources, and log groups are listed all at once', [
      'AwsSolutions-IAM5[Resource::*]',
      `AwsSolutions-IAM5[Resource::${logGroups}]`,
    ]);

    const objects = grafana(
      {
        config: config.monitoring.grafana,
        runbookUrl: config.monitoring.runbookUrl,
        retentionDays: config.monitoring.prometheus.retentionDays,
        image: imageReference(this, 'grafana', images.grafana),
        region: this.region,
        secretArns: { administrator: secrets.grafana.secretArn, key: secrets.grafanaKey.secretArn },
        url: props.edge.sites.find(isGrafana)?.url,
      },
      (value) => checksum(this, value),
    );
    const targetGroupArn = targets && weakReference(targets.targetGroup.targetGroupArn);
    const binding =
      targetGroupArn &&
      targetGroupBinding({
        name: GRAFANA.host,
        namespace: MONITORING,
        workload: { app: GRAFANA.host, component: 'monitoring' },
        targetGroupArn,
        port: GRAFANA.port,
      });
    const applied = applyManifests<Manifest>(
      cluster,
      [
        networkPolicy(grafanaWorkload({ isPublic: targets !== undefined }), addresses),
        ...objects,
        ...(binding ? [binding] : []),
      ],
      PLATFORM_NAMESPACE_NAMES,
    );
    for (const object of objects.filter(({ kind }) => kind === 'Deployment'))
      applied.get(object)!.node.addDependency(identity);
    if (binding)
      applied.get(binding)!.node.addDependency(
        grantTargetRegistration(this, 'Registration', {
          role: props.cluster.loadBalancerControllerRole,
          targetGroupArns: [targetGroupArn],
        }),
      );
  }
}
