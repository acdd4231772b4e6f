/** The unit of a panel's values. */
export type Unit =
  | 'none'
  | 'percent'
  | 'ratio'
  | 'seconds'
  | 'milliseconds'
  | 'microseconds'
  | 'bytes'
  | 'days'
  | 'requests a second'
  | 'operations a second';

const scaled = (value: number, base: number, prefixes: readonly string[]): string => {
  const power = prefixes.findLastIndex((_, i) => Math.abs(value) >= base ** i);
  return `${digits(value / base ** Math.max(power, 0))}${prefixes[Math.max(power, 0)]}`;
};

/** Three digits, and no zeros at the end. */
const digits = (value: number): string => `${Number(value.toPrecision(3))}`;

/** A value as people read it on an axis: `90 %`, `1.5 GiB`, `12k`; percentages with so many decimals. */
export const written = (unit: Unit, value: number, decimals?: number): string => {
  switch (unit) {
    case 'percent':
      return `${digits(value)} %`;
    case 'ratio':
      return `${decimals === undefined ? digits(100 * value) : (100 * value).toFixed(decimals)} %`;
    case 'bytes':
      return scaled(value, 1024, [' B', ' KiB', ' MiB', ' GiB', ' TiB']);
    case 'seconds':
      return value !== 0 && Math.abs(value) < 1 ? `${digits(1000 * value)} ms` : `${digits(value)} s`;
    case 'milliseconds':
      return written('seconds', value / 1e3);
    case 'microseconds':
      return written('seconds', value / 1e6);
    case 'days':
      return `${digits(value)} d`;
    case 'requests a second':
      return `${written('none', value)}/s`;
    case 'operations a second':
      return `${written('none', value)}/s`;
    case 'none':
      return scaled(value, 1000, ['', 'k', 'M', 'G']);
  }
};

/** An axis from zero, or below, that has room for all values, with at most five round steps. */
export const axis = (unit: Unit, values: readonly number[]): { min: number; max: number; interval: number } => {
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const span = 1.1 * (most - least) || 1;
  const whole = unit === 'none' && values.every(Number.isInteger); // no half things
  const steps = unit === 'bytes' ? [1, 2, 4, 8, 16] : whole ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10];
  const base = unit === 'bytes' ? 16 ** Math.floor(Math.log2(span / 5) / 4) : 10 ** Math.floor(Math.log10(span / 5));
  const interval = Math.max(whole ? 1 : 0, base * steps.find((step) => step * base >= span / 5)!);
  return {
    min: Math.floor(least / interval) * interval,
    max: Math.ceil((1.05 * most || (least < 0 ? 0 : 1)) / interval) * interval,
    interval,
  };
};
