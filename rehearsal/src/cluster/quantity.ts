const UNITS = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/** The number that a quantity of Kubernetes stands for: `250m` is 0.25, `1Ki` is 1024. */
export const quantity = (text: string): number => {
  const [, number, unit = ''] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([numkKMGTPE]?i?)$/.exec(text) ?? [];
  const small = ['m', 'u', 'n'].indexOf(unit);
  if (small >= 0) return Number(number) / 1000 ** (small + 1);
  const power = UNITS.indexOf(unit.replace('i', '').toUpperCase());
  if (number === undefined || power < 0) throw new Error(`"${text}" is not a quantity of Kubernetes`);
  return Number(number) * (unit.endsWith('i') ? 1024 : 1000) ** power;
};
