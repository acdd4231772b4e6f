import type { EnvironmentConfig, Releases } from '../lib/config/environment';
import type { Addresses } from '../lib/kubernetes/network-policies';
import { deployedAs } from './deployed';
import { environment } from './fixtures';

const shared = (config: EnvironmentConfig): EnvironmentConfig => ({
  ...config,
  account: '333333333333',
  region: 'ap-southeast-1',
  network: {
    ...config.network,
    vpcCidr: '10.0.0.0/16',
    podCidrs: [128, 129, 130, 131].map((octet) => `10.${octet}.0.0/16`),
    availabilityZones: ['a', 'b', 'c'].map((letter) => `ap-southeast-1${letter}`),
  },
  cluster: {
    ...config.cluster,
    kubernetesVersion: '1.36',
    administratorRoleArns: ['arn:aws:iam::333333333333:role/Admin'],
    publicEndpointCidrs: [],
  },
  extraNamespaces: [],
  tenants: [
    { id: 'acme', name: 'Acme', tier: 'basic', status: 'active' },
    { id: 'globex', name: 'Globex', tier: 'premium', status: 'suspended' },
  ],
  tenantRecord: {
    stacks: 1,
    tenants: { acme: { stack: 1, status: 'active' }, globex: { stack: 1, status: 'suspended' } },
  },
  deployed: undefined,
  quietHour: 17,
  domain: {
    hosts: {
      app: 'platform.example',
      appAliases: ['www.platform.example'],
      api: 'api.platform.example',
      apiAliases: [],
    },
    zones: [{ name: 'platform.example', id: 'Z0123456789ABCDEFGHIJ' }],
  },
  monitoring: {
    runbookUrl: 'https://example.com/runbook',
    notify: { critical: { emails: ['oncall@platform.example'] }, warning: { emails: ['team@platform.example'] } },
    driftCheck: true,
    bakeMinutes: 15,
    monthlyBudgetUsd: 4000,
    containerLogRetentionDays: 30,
    prometheus: { retentionDays: 15, volumeGiB: 50 },
    grafana: { allowedCidrs: [], volumeGiB: 5 },
  },
  edge: { firewall: 'block', apiRequestsPerMinute: 100, logRetentionDays: 90 },
});

const production = shared(environment('prod'));
const development = shared(environment('dev'));

/**
 * Configurations of the tests' own: production and development as they were first committed, in the values that tests name. A team's
 * change of its configuration is no reason for a test of the constructs to fail.
 */
export const SAMPLES: Readonly<Record<'dev' | 'prod', EnvironmentConfig>> = {
  prod: {
    ...production,
    deletionProtection: true,
    retainLogs: true,
    retainData: true,
    network: { ...production.network, natGateways: 3, endpointZones: 3, flowLogRetentionDays: 90 },
    cluster: { ...production.cluster, controlPlaneLogRetentionDays: 90 },
    mysql: {
      engineVersion: '8.4.9',
      instanceClass: 'db.t4g.medium',
      multiAz: true,
      readReplicas: 2,
      storageGiB: 100,
      maxStorageGiB: 500,
      backupRetentionDays: 35,
      insights: true,
      proxy: true,
      logRetentionDays: 90,
    },
    redis: {
      nodeType: 'cache.t4g.small',
      shards: 3,
      replicasPerShard: 1,
      snapshotRetentionDays: 15,
      logRetentionDays: 90,
    },
    uploads: { noncurrentVersionDays: 90 },
    images: { pulledBy: [], signed: true },
    sentry: true,
  },
  dev: {
    ...development,
    deletionProtection: false,
    retainLogs: false,
    retainData: false,
    network: { ...development.network, natGateways: 1, endpointZones: 1, flowLogRetentionDays: 30 },
    cluster: { ...development.cluster, controlPlaneLogRetentionDays: 30 },
    mysql: {
      engineVersion: '8.4.9',
      instanceClass: 'db.t4g.micro',
      multiAz: false,
      readReplicas: 0,
      storageGiB: 20,
      maxStorageGiB: 50,
      backupRetentionDays: 7,
      insights: false,
      proxy: false,
      logRetentionDays: 30,
    },
    redis: {
      nodeType: 'cache.t4g.micro',
      shards: 1,
      replicasPerShard: 0,
      snapshotRetentionDays: 1,
      logRetentionDays: 30,
    },
    uploads: { noncurrentVersionDays: 7 },
    images: { pulledBy: [], signed: true },
    sentry: false,
  },
};

