/** Millicores of a CPU quantity like `100m`, at least 1, or undefined if it is none. Kubernetes knows nothing finer. */
export const millicores = (quantity: string): number | undefined => {
  const [, number, milli] = /^(\d+(?:\.\d{1,3})?)(m?)$/.exec(quantity) ?? [];
  const value = Number(number) * (milli ? 1 : 1000);
  return value >= 1 && Number.isInteger(Math.round(value * 1e6) / 1e6) ? value : undefined;
};

const UNITS: Readonly<Record<string, number>> = {
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Bytes of a memory quantity like `256Mi`, at least 1, or undefined if it is none. */
export const bytes = (quantity: string): number | undefined => {
  const [, number, unit = ''] = /^([1-9]\d*)([kMGT]|[KMGT]i)$/.exec(quantity) ?? [];
  return number === undefined ? undefined : Number(number) * (UNITS[unit] ?? 1);
};
