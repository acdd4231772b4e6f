import type { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { identifierOf, resourceTags } from './config/derive/names';
import { zonesToCreate } from './config/derive/zones';
import { EDGE_REGION } from './model/edge-region';
import type { EnvironmentConfig } from './config/environment';
import { byStack } from './config/derive/tenant-assignment';
import { tagEverything } from './constructs/tag-everything';
import { addressesOf } from './stacks/addresses';
import { BackupStack } from './stacks/backup-stack';
import { ClusterStack } from './stacks/cluster-stack';
import { EdgeLogsStack } from './stacks/edge-logs-stack';
import { EdgeMonitoringStack } from './stacks/edge-monitoring-stack';
import { EdgeSecurityStack } from './stacks/edge-security-stack';
import { EdgeStack } from './stacks/edge-stack';
import { GrafanaStack } from './stacks/grafana-stack';
import { ImagesStack } from './stacks/images-stack';
import { LoadBalancerStack } from './stacks/load-balancer-stack';
import { MonitoringStack } from './stacks/monitoring-stack';
import { MysqlStack } from './stacks/mysql-stack';
import { NetworkStack } from './stacks/network-stack';
import { RecoveryStack } from './stacks/recovery-stack';
import { RedisStack } from './stacks/redis-stack';
import { SecretsStack } from './stacks/secrets-stack';
import { SiteFirewallStack } from './stacks/site-firewall-stack';
import { StorageStack } from './stacks/storage-stack';
import { TelemetryStack } from './stacks/telemetry-stack';
import { TenancyStack } from './stacks/tenancy-stack';
import { TenantsStack } from './stacks/tenants-stack';
import { WorkloadsStack } from './stacks/workloads-stack';
import { ZonesStack } from './stacks/zones-stack';

/**
 * The architecture: every stack of an environment, then the order that no reference expresses. A stack also follows those in its props.
 *
 * The id of the scope must be the environment's name, whether the scope stands alone (`-c env=`) or is a Stage of the pipeline:
 * construct paths end up in templates, and the pipeline adopts a deployment by hand only if the paths are equal.
 */
export const platform = (scope: Construct, config: EnvironmentConfig): void => {
  const inRegion = (region: string) => (name: string) => ({
    config,
    stackName: `${identifierOf(config)}-${name}`,
    env: { account: config.account, region },
    terminationProtection: config.deletionProtection,
  });
  const home = inRegion(config.region);
  const global = inRegion(EDGE_REGION);

  const recovery =
    config.recovery &&
    new RecoveryStack(scope, 'Recovery', {
      ...inRegion(config.recovery.region)('recovery'),
      recovery: config.recovery,
    });
  const backup =
    config.recovery &&
    recovery &&
    new BackupStack(scope, 'Backup', { ...home('backup'), recovery: config.recovery, copies: recovery });
  const zones = zonesToCreate(config).length > 0 ? new ZonesStack(scope, 'Zones', home('zones')) : undefined;
  const network = new NetworkStack(scope, 'Network', home('network'));
  const database = new MysqlStack(scope, 'Mysql', { ...home('mysql'), network, recovery, backup });
  const storage = new StorageStack(scope, 'Storage', { ...home('storage'), recovery, backup });
  const cache = new RedisStack(scope, 'Redis', { ...home('redis'), network, storage });
  const loadBalancer = new LoadBalancerStack(scope, 'LoadBalancer', {
    ...home('load-balancer'),
    network,
    storage,
    zones,
  });
  const security = new EdgeSecurityStack(scope, 'EdgeSecurity', { ...global('edge-security'), zones });
  const grafanaFirewall = new SiteFirewallStack(scope, 'GrafanaFirewall', {
    ...global('grafana-firewall'),
    site: 'grafana',
  });
  const edge = new EdgeStack(scope, 'Edge', {
    ...home('edge'),
    loadBalancer,
    storage,
    security,
    grafanaFirewall,
    zones,
  });
  new EdgeLogsStack(scope, 'EdgeLogs', { ...global('edge-logs'), edge });
  const secrets = new SecretsStack(scope, 'Secrets', { ...home('secrets'), recovery });
  const images = new ImagesStack(scope, 'Images', home('images'));
  const cluster = new ClusterStack(scope, 'Cluster', { ...home('cluster'), network, backup });
  const addresses = addressesOf(config, network);
  const workloads = new WorkloadsStack(scope, 'Workloads', {
    ...home('workloads'),
    cluster,
    database,
    cache,
    secrets,
    loadBalancer,
    edge,
    addresses,
  });
  const edgeMonitoring = new EdgeMonitoringStack(scope, 'EdgeMonitoring', {
    ...global('edge-monitoring'),
    edge,
    security,
  });
  const monitoring = new MonitoringStack(scope, 'Monitoring', {
    ...home('monitoring'),
    copies: recovery,
    storage,
    network,
    loadBalancer,
    cluster,
    edge: edgeMonitoring,
  });
  const telemetry = new TelemetryStack(scope, 'Telemetry', {
    ...home('telemetry'),
    cluster,
    database,
    cache,
    monitoring,
    addresses,
  });
  const grafana = new GrafanaStack(scope, 'Grafana', {
    ...home('grafana'),
    cluster,
    secrets,
    loadBalancer,
    edge,
    addresses,
  });
  const tenancy = new TenancyStack(scope, 'Tenancy', { ...home('tenancy'), cluster, storage, secrets });
  const tenantStacks = byStack(config.tenants, config.tenantRecord).map(
    ({ stack, tenants }) =>
      new TenantsStack(scope, `Tenants${stack}`, { ...home(`tenants-${stack}`), tenants, cluster, addresses }),
  );

  if (recovery && backup) {
    after(backup, recovery, 'backups are copied into vaults that are there');
    after(images, recovery, 'ECR replicates into repositories that are there');
    after(cache, storage, 'its snapshots are exported into a bucket that is there');
    after(storage, recovery, 'S3 replicates into buckets that are there');
  }
  // By order only: CloudFormation changes no export that another stack imports, so an import would keep a service forever.
  after(cluster, images, 'nodes pull images');
  after(grafanaFirewall, security, 'its policy lets AWS WAF write logs');
  // The firewall of a site that is taken away goes after its distribution.
  if (grafanaFirewall.firewalls.length === 0) after(grafanaFirewall, edge, 'AWS deletes no firewall that is in use');
  for (const watched of [database, cache, workloads, edgeMonitoring])
    after(monitoring, watched, 'alarms fire on what does not exist yet');
  after(telemetry, workloads, 'it creates the namespaces and the database set-up');
  after(grafana, telemetry, 'Grafana queries Prometheus');
  after(tenancy, workloads, 'it creates the namespaces');
  for (const tenants of tenantStacks) after(tenants, tenancy, 'it creates the role and the policies of tenants');

  tagEverything(scope, resourceTags(config.tags));
};

const after = (later: Stack, earlier: Stack, because: string): void => later.addStackDependency(earlier, because);