/** Production with a Grafana that some networks may reach. */
export const WITH_GRAFANA: EnvironmentConfig = {
  ...SAMPLES.prod,
  domain: {
    ...SAMPLES.prod.domain!,
    hosts: { ...SAMPLES.prod.domain!.hosts, grafana: 'grafana.platform.example' },
  },
  monitoring: {
    ...SAMPLES.prod.monitoring,
    grafana: { ...SAMPLES.prod.monitoring.grafana, allowedCidrs: ['198.51.100.0/24', '203.0.113.7/32'] },
  },
};

const withKeyPair = <T extends object>(group: T) => ({ ...group, sshKeyName: 'operators' });
const { nodeGroups } = WITH_GRAFANA.cluster;
const { critical, warning } = WITH_GRAFANA.monitoring.notify;

/** Production with every field that may be absent. */
export const WITH_EVERYTHING: EnvironmentConfig = {
  ...WITH_GRAFANA,
  deployed: deployedAs(WITH_GRAFANA),
  network: { ...WITH_GRAFANA.network, availabilityZoneIds: ['apse1-az1', 'apse1-az2', 'apse1-az3'] },
  cluster: {
    ...WITH_GRAFANA.cluster,
    nodeVersion: '1.36',
    exists: true,
    nodeGroups: {
      application: withKeyPair(nodeGroups.application),
      database: withKeyPair(nodeGroups.database),
      monitoring: withKeyPair(nodeGroups.monitoring),
    },
  },
  releases: Object.fromEntries(
    Object.entries(WITH_GRAFANA.releases).map(([name, own]) =>
      'live' in own
        ? [name, { live: 'blue', blue: { ...own.blue, replicas: 4 }, green: { ...own.blue, replicas: 5 } }]
        : [name, own],
    ),
  ) as Releases,
  mysql: { ...WITH_GRAFANA.mysql, replicaEngineVersion: '8.4.9', setupRun: 2 },
  edge: { ...WITH_GRAFANA.edge, largeBodyPaths: ['/uploads'], vpcOrigin: 2 },
  monitoring: {
    ...WITH_GRAFANA.monitoring,
    notify: {
      critical: { ...critical, slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' } },
      warning: { ...warning, slack: { workspaceId: 'T0123ABCD', channelId: 'C0123WARN' } },
    },
  },
};

/** A configuration in the zones a, b and c of another region. */
export const inRegion = (
  config: EnvironmentConfig,
  region: string,
  availabilityZoneIds?: readonly string[],
): EnvironmentConfig => ({
  ...config,
  region,
  recovery: config.recovery && {
    ...config.recovery,
    region: region === 'ap-southeast-2' ? 'ap-southeast-1' : 'ap-southeast-2',
  },
  network: {
    ...config.network,
    availabilityZones: ['a', 'b', 'c'].map((letter) => `${region}${letter}`),
    ...(availabilityZoneIds && { availabilityZoneIds }),
  },
});

/** Where the peers of network policies are, for tests of what uses them. */
export const ADDRESSES: Addresses = {
  private: ['10.0.0.0/16', '10.128.0.0/16', '172.30.0.0/16'],
  endpoints: ['10.0.0.0/20', '10.0.16.0/20'],
  data: ['10.0.51.0/24', '10.0.52.0/24'],
  apiServer: '172.30.0.1',
};
