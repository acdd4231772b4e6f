import * as z from 'zod/mini';
import { CACHE_SIZES, DATABASE_SIZES, NODE_SIZES, type Sizes } from '../../lib/model/instance-types';
import { machine } from '../../lib/model/machines';
import { knownMemory } from '../../lib/model/instance-memory';
import { nodeGroup } from '../../lib/config/schema/cluster';
import { mysql } from '../../lib/config/schema/mysql';
import { redis } from '../../lib/config/schema/redis';

const GIB = 2 ** 30;

const names = (known: Sizes, prefix = '') =>
  [...known].flatMap(([family, sizes]) => sizes.map((size) => `${prefix}${family}.${size}`));

test.each<[string, z.core.$ZodType, readonly string[]]>([
  ['node of ElastiCache', redis.shape.nodeType, names(CACHE_SIZES, 'cache.')],
  ['class of RDS', mysql.shape.instanceClass, names(DATABASE_SIZES, 'db.')],
  ['machine of EC2', nodeGroup.shape.instanceType, names(NODE_SIZES)],
])('accepts every %s', (_, field, all) => {
  expect(all.filter((name) => !z.safeParse(field, name).success)).toEqual([]);
});

test('the memory of each is known', () => {
  for (const instanceClass of names(DATABASE_SIZES, 'db.'))
    expect(knownMemory(instanceClass)).toBeGreaterThanOrEqual(GIB);
  for (const instanceType of names(NODE_SIZES)) expect(machine(instanceType).bytes).toBeGreaterThan(0);
});

// https://aws.amazon.com/rds/instance-types/
test.each([
  ['db.x2g.large', 32],
  ['db.x2iedn.xlarge', 128],
  ['db.x2iedn.32xlarge', 4096],
  ['db.m9g.48xlarge', 768],
  ['db.t3.micro', 1],
])('%s has %d GiB', (instanceClass, gib) => {
  expect(knownMemory(instanceClass)).toBe(gib * GIB);
});
