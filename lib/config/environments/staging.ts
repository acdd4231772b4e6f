import type { EnvironmentConfig, Releases, TenantRecord } from '../environment';
import { MACHINES } from '../../model/machines';
import { SERVICE_RESOURCES } from '../../model/services';
import releases from '../releases/staging.json';
import { tenants } from '../tenants/staging';
import tenantRecord from '../tenants/staging.assigned.json';

/** Staging: production's shape at a smaller size (the specification's values.yaml). */
export const staging: EnvironmentConfig = {
  name: 'staging',
  account: '222222222222',
  region: 'ap-southeast-1',
  tags: { environment: 'staging', owner: 'platform-team', costCenter: 'platform' },
  deletionProtection: false,
  retainLogs: false,
  retainData: false,
  network: {
    vpcCidr: '10.1.0.0/16',
    podCidrs: ['10.128.0.0/16', '10.129.0.0/16', '10.130.0.0/16', '10.131.0.0/16'],
    availabilityZones: ['ap-southeast-1a', 'ap-southeast-1b', 'ap-southeast-1c'],
    natGateways: 1,
    endpointZones: 1,
    flowLogRetentionDays: 30,
  },
  cluster: {
    kubernetesVersion: '1.36',
    serviceCidr: '172.30.0.0/16',
    administratorRoleArns: ['arn:aws:iam::222222222222:role/PlatformAdministrator'],
    publicEndpointCidrs: [],
    controlPlaneLogRetentionDays: 30,
    nodeGroups: {
      application: { ...MACHINES.application, minSize: 3, maxSize: 24 },
      database: { ...MACHINES.database, minSize: 1, maxSize: 2 },
      monitoring: { ...MACHINES.monitoring, minSize: 1, maxSize: 2 },
    },
  },
  quietHour: 17, // 1 o'clock in Singapore
  mysql: {
    engineVersion: '8.4.9',
    instanceClass: 'db.t4g.micro', // the smallest that holds the specified 500m and 1Gi
    multiAz: true,
    readReplicas: 1,
    storageGiB: 20,
    maxStorageGiB: 100,
    backupRetentionDays: 7,
    insights: false,
    proxy: true,
    logRetentionDays: 30,
  },
  redis: {
    nodeType: 'cache.t4g.micro', // the smallest that holds the specified 500m and 512Mi
    shards: 1,
    replicasPerShard: 2,
    snapshotRetentionDays: 7,
    logRetentionDays: 30,
  },
  uploads: { noncurrentVersionDays: 30 },
  recovery: {
    region: 'ap-southeast-2',
    retentionDays: 7,
    airGapped: false,
    objectives: {
      mysql: { rpoMinutes: 60, rtoMinutes: 240 },
      uploads: { rpoMinutes: 30, rtoMinutes: 240 },
      redis: { rpoMinutes: 1620, rtoMinutes: 240 },
      backups: { rpoMinutes: 2100, rtoMinutes: 480 },
    },
  },
  images: { pulledBy: ['333333333333'], signed: true }, // by prod
  sentry: true,
  quotas: {
    'platform-core': { pods: 80, requests: { cpu: '8', memory: '13Gi' }, limits: { cpu: '28', memory: '26Gi' } },
    'platform-apps': { pods: 40, requests: { cpu: '2', memory: '4Gi' }, limits: { cpu: '8', memory: '8Gi' } },
    'platform-monitoring': { pods: 20, requests: { cpu: '2', memory: '6Gi' }, limits: { cpu: '6', memory: '12Gi' } },
  },
  extraNamespaces: [
    {
      name: 'platform-staging',
      team: 'qa',
      securityLevel: 'medium',
      quota: { pods: 20, requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '4', memory: '8Gi' } },
    },
  ],
  tenants,
  tenantRecord: tenantRecord as TenantRecord,
  domain: {
    hosts: { app: 'staging.platform.com', api: 'api-staging.platform.com', grafana: 'grafana-staging.platform.com' },
    zones: [
      { name: 'staging.platform.com' },
      { name: 'api-staging.platform.com' },
      { name: 'grafana-staging.platform.com' },
    ],
  },
  edge: { firewall: 'block', apiRequestsPerMinute: 100, logRetentionDays: 30 },
  monitoring: {
    runbookUrl: 'https://github.com/example/service-management-platform/blob/main/docs/runbook.md',
    notify: {
      critical: { emails: ['platform-team@platform.com'] },
      warning: { emails: ['platform-team@platform.com'] },
    },
    driftCheck: true,
    bakeMinutes: 5,
    monthlyBudgetUsd: 1500,
    containerLogRetentionDays: 14,
    prometheus: { retentionDays: 15, volumeGiB: 50 },
    grafana: { allowedCidrs: ['203.0.113.0/24'], volumeGiB: 5 }, // of documentation (RFC 5737): put yours there
  },
  autoscaling: { minReplicas: 2, maxReplicas: 10, targetCpuPercent: 70, targetMemoryPercent: 80 },
  releases: releases as Releases,
  services: {
    'api-gateway': { replicas: 3, resources: SERVICE_RESOURCES['api-gateway'] },
    frontend: { replicas: 3, resources: SERVICE_RESOURCES.frontend },
    'auth-service': { replicas: 2, resources: SERVICE_RESOURCES['auth-service'] },
    'tenant-service': { replicas: 2, resources: SERVICE_RESOURCES['tenant-service'] },
    'service-registry': { replicas: 2, resources: SERVICE_RESOURCES['service-registry'] },
  },
};
