import { FONT, graph, INK } from './graph';
import { fingerprint, type Content, type Dashboard, type Panel } from './panel';

/** Columns of a dashboard. */
const COLUMNS = 24;
const WIDTH = 1000;
const HEAD = 44;
const GAP = 8;
const TITLE = 26;
const RED = '#d62728';

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

interface Letters {
  readonly size?: number;
  readonly weight?: number;
  readonly color?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** What there is room for; the rest is left out. */
  readonly room?: number;
}

const letters = (x: number, y: number, text: string, options: Letters = {}): string => {
  const { size = 12, weight = 400, color = INK, anchor = 'start', room = Infinity } = options;
  const fits = Math.floor(room / (0.55 * size));
  const shown = text.length > fits ? `${text.slice(0, fits - 1)}…` : text;
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${color}" text-anchor="${anchor}">${escaped(shown)}</text>`;
};

const box = (x: number, y: number, width: number, height: number, fill: string, stroke = 'none'): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="4" fill="${fill}" stroke="${stroke}"/>`;

type Draw<Kind extends Content['kind']> = (
  content: Content & { kind: Kind },
  width: number,
  height: number,
) => readonly string[];

/** As CloudWatch shows alarms: six in a row. */
const states: Draw<'states'> = ({ states: all }, width, height) => {
  const columns = 6;
  const [wide, high] = [width / columns, Math.min(32, height / Math.ceil(all.length / columns))];
  return all.flatMap(({ name, wrong }, i) => {
    const [x, y] = [(i % columns) * wide, Math.floor(i / columns) * high];
    return [
      box(x + 3, y, wide - 6, high - 5, wrong ? RED : '#e3f4ea', wrong ? RED : '#9bd0b1'),
      letters(x + wide / 2, y + high / 2 + 1.5, name, {
        size: 11,
        weight: wrong ? 700 : 400,
        color: wrong ? '#ffffff' : '#1c4532',
        anchor: 'middle',
        room: wide - 12,
      }),
    ];
  });
};

/** Large values, beside each other. */
const stat: Draw<'stat'> = ({ values }, width, height) =>
  values.flatMap(({ name, value, color }, i) => {
    const wide = width / values.length;
    const [x, size] = [(i + 0.5) * wide, Math.min(30, height / 2.2, wide / (0.62 * value.length))];
    return [
      letters(x, height / 2 + (name ? 2 : 8), value, { size, weight: 700, color, anchor: 'middle' }),
      letters(x, height / 2 + 20, name, { size: 11, anchor: 'middle', room: wide - 8 }),
    ];
  });

const ROW = 20;

const table: Draw<'table'> = ({ head, rows }, width, height) => {
  const [wide, room] = [(width - 20) / head.length, Math.floor(height / ROW) - 1];
  const line = (cells: readonly string[], at: number, weight: number) =>
    cells.map((cell, i) => letters(10 + i * wide, at * ROW + 12, cell, { size: 11, weight, room: wide - 8 }));
  return [
    ...line(head, 0, 700),
    ...rows
      .slice(0, room)
      .flatMap((row, i) => [box(6, (i + 1) * ROW - 3, width - 12, 1, '#e4e7eb'), ...line(row, i + 1, 400)]),
  ];
};

const CONTENT: { readonly [Kind in Content['kind']]: Draw<Kind> } = {
  text: ({ text }, width, height) => [letters(10, height / 2 + 4, text, { color: '#1a56a0', room: width - 20 })],
  states,
  graph: (content, width, height) => [graph(content, width, height)],
  stat,
  table,
  row: () => [],
};

const draw = <Kind extends Content['kind']>(content: Content & { kind: Kind }, width: number, height: number) =>
  CONTENT[content.kind as Kind](content, width, height).join('\n');

const panel = ({ title, content, ...at }: Panel, line: number): string => {
  const unit = WIDTH / COLUMNS;
  const [x, y] = [Math.round(at.x * unit) + GAP / 2, HEAD + at.y * line];
  const [width, height] = [Math.round(at.width * unit) - GAP, at.height * line - GAP];
  const top = title === '' ? 0 : TITLE;
  if (content.kind === 'row')
    return `<g transform="translate(${x} ${y})">${letters(4, 20, title, { size: 14, weight: 700 })}</g>`;
  return [
    `<g transform="translate(${x} ${y})">`,
    box(0, 0, width, height, '#ffffff', '#cbd2d9'),
    title === '' ? '' : letters(10, 18, title, { weight: 700, room: width - 20 }),
    `<g transform="translate(0 ${top})">`,
    draw(content, width, height - top),
    '</g></g>',
  ].join('\n');
};

/** The picture of a dashboard. */
export const picture = ({ title, definition, line, panels }: Dashboard): string => {
  const height = HEAD + line * Math.max(...panels.map(({ y, height: own }) => y + own)) + GAP;
  const size = `width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${size} font-family="${FONT}">`,
    `<metadata>${fingerprint(definition)}</metadata>`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#f5f7fa"/>`,
    letters(GAP, 28, title, { size: 18, weight: 700 }),
    letters(WIDTH - GAP, 28, 'sample data', { size: 13, color: '#52606d', anchor: 'end' }),
    ...panels.map((each, i) => panel(each, line).replaceAll(/\bzr\d+-/g, `p${i}-`)),
    '</svg>\n',
  ].join('\n');
};
