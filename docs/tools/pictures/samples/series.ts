import { incident, MINUTES, wave } from './time';

export type Labels = Readonly<Record<string, string>>;

/** The value of a minute. */
export type Values = (minute: number) => number;

/** Goes up and down between two values, to a third one in the incident. */
export const between =
  (name: string, low: number, high: number, worst?: number): Values =>
  (minute) => {
    const usual = low + (high - low) * wave(name, minute);
    return worst === undefined ? usual : usual + incident(minute) * (worst - usual);
  };

/** A series in the notation of promtool, with a value each minute. */
export const gauge = (metric: string, labels: Labels, values: Values | number): string => {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  const numbers = Array.from({ length: MINUTES + 1 }, (_, minute) =>
    Number((typeof values === 'number' ? values : values(minute)).toPrecision(9)),
  );
  return `${metric}{${pairs.join(', ')}} ${numbers.join(' ')}`;
};

/** A series that grows by so much a second. */
export const counter = (metric: string, labels: Labels, perSecond: Values | number): string => {
  let total = 0;
  return gauge(metric, labels, (minute) => {
    total += 60 * (typeof perSecond === 'number' ? perSecond : perSecond(minute));
    return total;
  });
};
