import type { EnvironmentConfig } from './environment';
import { MACHINES } from './machines';
import { SERVICE_RESOURCES } from './services';

/** Staging: production's shape at a smaller size (the specification's values.yaml). */
export const staging: EnvironmentConfig = {
  name: 'staging',
  account: '222222222222',
  region: 'ap-southeast-1',
  recoveryRegion: 'ap-southeast-2',
  tags: { environment: 'staging', owner: 'platform-team', costCenter: 'platform' },
  deletionProtection: false,
  retainLogs: false,
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
      application: { ...MACHINES.application, minSize: 3, maxSize: 6 },
      database: { ...MACHINES.database, minSize: 1, maxSize: 2 },
      monitoring: { ...MACHINES.monitoring, minSize: 1, maxSize: 2 },
    },
  },
  extraNamespaces: [{ name: 'platform-staging', team: 'qa', securityLevel: 'medium' }],
  services: {
    'api-gateway': { imageTag: '1.0.0', replicas: 3, resources: SERVICE_RESOURCES['api-gateway'] },
    frontend: { imageTag: '1.0.0', replicas: 3, resources: SERVICE_RESOURCES.frontend },
    'auth-service': { imageTag: '1.0.0', replicas: 2, resources: SERVICE_RESOURCES['auth-service'] },
    'tenant-service': { imageTag: '1.0.0', replicas: 2, resources: SERVICE_RESOURCES['tenant-service'] },
    'service-registry': { imageTag: '1.0.0', replicas: 2, resources: SERVICE_RESOURCES['service-registry'] },
  },
};
