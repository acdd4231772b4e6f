import { environment } from '../lib/config';
import { NODE_GROUP_NAMES } from '../lib/config/environment';
import { DATABASES, SERVICES } from '../lib/config/services';

// The numbers that were specified for each environment. Whoever means to differ changes this table with the configuration.

test.each([
  ['dev', [1, 1, 1, 1, 1], { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '200m', memory: '256Mi' } }],
  [
    'staging',
    [3, 3, 2, 2, 2],
    { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
  ],
  ['prod', [5, 5, 3, 3, 3], { requests: { cpu: '200m', memory: '512Mi' }, limits: { cpu: '1000m', memory: '1Gi' } }],
])('%s runs as many and as large services as the specification says (S39 to S41)', (name, replicas, gateway) => {
  const { services } = environment(name);
  const order = ['api-gateway', 'frontend', 'auth-service', 'tenant-service', 'service-registry'] as const;
  expect(order.map((service) => services[service].replicas)).toEqual(replicas);
  expect(services['api-gateway'].resources).toEqual(gateway);
});

test.each(['dev', 'staging', 'prod'])('%s has the networks of pods and services that it gives (S9, S10)', (name) => {
  const { network, cluster } = environment(name);
  expect(network.podCidrs).toEqual(['10.128.0.0/16', '10.129.0.0/16', '10.130.0.0/16', '10.131.0.0/16']); // 10.128.0.0/14
  expect(cluster.serviceCidr).toBe('172.30.0.0/16');
});

test.each(['dev', 'staging', 'prod'])('%s has its machines and disks (S13, S14)', (name) => {
  const { nodeGroups } = environment(name).cluster;
  expect(NODE_GROUP_NAMES.map((group) => [nodeGroups[group].instanceType, nodeGroups[group].rootVolume])).toEqual([
    ['m5.large', { type: 'gp3', sizeGiB: 50 }],
    ['r5.large', { type: 'io2', sizeGiB: 100, iops: 3000 }],
    ['m5.large', { type: 'gp3', sizeGiB: 50 }],
  ]);
});

test.each([
  ['dev', [['platform-dev', 'development', 'low']]],
  ['staging', [['platform-staging', 'qa', 'medium']]],
  ['prod', []],
])('%s has its own namespace (S16)', (name, own) => {
  expect(
    environment(name).extraNamespaces.map(({ name: extra, team, securityLevel }) => [extra, team, securityLevel]),
  ).toEqual(own);
});

test.each([
  ['dev', 20, 0, [1, 0]], // 10 GiB were specified: RDS has no gp3 volume under 20
  ['staging', 20, 1, [1, 2]],
  ['prod', 100, 2, [3, 1]], // the six specified nodes of redis-cluster
])('%s has its storage, replicas and cache nodes (S3, S4)', (name, storage, replicas, nodes) => {
  const { mysql, redis } = environment(name);
  expect([mysql.storageGiB, mysql.readReplicas]).toEqual([storage, replicas]);
  expect([redis.shards, redis.replicasPerShard]).toEqual(nodes);
});

test('the databases of the platform have their names, and the gateway uses core (S26)', () => {
  expect(DATABASES).toEqual(['core', 'auth', 'tenant', 'registry']);
  expect(SERVICES['api-gateway'].database).toBe('core');
});

test.each([
  ['dev', undefined],
  ['staging', { minReplicas: 2, maxReplicas: 10, targetCpuPercent: 70, targetMemoryPercent: 80 }],
  ['prod', { minReplicas: 3, maxReplicas: 20, targetCpuPercent: 70, targetMemoryPercent: 80 }],
])('%s scales as the specification says (S39 to S41)', (name, autoscaling) => {
  expect(environment(name).autoscaling).toEqual(autoscaling);
});

test.each([
  ['dev', 'dev.platform.com', 'api-dev.platform.com'],
  ['staging', 'staging.platform.com', 'api-staging.platform.com'],
  ['prod', 'platform.com', 'api.platform.com'],
])('%s has its names (S20, S23)', (name, app, api) => {
  expect(environment(name).hosts).toEqual({ app, api });
});

test('what uses the data stands where its policies and certificates are; what migrates has a database', () => {
  const services = Object.entries(SERVICES);
  const misplaced = services.filter(
    ([, { namespace, database, redis }]) => (database !== undefined || redis) && namespace !== 'platform-core',
  );
  const aimless = services.filter(([, { migrates, database }]) => migrates && database === undefined);
  expect([...misplaced, ...aimless]).toEqual([]);
});
