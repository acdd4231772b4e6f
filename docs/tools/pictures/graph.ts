import { init } from 'echarts';
import type { Content, Threshold } from './panel';
import { axis, written } from './unit';

export const FONT = 'Helvetica, Arial, sans-serif';
export const INK = '#1f2933';
const PALE = '#52606d';
/** Colors of series, in their order. */
export const COLORS = [
  '#1f77b4',
  '#e6850e',
  '#2ca02c',
  '#9467bd',
  '#8c564b',
  '#17a2b8',
  '#bcbd22',
  '#e377c2',
  '#7f7f7f',
  '#3b4cc0',
  '#b40426',
  '#005f56',
];

const SIZE = 11;

const line = (unit: Parameters<typeof written>[0], { value, label, color }: Threshold, i: number) => ({
  yAxis: value,
  lineStyle: { color, type: 'dashed' as const, width: 1.5 },
  label: {
    formatter: `${label} ${written(unit, value)}`.trim(),
    color,
    fontSize: SIZE,
    position: 'insideStartTop' as const,
    distance: [5 + 60 * i, 1], // lines may be close to each other
  },
});

/** A graph over time, as an SVG of a size. */
export const graph = (content: Content & { kind: 'graph' }, width: number, height: number): string => {
  const { unit, series, thresholds, stacked } = content;
  const totals = new Map<number, number>();
  for (const [at, value] of series.flatMap(({ points }) => points)) totals.set(at, (totals.get(at) ?? 0) + value);
  const values = stacked ? [...totals.values()] : series.flatMap(({ points }) => points.map(([, value]) => value));
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({
    animation: false,
    useUTC: true,
    color: COLORS,
    textStyle: { fontFamily: FONT },
    grid: { left: 60, right: 24, top: 12, bottom: 24 },
    xAxis: {
      type: 'time',
      splitNumber: Math.max(2, Math.floor(width / 90)),
      axisLabel: { color: PALE, fontSize: SIZE, formatter: '{HH}:{mm}', hideOverlap: true },
      axisLine: { lineStyle: { color: '#9aa5b1' } },
    },
    yAxis: {
      ...axis(unit, [...values, ...thresholds.map(({ value }) => value)]),
      axisLabel: { color: PALE, fontSize: SIZE, formatter: (value: number) => written(unit, value) },
      splitLine: { lineStyle: { color: '#e4e7eb' } },
    },
    series: series.map(({ name, points }, i) => ({
      name,
      type: 'line',
      symbol: 'none',
      silent: true,
      emphasis: { disabled: true },
      lineStyle: { width: 1.6 },
      ...(stacked && { stack: 'all', areaStyle: { opacity: 0.5 } }),
      data: points.map((point) => [...point]),
      ...(i === 0 && {
        markLine: { silent: true, symbol: 'none', data: thresholds.map((each, at) => line(unit, each, at)) },
      }),
    })),
  });
  const svg = chart
    .renderToSVGString()
    .replaceAll('dominant-baseline="central"', 'dy="0.35em"') // not every viewer knows that baseline
    .replaceAll(/ class="[^"]*"| pointer-events="[^"]*"|<style[^]*?<\/style>/g, ''); // parts that answer a mouse
  chart.dispose();
  return svg;
};
