import type { Construct } from 'constructs';
import { publicDomain } from './config/domain';
import { EDGE_REGION } from './config/edge-region';
import type { EnvironmentConfig, TagsConfig } from './config/environment';
import { imageNames } from './config/images';
import { sitesOf } from './config/sites';
import { byStack } from './config/tenant-assignment';
import { windows } from './config/windows';
import { tagEverything } from './constructs/tag-everything';
import { addresses } from './stacks/addresses';
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
import { RedisStack } from './stacks/redis-stack';
import { SecretsStack } from './stacks/secrets-stack';
import { SiteFirewallStack } from './stacks/site-firewall-stack';
import { StorageStack } from './stacks/storage-stack';
import { TelemetryStack } from './stacks/telemetry-stack';
import { TenancyStack } from './stacks/tenancy-stack';
import { TenantsStack } from './stacks/tenants-stack';
import { WorkloadsStack } from './stacks/workloads-stack';
import { ZonesStack } from './stacks/zones-stack';

const tagsOf = ({ environment, owner, costCenter }: TagsConfig) => ({
  Environment: environment,
  Owner: owner,
  CostCenter: costCenter,
});

/**
 * The architecture: every stack of an environment, in dependency order.
 *
 * The scope's id has to be the environment's name, whether it stands for itself (`-c env=`) or is a Stage of the pipeline:
 * construct paths end up in templates, and only with equal paths does the pipeline adopt what was deployed by hand.
 */
