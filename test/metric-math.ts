import type { Json } from './synth';

/** Values of metrics in a period, by name: an absent metric has none. */
export type Period = Readonly<Record<string, number>>;

const FILL = (value: number, filler: number) => (Number.isNaN(value) ? filler : value);
const IF = (condition: number | boolean, yes: number, no: number) => (condition ? yes : no);

/** The value of an alarm's expression for a period, as CloudWatch calculates it: NaN where there is no value. */
export const evaluate = (metrics: readonly Json[], period: Period): number => {
  const names = metrics.map(({ Id }) => Id as string);
  const value = ({ MetricStat, Expression }: Json): number => {
    if (MetricStat) return period[MetricStat.Metric.MetricName] ?? Number.NaN;
    const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(Expression));
    const values = used.map((name) => value(metrics.find(({ Id }) => Id === name)));
    return new Function('FILL', 'IF', ...used, `return ${Expression};`)(FILL, IF, ...values);
  };
  return value(metrics.find(({ ReturnData }) => ReturnData !== false));
};
