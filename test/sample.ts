import { environment } from '../lib/config';
import type { EnvironmentConfig } from '../lib/config/environment';

const shared = (config: EnvironmentConfig): EnvironmentConfig => ({
  ...config,
  account: '333333333333',
  region: 'ap-southeast-1',
  recoveryRegion: 'ap-southeast-2',
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
});

const production = shared(environment('prod'));
const development = shared(environment('dev'));

/**
 * Configurations of the tests' own: production and development as they were first committed, in what tests name. What a team
 * changes in its configuration is no reason for a test of the constructs to fail.
 */
export const SAMPLES: Readonly<Record<'dev' | 'prod', EnvironmentConfig>> = {
  prod: {
    ...production,
    deletionProtection: true,
    retainLogs: true,
    network: { ...production.network, natGateways: 3, endpointZones: 3, flowLogRetentionDays: 90 },
    cluster: { ...production.cluster, controlPlaneLogRetentionDays: 90 },
  },
  dev: {
    ...development,
    deletionProtection: false,
    retainLogs: false,
    network: { ...development.network, natGateways: 1, endpointZones: 1, flowLogRetentionDays: 30 },
    cluster: { ...development.cluster, controlPlaneLogRetentionDays: 30 },
  },
};