export const platform = (scope: Construct, config: EnvironmentConfig): void => {
  const { name, account, region, deletionProtection, retainData, retainLogs } = config;
  const { environment } = config.tags;
  const tags = tagsOf(config.tags);
  const props = (stack: string, where = region) => ({
    stackName: `platform-${name}-${stack}`,
    env: { account, region: where },
    terminationProtection: deletionProtection,
  });

  const zones = config.domain?.zones ?? [];
  const newZones = zones.flatMap((zone) => (zone.id === undefined ? [zone.name] : []));
  const zoneIds = {
    ...Object.fromEntries(zones.flatMap((zone) => (zone.id === undefined ? [] : [[zone.name, zone.id] as const]))),
    ...(newZones.length > 0 && new ZonesStack(scope, 'Zones', { ...props('zones'), names: newZones }).ids),
  };
  const domain = publicDomain(config);
  const network = new NetworkStack(scope, 'Network', { ...props('network'), config: config.network, retainLogs });
  const quiet = windows(config.quietHour);
  const identifier = `platform-${name}`;
  const data = { identifier, vpc: network.vpc, windows: quiet, retainData, retainLogs };
  const mysqlStack = new MysqlStack(scope, 'Mysql', {
    ...props('mysql'),
    ...data,
    config: config.mysql,
    deletionProtection,
  });
  const redisStack = new RedisStack(scope, 'Redis', {
    ...props('redis'),
    ...data,
    config: config.redis,
    createdReplicasPerShard: config.deployed?.redisReplicasPerShard,
  });
  const [{ mysql }, { redis }] = [mysqlStack, redisStack];
  const { uploads, assets, logs } = new StorageStack(scope, 'Storage', {
    ...props('storage'),
    uploads: config.uploads,
    logRetentionDays: config.network.flowLogRetentionDays,
    retainData,
    retainLogs,
  });
  const balancing = new LoadBalancerStack(scope, 'LoadBalancer', {
    ...props('load-balancer'),
    vpc: network.vpc,
    sites: sitesOf(config),
    domain,
    zoneIds,
    logs,
    deletionProtection,
  });
  const { loadBalancer, targetGroups } = balancing;
  const security = new EdgeSecurityStack(scope, 'EdgeSecurity', {
    ...props('edge-security', EDGE_REGION),
    identifier,
    config: config.edge,
    domain,
    zoneIds,
    retainLogs,
  });
  const grafanaFirewall = new SiteFirewallStack(scope, 'GrafanaFirewall', {
    ...props('grafana-firewall', EDGE_REGION),
    identifier,
    site: 'grafana',
    config: config.edge,
    allowedCidrs: config.monitoring.grafana.allowedCidrs,
  });
  grafanaFirewall.addStackDependency(security, 'which lets AWS write its logs');
  const { webAclArn: grafana } = grafanaFirewall;
  const edge = new EdgeStack(scope, 'Edge', {
    ...props('edge'),
    identifier,
    config: config.edge,
    domain,
    zoneIds,
    loadBalancer,
    assets,
    certificate: security.certificate,
    webAclArns: { ...security.webAclArns, ...(grafana !== undefined && { grafana }) },
  });
  // The firewall of a site that is taken away goes after its distribution.
  if (grafana === undefined) grafanaFirewall.addStackDependency(edge, 'AWS deletes no firewall that is in use');
  new EdgeLogsStack(scope, 'EdgeLogs', {
    ...props('edge-logs', EDGE_REGION),
    identifier,
    distributions: edge.distributions,
    logRetentionDays: config.edge.logRetentionDays,
    retainLogs,
  });
  const secrets = new SecretsStack(scope, 'Secrets', {
    ...props('secrets'),
    sentry: config.sentry,
    folder: `platform/${name}`,
    retainData,
  });
  const images = new ImagesStack(scope, 'Images', {
    ...props('images'),
    names: imageNames(config.cluster.kubernetesVersion),
    retainData,
  });
  const clusterStack = new ClusterStack(scope, 'Cluster', {
    ...props('cluster'),
    config: config.cluster,
    clusterName: identifier,
    vpc: network.vpc,
    podSubnets: network.podSubnets,
    volumeTags: tags,
    nodeTags: tagsOf({ environment, ...(config.deployed?.nodeTags ?? config.tags) }),
    deployed: config.deployed,
    deletionProtection,
    retainLogs,
    containerLogRetentionDays: config.monitoring.containerLogRetentionDays,
  });
  const { cluster } = clusterStack;
  // By order only: what a stack exports cannot go before what imports it, and a service would never be taken away.
  clusterStack.addStackDependency(images, 'its nodes pull images');
  const where = addresses(config, network.vpc, { mysqlPort: mysql.port, redisPort: redis.port });
  const workloads = new WorkloadsStack(scope, 'Workloads', {
    ...props('workloads'),
    config,
    cluster,
    mysql,
    redis,
    secrets,
    loadBalancer,
    targetGroups,
    loadBalancerControllerRole: clusterStack.loadBalancerControllerRole,
    addresses: where,
    urls: edge.urls,
    rotationSchedule: quiet.rotation,
  });
  const edgeMonitoring = new EdgeMonitoringStack(scope, 'EdgeMonitoring', {
    ...props('edge-monitoring', EDGE_REGION),
    identifier,
    config,
    distributions: edge.distributions,
    certificate: security.certificate,
  });
  const monitoring = new MonitoringStack(scope, 'Monitoring', {
    ...props('monitoring'),
    identifier,
    config,
    natGatewayIds: network.natGatewayIds,
    flowLogs: network.flowLogs,
    loadBalancer: loadBalancer.loadBalancerFullName,
    targetGroups,
    certificate: balancing.certificate?.certificateArn,
    manifestsFunction: clusterStack.manifestsFunction,
    edge: edgeMonitoring,
  });
  // By order only, for it holds nothing: what is not there yet would be in alarm.
  for (const watched of [mysqlStack, redisStack, workloads, edgeMonitoring]) monitoring.addStackDependency(watched);
  const telemetry = new TelemetryStack(scope, 'Telemetry', {
    ...props('telemetry'),
    config,
    identifier,
    cluster,
    mysql,
    redis,
    topics: monitoring.topics,
    topicKey: monitoring.topicKey,
    addresses: where,
  });
  telemetry.addStackDependency(workloads);
  new GrafanaStack(scope, 'Grafana', {
    ...props('grafana'),
    config,
    cluster,
    secrets,
    site: targetGroups.grafana && { url: edge.urls.grafana!, targetGroupArn: targetGroups.grafana.targetGroupArn },
    loadBalancerControllerRole: clusterStack.loadBalancerControllerRole,
    addresses: where,
  }).addStackDependency(telemetry);
  const roleName = `${identifier}-${region}-tenants`; // roles belong to the account: another region has its own
  const tenancy = new TenancyStack(scope, 'Tenancy', {
    ...props('tenancy'),
    cluster,
    uploads,
    secrets: secrets.tenants,
    roleName,
    kubernetesVersion: config.cluster.kubernetesVersion,
  });
  tenancy.addStackDependency(workloads);
  for (const { stack, tenants } of byStack(config.tenants, config.tenantRecord))
    new TenantsStack(scope, `Tenants${stack}`, {
      ...props(`tenants-${stack}`),
      cluster,
      tenants,
      environment,
      roleName,
      addresses: where,
      kubernetesVersion: config.cluster.kubernetesVersion,
    }).addStackDependency(tenancy);

  tagEverything(scope, tags);
};
