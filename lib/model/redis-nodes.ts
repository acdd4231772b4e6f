/** `0001`, `0002` and so on. */
const numbers = (count: number, digits: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${i + 1}`.padStart(digits, '0'));

/** The nodes that ElastiCache makes of a group in cluster mode, as it calls them after the name of the group: `0001-001`, shard and node. */
export const redisNodes = ({
  shards,
  replicasPerShard,
}: {
  readonly shards: number;
  readonly replicasPerShard: number;
}): readonly string[] =>
  numbers(shards, 4).flatMap((shard) => numbers(1 + replicasPerShard, 3).map((node) => `${shard}-${node}`));
