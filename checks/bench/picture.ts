import type { ResourceSpan, Span, StepSpan, Timeline } from '../../rehearsal/src/report/timeline';

const WIDTH = 1000; // of the time; in pixels, as all here
const LEFT = 230; // for names
const ROW = 18;
const COLOURS = { step: '#4c6ef5', CREATE: '#2f9e44', UPDATE: '#f59f00', DELETE: '#e03131' } as const;
const STACK = 'AWS::CloudFormation::Stack';

/** A rehearsal as bars over time: its steps, with how busy the cores were, and what CloudFormation did with each stack. */
export const picture = ({ target, steps, resources }: Timeline, cores: number): string => {
  const end = Math.max(...steps.map(endOf));
  const stacks = [...new Set(resources.filter(({ type }) => type === STACK).map(({ stack }) => stack))];
  const rows = [
    ...steps.map((step) => row(step.title, [bar(step, COLOURS.step, end, busy(step, cores))])),
    ...stacks.map((stack) =>
      row(
        stack,
        resources.filter(isOf(stack)).map((span) => bar(span, COLOURS[span.action], end, '')),
      ),
    ),
  ];
  const height = (rows.length + 2) * ROW;
  const ticks = Array.from({ length: Math.floor(end / 10) + 1 }, (_, index) => index * 10);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${LEFT + WIDTH + 90}" height="${height}" font-family="sans-serif" font-size="11">`,
    `<title>${escape(`Where the time of a rehearsal of ${target} goes`)}</title>`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...ticks.map((second) => {
      const x = LEFT + (second / end) * WIDTH;
      const label = second % 30 === 0 ? `<text x="${x}" y="12" text-anchor="middle">${second} s</text>` : '';
      return `<line x1="${x}" x2="${x}" y1="${ROW}" y2="${height}" stroke="${second % 30 === 0 ? '#ced4da' : '#f1f3f5'}"/>${label}`;
    }),
    ...rows.map((content, index) => `<g transform="translate(0 ${(index + 1) * ROW})">${content}</g>`),
    '</svg>',
  ].join('\n');
};

const endOf = ({ start, seconds }: Span) => start + seconds;

const isOf = (name: string) => (span: ResourceSpan) =>
  span.type === STACK && span.stack === name && span.title === name;

const busy = ({ seconds, cpu }: StepSpan, cores: number) =>
  `${seconds.toFixed(1)} s, ${Math.round((100 * cpu) / seconds / cores)} % of the cores`;

const row = (name: string, bars: readonly string[]) =>
  `<text x="${LEFT - 6}" y="13" text-anchor="end">${escape(name)}</text>${bars.join('')}`;

const bar = ({ start, seconds }: Span, colour: string, end: number, label: string) => {
  const [x, width] = [LEFT + (start / end) * WIDTH, Math.max(1, (seconds / end) * WIDTH)];
  const isLate = start > end / 2;
  const text =
    label &&
    `<text x="${isLate ? x - 4 : x + width + 4}" y="13" fill="#495057"${isLate ? ' text-anchor="end"' : ''}>${escape(label)}</text>`;
  return `<rect x="${x.toFixed(1)}" y="3" width="${width.toFixed(1)}" height="${ROW - 6}" fill="${colour}"/>${text}`;
};

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
