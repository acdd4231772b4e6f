import { redisNodes } from '../../lib/model/redis-nodes';
import { flat, objectsOf, propertiesOf, resourcesOf, sample } from '../synth';

test('the nodes of a group are called by their shard and their place in it', () => {
  expect(redisNodes({ shards: 1, replicasPerShard: 0 })).toEqual(['0001-001']);
  expect(redisNodes({ shards: 2, replicasPerShard: 1 })).toEqual(['0001-001', '0001-002', '0002-001', '0002-002']);
  expect(redisNodes({ shards: 90, replicasPerShard: 5 }).at(-1)).toBe('0090-006'); // the most that a group has
});

test.each(['dev', 'prod'] as const)('in %s, alarms watch the nodes that Prometheus asks', (name) => {
  const of = sample(name);
  const metrics = JSON.stringify(propertiesOf(resourcesOf(of, 'monitoring'), 'AWS::CloudWatch::Alarm'));
  const watched = [...metrics.matchAll(/"CacheClusterId","Value":"([^"]+)"/g)].map(([, node]) => node);
  const config = objectsOf(of, 'ConfigMap').find(({ metadata }) => metadata.name === 'prometheus-config')!.data[
    'prometheus.yml'
  ];
  const asked = [...flat(config).matchAll(/rediss:\/\/([^.\s]+)\./g)].map(([, node]) => node);
  expect(asked.length).toBeGreaterThan(0);
  expect(new Set(asked)).toEqual(new Set(watched));
});
