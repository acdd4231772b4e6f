import type { EnvironmentConfig, Releases, TenantRecord } from '../environment';
import { MACHINES } from '../../model/machines';
import { SERVICE_RESOURCES } from '../../model/services';
import releases from '../releases/prod.json';
import { tenants } from '../tenants/prod';
import tenantRecord from '../tenants/prod.assigned.json';

/** Production (the specification's values-prod.yaml). */
export const prod: EnvironmentConfig = {
  name: 'prod',
  account: '333333333333',
  region: 'ap-southeast-1',
  tags: { environment: 'production', owner: 'platform-team', costCenter: 'platform' },
  deletionProtection: true,
  retainLogs: true,
  retainData: true,
  network: {
    vpcCidr: '10.0.0.0/16',
    podCidrs: ['10.128.0.0/16', '10.129.0.0/16', '10.130.0.0/16', '10.131.0.0/16'],
    availabilityZones: ['ap-southeast-1a', 'ap-southeast-1b', 'ap-southeast-1c'],
    natGateways: 3,
    endpointZones: 3,
    flowLogRetentionDays: 90,
  },
  cluster: {
    kubernetesVersion: '1.36',
    serviceCidr: '172.30.0.0/16',
    administratorRoleArns: ['arn:aws:iam::333333333333:role/PlatformAdministrator'],
    publicEndpointCidrs: [],
    controlPlaneLogRetentionDays: 90,
    nodeGroups: {
      application: { ...MACHINES.application, minSize: 3, maxSize: 40 },
      database: { ...MACHINES.database, minSize: 2, maxSize: 4 },
      monitoring: { ...MACHINES.monitoring, minSize: 2, maxSize: 6 }, // two in a zone: a volume, and so its pod, cannot leave its own
    },
  },
  quietHour: 17, // 1 o'clock in Singapore
  mysql: {
    engineVersion: '8.4.9',
    instanceClass: 'db.t4g.medium', // the smallest that holds the specified 2000m and 4Gi
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
    nodeType: 'cache.t4g.small', // the smallest that holds the specified 1000m and 1Gi
    shards: 3,
    replicasPerShard: 1,
    snapshotRetentionDays: 15,
    logRetentionDays: 90,
  },
  uploads: { noncurrentVersionDays: 90 },
  recovery: {
    region: 'ap-southeast-2',
    retentionDays: 35,
    vaultLock: 'governance',
    airGapped: true,
    objectives: {
      mysql: { rpoMinutes: 60, rtoMinutes: 240 },
      uploads: { rpoMinutes: 30, rtoMinutes: 240 },
      redis: { rpoMinutes: 1620, rtoMinutes: 240 },
      backups: { rpoMinutes: 2100, rtoMinutes: 480 },
    },
  },
  images: { pulledBy: [], signed: true },
  sentry: true,
  quotas: {
    'platform-core': { pods: 150, requests: { cpu: '18', memory: '32Gi' }, limits: { cpu: '70', memory: '64Gi' } },
    'platform-apps': { pods: 60, requests: { cpu: '3', memory: '8Gi' }, limits: { cpu: '12', memory: '16Gi' } },
    'platform-monitoring': { pods: 20, requests: { cpu: '2', memory: '6Gi' }, limits: { cpu: '6', memory: '12Gi' } },
  },
  extraNamespaces: [],
  tenants,
  tenantRecord: tenantRecord as TenantRecord,
  domain: {
    hosts: {
      app: 'platform.com',
      appAliases: ['www.platform.com'],
      api: 'api.platform.com',
      grafana: 'grafana.platform.com',
    },
    zones: [{ name: 'platform.com', id: 'Z0123456789ABCDEFGHIJ' }],
  },
  edge: { firewall: 'block', apiRequestsPerMinute: 100, logRetentionDays: 90 },
  monitoring: {
    runbookUrl: 'https://github.com/example/service-management-platform/blob/main/docs/runbook.md',
    notify: {
      critical: { emails: ['oncall@platform.com'] },
      warning: { emails: ['platform-team@platform.com'] },
    },
    driftCheck: true,
    bakeMinutes: 15,
    monthlyBudgetUsd: 4000,
    containerLogRetentionDays: 30,
    prometheus: { retentionDays: 15, volumeGiB: 50 },
    grafana: { allowedCidrs: ['203.0.113.0/24'], volumeGiB: 5 }, // of documentation (RFC 5737): put yours there
  },
  autoscaling: { minReplicas: 3, maxReplicas: 20, targetCpuPercent: 70, targetMemoryPercent: 80 },
  releases: releases as Releases,
  services: {
    'api-gateway': {
      replicas: 5,
      resources: { requests: { cpu: '200m', memory: '512Mi' }, limits: { cpu: '1000m', memory: '1Gi' } },
    },
    frontend: { replicas: 5, resources: SERVICE_RESOURCES.frontend },
    'auth-service': { replicas: 3, resources: SERVICE_RESOURCES['auth-service'] },
    'tenant-service': { replicas: 3, resources: SERVICE_RESOURCES['tenant-service'] },
    'service-registry': { replicas: 3, resources: SERVICE_RESOURCES['service-registry'] },
  },
};
