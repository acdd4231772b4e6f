import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documented, type Documented } from './documented';

const ROOT = join(__dirname, '..', '..');

/** The pages of the documentation, and their text. */
export const pages = (): readonly (readonly [page: string, text: string])[] =>
  [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
  ]
    .filter((page) => page.endsWith('.md'))
    .map((page) => [page, readFileSync(join(ROOT, page), 'utf8')]);

/** Commands that the documentation tells its reader to run. Records of decisions give reasons, and no commands to run. */
export const documentedCommands = (): readonly Documented[] =>
  pages()
    .filter(([page]) => !page.startsWith('docs/adr/'))
    .flatMap(([page, text]) => documented(page, text));

/** A problem, with the place and the command that has it. */
export const problem = ({ page, line, program, args }: Documented, text: string): string =>
  `${page}:${line}: ${[program, ...args].join(' ')}: ${text}`;
