/** Text as code, whatever is in it: in a table, in a list, in a sentence. */
export const code = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line === '') return '';
  const fence = '`'.repeat(longestRun(line) + 1);
  const inner = /^`|`$/.test(line) ? ` ${line} ` : line;
  return `${fence}${inner.replaceAll('|', String.raw`\|`)}${fence}`;
};

/** Lines as a block of code. */
export const codeBlock = (language: string, text: string): string => {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
};

const longestRun = (text: string) => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/** A row of a table, from cells that are Markdown already. */
export const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** A part of a comment whose rows can be left out one by one. */
export interface Block {
  /** Its priority when room is short: the lowest is kept first. */
  readonly rank: number;
  readonly head: string;
  readonly rows: readonly string[];
  readonly tail: string;
  /** Name of its rows, for the note on those left out: `resources`. */
  readonly what: string;
}

/** Room for a note on what is left out. */
const NOTE = 100;

/** Puts blocks together in no more than so many characters: rows that have no room are left out, and counted in a note. */
export const assemble = (title: string, blocks: readonly Block[], limit: number, advice: string): string => {
  const whole = text([title, ...blocks.map(written)]);
  if (whole.length <= limit) return whole;

  let room = limit - title.length - advice.length - 4 * NOTE;
  const kept = new Map<Block, string[]>();
  for (const block of blocks.toSorted((one, another) => one.rank - another.rank)) {
    const frame = block.head.length + block.tail.length + NOTE;
    for (const line of block.rows.length > 0 ? block.rows : ['']) {
      const cost = line.length + 1 + (kept.has(block) ? 0 : frame);
      if (cost > room) continue;
      kept.set(block, [...(kept.get(block) ?? []), line]);
      room -= cost;
    }
  }

  const left = (block: Block) => block.rows.length - (kept.get(block)?.filter((line) => line !== '').length ?? 0);
  const counts = [...new Set(blocks.map(({ what }) => what))]
    .map((what) => ({
      what,
      count: blocks.filter((block) => block.what === what).reduce((sum, block) => sum + left(block), 0),
    }))
    .filter(({ count }) => count > 0)
    .map(({ what, count }) => `${count} ${what}`);
  const note = `> [!NOTE]\n> A comment holds ${limit.toLocaleString('en')} characters. Left out: ${counts.join(', ')}. ${advice}`;
  const part = (block: Block) => {
    const more = left(block) > 0 ? `\n\n_${left(block)} more ${block.what} are left out._` : '';
    return written({ ...block, rows: kept.get(block)!, tail: more + block.tail });
  };
  const shown = blocks.filter((block) => kept.has(block));
  const first = shown.filter(({ rank }) => rank === 0);
  return text([title, ...first.map(part), note, ...shown.filter(({ rank }) => rank > 0).map(part)]);
};

const written = ({ head, rows, tail }: Block) => [head, ...rows.filter((line) => line !== '')].join('\n') + tail;

const text = (parts: readonly string[]) => `${parts.join('\n\n')}\n`;
