const GIB = 2 ** 30;
/** GiB of the sizes of burstable classes below `large`, and of what has as much. */
const SMALL: Readonly<Record<string, number>> = { micro: 1, small: 2, medium: 4 };
/** GiB of the size `large`, by the family or its letter. */
const LARGE: Readonly<Record<string, number>> = { t: 8, m: 8, r: 16, x: 32, x2iedn: 64, c: 4 };

/** Bytes of memory of an instance class of RDS like `db.t4g.medium`; undefined of a family that is not in the table. */
export const knownMemory = (instanceClass: string): number | undefined => {
  const [family = '', size = ''] = instanceClass.replace(/^\w+\.(?=\w+\.)/, '').split('.');
  const large = LARGE[family] ?? LARGE[family[0] ?? ''];
  const small = family.startsWith('t') ? SMALL[size] : undefined;
  const gib = small ?? (large && large * (size === 'medium' ? 0.5 : size === 'large' ? 1 : 2 * multiple(size)));
  return gib ? gib * GIB : undefined;
};

/** The same of a class that validation has let through. */
export const instanceMemory = (instanceClass: string): number => {
  const bytes = knownMemory(instanceClass);
  if (bytes === undefined)
    throw new Error(`lib/model/instance-memory.ts does not know the memory of ${instanceClass}: add it`);
  return bytes;
};

/** 1 of `xlarge`, 4 of `4xlarge`. */
const multiple = (size: string): number => Number(size.replace('xlarge', '') || 1);
