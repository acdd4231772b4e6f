import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A call of a program that a page of the documentation tells its reader to make. */
export interface Documented {
  /** `docs/runbook.md` */
  readonly page: string;
  /** The line on which it, or the block that it is part of, begins. */
  readonly line: number;
  readonly program: string;
  readonly args: readonly string[];
  /** Whether it stands in a sentence, which may name a command without its arguments. */
  readonly inline: boolean;
}

/** The programs that the documentation may call. Of those that are checked, a check knows what they take. */
const CHECKED = ['kubectl', 'aws', 'npx', 'npm'] as const;
const OTHERS = ['curl', 'date', 'docker', 'gh', 'git', 'go', 'grep', 'helm', 'jq', 'sed', 'sh'];

/** Language of blocks for a shell. Every block has a language, because nothing would check one without. */
const SHELL = 'sh';

/** A block of code, or a piece of code in a sentence. */
interface Code {
  readonly line: number;
  /** The word after its fence; none in a sentence. */
  readonly language?: string;
  readonly text: string;
}

const FENCE = /^([ >]*)```(.*)\n([\s\S]*?)^[ >]*```$/gm;

/** The blocks of a page. */
export const blocks = (page: string): readonly Code[] =>
  [...page.matchAll(FENCE)].map(({ index, 1: indent, 2: language, 3: text }) => ({
    line: lineAt(page, index),
    language: language!.trim(),
    text: text!.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));

/** Code in the sentences of a page. A line may end within it. */
const inlineCode = (page: string): readonly Code[] => {
  const sentences = page.replaceAll(FENCE, (block) => block.replaceAll(/[^\n]/g, ' '));
  return [...sentences.matchAll(/`([^`]+)`/g)].map(({ index, 1: text }) => ({
    line: lineAt(page, index),
    text: text!.replaceAll(/\s*\n\s*/g, ' '),
  }));
};

const lineAt = (page: string, index: number) => page.slice(0, index).split('\n').length;

/**
 * Writes down how it was called, each argument on its own, and answers as if it had found something. Those of a pipe run at the same
 * time, so that each process has a file of its own.
 */
const RECORDER = `#!/bin/sh
printf '%s\\0' "\${0##*/}" "$@" >"$RECORDS/$$"
echo found
`;

/** The calls that a shell makes of programs in a script: the shell itself reads it, and nothing but recorders is there to be called. */
const callsOf = (script: string, variables: readonly string[]): readonly (readonly string[])[] => {
  const folder = mkdtempSync(join(tmpdir(), 'platform-commands-'));
  try {
    const records = join(folder, 'records');
    mkdirSync(records);
    writeFileSync(join(folder, 'recorder'), RECORDER);
    chmodSync(join(folder, 'recorder'), 0o755);
    const programs = join(folder, 'programs');
    mkdirSync(programs);
    for (const name of [...CHECKED, ...OTHERS]) symlinkSync('../recorder', join(programs, name));
    const { stderr } = spawnSync('/bin/sh', ['-uc', script], {
      cwd: programs,
      env: { ...Object.fromEntries(variables.map((name) => [name, 'found'])), PATH: programs, RECORDS: records },
      encoding: 'utf8',
      input: '',
    });
    if (stderr) throw new Error(`a shell cannot read this: ${stderr.trim()}\n${script}`);
    return readdirSync(records)
      .toSorted((one, other) => Number(one) - Number(other))
      .map((pid) => readFileSync(join(records, pid), 'utf8').split('\0').slice(0, -1));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const STARTS = new RegExp(`^(${CHECKED.join('|')}) `);

/** A variable that one block sets, others of its page may use. */
const ASSIGNMENT = /(?:^|\s)([A-Za-z_]\w*)=/g;
/** Variables that a CI system sets, which the page names. */
const GIVEN = ['PULL_REQUEST'];

/** Every call of a program in a page, of its blocks and its sentences. */
export const documented = (page: string, text: string): readonly Documented[] => {
  const shown = blocks(text).filter(({ language }) => language === SHELL);
  const told = inlineCode(text).filter((code) => STARTS.test(code.text));
  const variables = shown.flatMap((code) => [...code.text.matchAll(ASSIGNMENT)].map(([, name]) => name!));
  return [...shown, ...told].flatMap(({ line, language, text: script }) =>
    callsOf(script, [...variables, ...GIVEN]).map(([program, ...args]) => ({
      page,
      line,
      program: program!,
      args,
      inline: language === undefined,
    })),
  );
};
