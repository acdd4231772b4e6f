import type { EnvironmentConfig, Releases, TenantRecord } from '../environment';
import { MACHINES } from '../../model/machines';
import { SERVICE_RESOURCES } from '../../model/services';
import releases from '../releases/dev.json';
import { tenants } from '../tenants/dev';
import tenantRecord from '../tenants/dev.assigned.json';

/** Development: small and disposable (the specification's values-dev.yaml). */
export const dev: EnvironmentConfig = {
  name: 'dev',
  account: '111111111111',
  region: 'ap-southeast-1',
  tags: { environment: 'development', owner: 'platform-team', costCenter: 'platform' },
  deletionProtection: false,
  retainLogs: false,
  retainData: false,
  network: {
    vpcCidr: '10.2.0.0/16',
    podCidrs: ['10.128.0.0/16', '10.129.0.0/16', '10.130.0.0/16', '10.131.0.0/16'],
    availabilityZones: ['ap-southeast-1a', 'ap-southeast-1b', 'ap-southeast-1c'],
    natGateways: 1,
    endpointZones: 1,
    flowLogRetentionDays: 30,
  },
  cluster: {
    kubernetesVersion: '1.36',
    serviceCidr: '172.30.0.0/16',
    administratorRoleArns: ['arn:aws:iam::111111111111:role/PlatformAdministrator'],
    publicEndpointCidrs: [],
    controlPlaneLogRetentionDays: 30,
    nodeGroups: {
      application: { ...MACHINES.application, minSize: 2, maxSize: 8 },
      database: { ...MACHINES.database, minSize: 1, maxSize: 2 },
      monitoring: { ...MACHINES.monitoring, minSize: 1, maxSize: 2 },
    },
  },
  quietHour: 17, // 1 o'clock in Singapore
  mysql: {
    engineVersion: '8.4.9',
    instanceClass: 'db.t4g.micro', // the smallest that holds the specified 500m and 1Gi
    multiAz: false,
    readReplicas: 0,
    storageGiB: 20, // 10 were specified: RDS has no gp3 volume under 20
    maxStorageGiB: 50,
    backupRetentionDays: 7,
    insights: false,
    proxy: false,
    logRetentionDays: 30,
  },
  redis: {
    nodeType: 'cache.t4g.micro', // the smallest that holds the specified 500m and 512Mi
    shards: 1,
    replicasPerShard: 0,
    snapshotRetentionDays: 1,
    logRetentionDays: 30,
  },
  uploads: { noncurrentVersionDays: 7 },
  images: { pulledBy: [], signed: true },
  sentry: false,
  quotas: {
    'platform-core': { pods: 40, requests: { cpu: '2', memory: '4Gi' }, limits: { cpu: '8', memory: '8Gi' } },
    'platform-apps': { pods: 20, requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '4', memory: '4Gi' } },
    'platform-monitoring': { pods: 20, requests: { cpu: '2', memory: '6Gi' }, limits: { cpu: '6', memory: '12Gi' } },
  },
  extraNamespaces: [
    {
      name: 'platform-dev',
      team: 'development',
      securityLevel: 'low',
      quota: { pods: 20, requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '4', memory: '8Gi' } },
    },
  ],
  tenants,
  tenantRecord: tenantRecord as TenantRecord,
  domain: {
    hosts: { app: 'dev.platform.com', api: 'api-dev.platform.com', grafana: 'grafana-dev.platform.com' },
    zones: [{ name: 'dev.platform.com' }, { name: 'api-dev.platform.com' }, { name: 'grafana-dev.platform.com' }],
  },
  edge: { firewall: 'count', apiRequestsPerMinute: 100, logRetentionDays: 30 },
  monitoring: {
    runbookUrl: 'https://github.com/example/service-management-platform/blob/main/docs/runbook.md',
    notify: {
      critical: { emails: ['platform-team@platform.com'] },
      warning: { emails: ['platform-team@platform.com'] },
    },
    driftCheck: false,
    bakeMinutes: 5,
    monthlyBudgetUsd: 800,
    containerLogRetentionDays: 7,
    prometheus: { retentionDays: 15, volumeGiB: 20 },
    grafana: { allowedCidrs: [], volumeGiB: 5 },
  },
  releases: releases as Releases,
  services: {
    'api-gateway': {
      replicas: 1,
      resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '200m', memory: '256Mi' } },
    },
    frontend: { replicas: 1, resources: SERVICE_RESOURCES.frontend },
    'auth-service': { replicas: 1, resources: SERVICE_RESOURCES['auth-service'] },
    'tenant-service': { replicas: 1, resources: SERVICE_RESOURCES['tenant-service'] },
    'service-registry': { replicas: 1, resources: SERVICE_RESOURCES['service-registry'] },
  },
};
