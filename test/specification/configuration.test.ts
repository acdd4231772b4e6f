import { NODE_GROUP_NAMES } from '../../lib/config/environment';
import { DATABASES, SERVICES } from '../../lib/model/services';
import { NUMBERS } from './numbers';
import { ENVIRONMENT_NAMES, environment } from '../fixtures';

// The numbers that were specified for each environment, except those of its Kubernetes objects (objects.test.ts). A change that means to
// differ changes them with the configuration.

test.each(ENVIRONMENT_NAMES)('%s asks for the replicas of the values, autoscaled or not (S39 to S41)', (name) => {
  const asked = Object.entries(environment(name).services).map(([service, { replicas }]) => [service, replicas]);
  expect(Object.fromEntries(asked)).toMatchObject(NUMBERS[name].replicas);
});

test.each(ENVIRONMENT_NAMES)('%s has the networks of pods and services that it gives (S9, S10)', (name) => {
  const { network, cluster } = environment(name);
  expect(network.podCidrs).toEqual(['10.128.0.0/16', '10.129.0.0/16', '10.130.0.0/16', '10.131.0.0/16']); // 10.128.0.0/14
  expect(cluster.serviceCidr).toBe('172.30.0.0/16');
});

test.each(ENVIRONMENT_NAMES)('%s has its machines, disks and subnets (S13, S14)', (name) => {
  const { nodeGroups } = environment(name).cluster;
  expect(NODE_GROUP_NAMES.map((group) => [nodeGroups[group].instanceType, nodeGroups[group].rootVolume])).toEqual([
    ['m5.large', { type: 'gp3', sizeGiB: 50 }],
    ['r5.large', { type: 'io2', sizeGiB: 100, iops: 3000 }],
    ['m5.large', { type: 'gp3', sizeGiB: 50 }],
  ]);
  expect(NODE_GROUP_NAMES.map((group) => nodeGroups[group].subnets)).toEqual(['private', 'data', 'private']);
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
  expect(DATABASES).toEqual(expect.arrayContaining(['core', 'auth', 'tenant', 'registry']));
  expect(SERVICES['api-gateway'].database).toBe('core');
});

test('what uses the data stands where its policies and certificates are; what migrates has a database', () => {
  const services = Object.entries(SERVICES);
  const misplaced = services.filter(
    ([, { namespace, database, redis }]) => (database !== undefined || redis) && namespace !== 'platform-core',
  );
  const aimless = services.filter(([, { migrates, database }]) => migrates && database === undefined);
  expect([...misplaced, ...aimless]).toEqual([]);
});
