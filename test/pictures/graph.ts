import { init } from 'echarts';
import type { Content, Threshold } from './panel';
import { axis, written } from './unit';

export const FONT = 'Helvetica, Arial, sans-serif';
export const INK = '#1f2933';
const PALE = '#52606d';
const COLORS = [
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

/** Size of the letters, what one takes at most, what is around a name in the legend, and how high a line is. */
const SIZE = 11;
const LETTER = 6.2;
const AROUND = 32;
const LINE = 24;

/** Lines of the names below a graph. */
const lines = (names: readonly string[], width: number): number =>
  names.reduce(
    ({ count, left }, name) => {
      const wide = Math.min(width, LETTER * name.length + AROUND);
      return wide > left ? { count: count + 1, left: width - wide } : { count, left: left - wide };
    },
    { count: 0, left: 0 },
  ).count;

const line = (unit: Parameters<typeof written>[0], { value, label, color }: Threshold) => ({
  yAxis: value,
  lineStyle: { color, type: 'dashed' as const, width: 1.5 },
  label: { formatter: `${label} ${written(unit, value)}`, color, fontSize: SIZE, position: 'insideStartTop' as const },
});

/** A graph over time, as an SVG of a size. */
export const graph = (content: Content & { kind: 'graph' }, width: number, height: number): string => {
  const { unit, series, thresholds, stacked = false } = content;
  const totals = stacked
    ? series[0]!.points.map((_, i) => series.reduce((sum, { points }) => sum + (points[i]?.[1] ?? 0), 0))
    : series.flatMap(({ points }) => points.map(([, value]) => value));
  const names = series.map(({ name }) => name);
  const high = LINE * lines(names, width - 16);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  const text = { color: INK, fontSize: SIZE, fontFamily: FONT };
  chart.setOption({
    animation: false,
    useUTC: true,
    color: COLORS,
    textStyle: { fontFamily: FONT },
    grid: { left: 56, right: 24, top: 10, bottom: 20 + high },
    legend: {
      left: 8,
      width: width - 16,
      bottom: 4,
      itemWidth: 12,
      itemHeight: 3,
      itemGap: 13,
      icon: 'rect',
      padding: 0,
      data: names,
      textStyle: { ...text, width: width - AROUND - 16, overflow: 'truncate' },
    },
    xAxis: {
      type: 'time',
      splitNumber: Math.max(2, Math.floor(width / 90)),
      axisLabel: { color: PALE, fontSize: SIZE, formatter: '{HH}:{mm}', hideOverlap: true },
      axisLine: { lineStyle: { color: '#9aa5b1' } },
    },
    yAxis: {
      ...axis(unit, [...totals, ...thresholds.map(({ value }) => value)]),
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
      ...(i === 0 && { markLine: { silent: true, symbol: 'none', data: thresholds.map((each) => line(unit, each)) } }),
    })),
  });
  const svg = chart
    .renderToSVGString()
    .replaceAll('dominant-baseline="central"', 'dy="0.35em"') // not every viewer knows that baseline
    .replaceAll(/ class="[^"]*"| pointer-events="[^"]*"|<style[^]*?<\/style>/g, ''); // what answers a mouse
  chart.dispose();
  return svg;
};
