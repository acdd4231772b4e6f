import { COLORS, FONT, graph, INK } from './graph';
import { fingerprint, type Content, type Dashboard, type Panel } from './panel';

/** Columns of a dashboard. */
const COLUMNS = 24;
const WIDTH = 1000;
const HEAD = 44;
const GAP = 8;
const TITLE = 26;
const RED = '#d62728';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const round = (value: number): number => Number(value.toFixed(1));

interface Letters {
  readonly size?: number;
  readonly weight?: number;
  readonly color?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** Width for the text, in pixels; the rest is cut. @default - no limit */
  readonly room?: number;
}

const letters = (x: number, y: number, text: string, options: Letters = {}): string => {
  const { size = 12, weight = 400, color = INK, anchor = 'start', room = Infinity } = options;
  const fits = Math.floor(room / (0.55 * size));
  if (text === '') return '';
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

const NAME = 16;

/** A graph, and the names of its series in columns below. */
const graphWithNames: Draw<'graph'> = (content, width, height) => {
  const names = content.series.map(({ name }) => name);
  const longest = Math.max(...names.map(({ length }) => length));
  const columns = Math.max(
    Math.floor((width - 16) / (6.3 * longest + 26)),
    Math.ceil(names.length / Math.max(2, Math.floor((0.4 * height) / NAME))), // most is for the graph: long names are cut
  );
  const [wide, high] = [(width - 16) / columns, NAME * Math.ceil(names.length / columns) + 6];
  return [
    graph(content, width, height - high),
    ...names.flatMap((name, i) => {
      const [x, y] = [round(10 + (i % columns) * wide), height - high + NAME * Math.floor(i / columns) + 6];
      return [
        `<rect x="${x}" y="${y}" width="12" height="3" fill="${COLORS[i % COLORS.length]}"/>`,
        letters(x + 17, y + 5, name, { size: 11, room: wide - 20 }),
      ];
    }),
  ];
};

/** Large values, in as many lines as it takes: where these are low, with their names before them. */
const numbers: Draw<'numbers'> = ({ values }, width, height) => {
  const columns = Math.min(values.length, Math.max(1, Math.floor(width / 110)));
  const [wide, high] = [(width - 12) / columns, (height - 6) / Math.ceil(values.length / columns)];
  return values.flatMap(({ name, text, color }, i) => {
    const [x, y] = [6 + (i % columns) * wide, Math.floor(i / columns) * high];
    const ink = color === 'none' ? INK : '#ffffff';
    const size = Math.round(Math.min(28, high / 2.4, wide / (0.78 * text.length)));
    const middle = { x: round(x + wide / 2), y: round(y + high / 2) };
    return [
      box(round(x + 2), round(y), round(wide - 4), round(high - 4), color),
      ...(high < 50
        ? [
            letters(round(x + 8), middle.y + 2, name, { size: 11, color: ink, room: 0.55 * wide }),
            letters(round(x + wide - 8), middle.y + 2, text, { size: 13, weight: 700, color: ink, anchor: 'end' }),
          ]
        : [
            letters(middle.x, round(middle.y + (name ? 0 : size / 3)), text, {
              size,
              weight: 700,
              color: ink,
              anchor: 'middle',
            }),
            letters(middle.x, middle.y + 17, name, { size: 11, color: ink, anchor: 'middle', room: wide - 10 }),
          ]),
    ];
  });
};

/** A bar for each value, with its name before and its text behind. */
const bars: Draw<'bars'> = ({ values }, width, height) => {
  const [high, before, behind] = [Math.min(26, (height - 6) / values.length), 0.4 * width, 52];
  const most = width - before - behind - 16;
  return values.flatMap(({ name, text, color, share }, i) => {
    const y = i * high;
    return [
      letters(round(before), round(y + high / 2 + 3), name, { size: 11, anchor: 'end', room: before - 8 }),
      box(round(before + 8), round(y + 2), round(most), round(high - 6), '#e4e7eb'),
      box(round(before + 8), round(y + 2), round(most * Math.min(1, share)), round(high - 6), color),
      letters(width - 8, round(y + high / 2 + 3), text, { size: 11, anchor: 'end' }),
    ];
  });
};

const ROW = 20;

const table: Draw<'table'> = ({ head, rows }, width, height) => {
  const room = Math.floor(height / ROW) - 1;
  const longest = head.map((_, i) => Math.max(...[head, ...rows].map((cells) => cells[i]!.length + 2)));
  const all = longest.reduce((sum, length) => sum + length, 0);
  const wide = longest.map((length) => ((width - 20) * length) / all);
  const before = wide.map((_, i) => wide.slice(0, i).reduce((sum, each) => sum + each, 10));
  const line = (cells: readonly string[], at: number, weight: number) =>
    cells.map((cell, i) => letters(round(before[i]!), at * ROW + 12, cell, { size: 11, weight, room: wide[i]! }));
  return [
    ...line(head, 0, 700),
    rows.length > room ? letters(width - 10, 12, `${rows.length} in all`, { size: 11, anchor: 'end' }) : '',
    ...rows
      .slice(0, room)
      .flatMap((row, i) => [box(6, (i + 1) * ROW - 3, width - 12, 1, '#e4e7eb'), ...line(row, i + 1, 400)]),
  ];
};

const CONTENT: { readonly [Kind in Content['kind']]: Draw<Kind> } = {
  text: ({ text }, width, height) => [letters(10, height / 2 + 4, text, { color: '#1a56a0', room: width - 20 })],
  states,
  graph: graphWithNames,
  numbers,
  bars,
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
    title === '' ? '' : letters(10, 18, title, { weight: 700, room: width - 14 }),
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
