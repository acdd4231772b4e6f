import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page of docs as it stands there. */
export const docs = (name: string): string => readFileSync(join(__dirname, '..', `${name}.md`), 'utf8');

/** A table of Markdown. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  line(head),
  `|${'---|'.repeat(head.length)}`,
  ...rows.map(line),
];

const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
