import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page of docs that is made of data, as it stands there. With `RENEW=1` it is written anew. */
export const docs = (name: string, content?: string): string => {
  const file = join(__dirname, '..', `${name}.md`);
  if (process.env.RENEW && content !== undefined) writeFileSync(file, content);
  return readFileSync(file, 'utf8');
};

/** A part of such a page, between two comments that name it. */
export const docsPart = (name: string, part: string, content: string): string => {
  const [start, end] = [`<!-- ${part} -->\n`, `\n<!-- end of ${part} -->`];
  const [before, rest = ''] = docs(name).split(start);
  const [there = '', after] = rest.split(end);
  if (!process.env.RENEW) return there;
  docs(name, [before, start, content, end, after].join(''));
  return content;
};

/** A table of Markdown. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  line(head),
  `|${'---|'.repeat(head.length)}`,
  ...rows.map(line),
];

const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
