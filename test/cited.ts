import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { blocks } from '../checks/commands/documented';

const ROOT = join(__dirname, '..');

/** The target of a citation: a file or a folder of the project, and a heading of that page. */
export interface Cited {
  readonly path: string;
  /** As written: an anchor, or the heading itself. */
  readonly heading?: string;
}

/** Folders of the project by which a path begins. */
const FOLDERS = ['bin', 'checks', 'docs', 'doctor', 'findings', 'lib', 'rehearsal', 'review', 'test'];
const SOURCE = /\.(ts|cjs|js|py|sh|go|yaml)$/;

/** The source of the project, relative to its root; without tests, whose subjects cite what there is not. */
export const sources = (): readonly string[] =>
  FOLDERS.filter((folder) => folder !== 'docs').flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => SOURCE.test(name) && !name.endsWith('.test.ts'))
      .map((name) => join(folder, name)),
  );

const anchored = (path: string, anchor: string | undefined): Cited =>
  anchor === undefined ? { path } : { path, heading: anchor };

/** Decisions by their number: `ADR 15`. */
const decisions = (text: string): readonly Cited[] =>
  [...text.matchAll(/\bADR (\d+)/g)].map(([, number]) => ({ path: `docs/adr/${number!.padStart(4, '0')}` }));

/** Citations in the source: `docs/data.md`, `docs/adr/0015`, `docs/rehearsal.md#updates`, `“Keys of volumes” in docs/doctor.md`. */
export const citedBySource = (text: string): readonly Cited[] => [
  ...[...text.matchAll(NAMED)].map(([, heading, path, anchor]) => anchored(path!, anchor ?? heading)),
  ...decisions(text),
];

const NAMED = /(?:“([^”\n]+)” (?:in|of) )?(?<![\w./-])(docs\/[\w/-]+(?:\.\w+)?)(?:#([\w-]+))?/g;

/** Links of a page, and the paths that its text names. Those with a placeholder are left out. */
export const citedByPage = (page: string, text: string): readonly Cited[] => [
  ...[...text.matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(([, path, anchor]) =>
    anchored(path === '' ? page : join(dirname(page), path!), anchor),
  ),
  ...[...text.matchAll(new RegExp(`(?<![\\w./@:(-])(?:${FOLDERS.join('|')})/[\\w./-]*\\w(?![*…])`, 'g'))]
    .map(([path]) => path)
    .filter((path) => !/\b[A-Z]{2,}\b/.test(path.replace(/\.md$/, '')))
    .map((path) => ({ path })),
  ...decisions(text),
];

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

/** The headings of a page, and their anchors. Of those that are the same, the later ones have a number. */
const headingsOf = (text: string): ReadonlySet<string> => {
  const fenced = blocks(text).reduce((rest, block) => rest.replace(block.text, ''), text);
  const found = new Set<string>();
  const seen = new Map<string, number>();
  for (const [, heading] of fenced.matchAll(/^#+ +(.*?) *$/gm)) {
    const anchor = anchorOf(heading!);
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    found.add(heading!).add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return found;
};

/** The problem of a citation, if it has one. */
export const citationProblem = ({ path, heading }: Cited): string | undefined => {
  const file = whole(path);
  if (file === undefined) return `there is no ${path}`;
  if (heading === undefined) return undefined;
  return headingsOf(readFileSync(join(ROOT, file), 'utf8')).has(heading)
    ? undefined
    : `${file} has no heading ${heading}`;
};

/** The file or folder that a path names. A decision may be cited by its number, a module without `.ts`. */
const whole = (path: string): string | undefined => {
  const trimmed = path.replace(/\/$/, '');
  if (existsSync(join(ROOT, trimmed))) return trimmed;
  const [, folder, number] = /^(docs\/adr)\/(\d{4})$/.exec(trimmed) ?? [];
  const decision = folder && readdirSync(join(ROOT, folder)).find((name) => name.startsWith(`${number}-`));
  if (decision) return relative(ROOT, join(ROOT, folder, decision));
  return existsSync(join(ROOT, `${trimmed}.ts`)) ? `${trimmed}.ts` : undefined;
};
