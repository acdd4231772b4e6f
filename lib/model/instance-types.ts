/** Sizes of each family of machines. */
export type Sizes = ReadonlyMap<string, readonly string[]>;

type Row = readonly [families: string, sizes: string];

const sizes = (rows: readonly Row[]): Sizes =>
  new Map(rows.flatMap(([families, row]) => families.split(' ').map((family) => [family, row.split(' ')] as const)));

/** Most families begin with these. */
const TO_8 = 'large xlarge 2xlarge 4xlarge 8xlarge';
const TO_12 = `${TO_8} 12xlarge`;
const TO_16 = `${TO_12} 16xlarge`;
const TO_24 = `${TO_16} 24xlarge`;
const TO_32 = `${TO_24} 32xlarge`;

/*
 * Types that AWS offers in any region, as cfn-lint 1.58.0 recorded (2026-11) from the price list and DescribeOrderableDBInstanceOptions:
 * cfnlint/data/schemas/extensions, aws_ec2_instance/instancetype_enum.json, aws_rds_dbinstance/db_instance_class.json and
 * aws_elasticache_cachecluster/cachenodetype_enum.json. A region can lack some.
 */

/** x86-64 machines of EC2 on the Nitro system, which prefix delegation needs, without `metal`, whose name says no size. */
export const NODE_SIZES = sizes([
  ['c5 c5d', 'large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge'],
  ['c5n', 'large xlarge 2xlarge 4xlarge 9xlarge 18xlarge'],
  ['c5a c5ad m5 m5a m5ad m5d m5dn m5n r5 r5a r5ad r5b r5d r5dn r5n', TO_24],
  ['c6i c6id c6in i4i m6i m6id m6idn m6in r6i r6id r6idn r6in', TO_32],
  ['c6a m6a r6a', `${TO_32} 48xlarge`],
  ['c7a m7a r7a', `medium ${TO_32} 48xlarge`],
  ['c7i i7i m7i r7i', `${TO_24} 48xlarge`],
  ['c7i-flex c8i-flex m7i-flex m8i-flex r8i-flex', TO_16],
  ['c8a m8a r8a', `medium ${TO_24} 48xlarge`],
  ['c8i c8ib c8id c8in m8i m8ib m8id m8idb m8idn m8in r8i r8ib r8id r8idb r8idn r8in', `${TO_32} 48xlarge 96xlarge`],
  ['c8ine m8ine', TO_12],
  ['i3en', 'large xlarge 2xlarge 3xlarge 6xlarge 12xlarge 24xlarge'],
  ['i7ie', 'large xlarge 2xlarge 3xlarge 6xlarge 12xlarge 18xlarge 24xlarge 48xlarge'],
  ['m5zn', 'large xlarge 2xlarge 3xlarge 6xlarge 12xlarge'],
  ['m8azn', 'medium large xlarge 3xlarge 6xlarge 12xlarge 24xlarge'],
  ['r7iz', `${TO_16} 32xlarge`],
  ['t3 t3a', 'medium large xlarge 2xlarge'],
]);

/** Classes of RDS for MySQL 8.4. */
export const DATABASE_SIZES = sizes([
  ['c6gd', `medium ${TO_16}`],
  ['m5 m5d r5 r5b r5d', TO_24],
  ['m6g m6gd m7g r6g r6gd r7g x2g', TO_16],
  ['m6i m6id m6idn m6in r6i r6id r6idn r6in', TO_32],
  ['m7i m8a m8g m8gd m9g r7i r8a r8g r8gd', `${TO_24} 48xlarge`],
  ['t3 t4g', 'micro small medium large xlarge 2xlarge'],
  ['x2iedn', 'xlarge 2xlarge 4xlarge 8xlarge 16xlarge 24xlarge 32xlarge'],
]);

/**
 * Nodes of ElastiCache for Redis OSS 7.1: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html
 * The eighth generation runs Valkey only, of T2 no group is made any more, and R6gd wants data tiering, which the group does not have.
 */
export const CACHE_SIZES = sizes([
  ['c7gn m6g m7g r6g r7g', TO_16],
  ['m4', 'large xlarge 2xlarge 4xlarge 10xlarge'],
  ['m5 r5', 'large xlarge 2xlarge 4xlarge 12xlarge 24xlarge'],
  ['r4', `${TO_8} 16xlarge`],
  ['t3 t4g', 'micro small medium'],
]);

/** Family and size of a name, whatever stands before them: `db.m5.large`. */
const parts = (name: string): readonly [family: string, size: string] => {
  const [size = '', family = ''] = name.split('.').toReversed();
  return [family, size];
};

export const isKnown = (known: Sizes, name: string): boolean => {
  const [family, size] = parts(name);
  return known.get(family)?.includes(size) ?? false;
};

/** The choices in place of an unknown name: another size, or another family. */
export const knownFix = (known: Sizes, name: string): string => {
  const [family] = parts(name);
  const there = known.get(family);
  return there
    ? `choose a size that ${family} has (${there.join(', ')})`
    : `choose a family among ${[...known.keys()].join(', ')}, or add a new one to lib/model/instance-types.ts`;
};
