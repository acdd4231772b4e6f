import { CommandError } from '../rehearsal/src/process';
import type { Stack } from './assembly';
import { changes } from './changes';
import { between } from './between';
import { checkout, pipelinesFirst, synthesized, type Version } from './checkout';
import { comment, type Environment } from './comment';

type Outcome = readonly Stack[] | { readonly output: string };

const failed = (outcome: Outcome): outcome is { readonly output: string } => 'output' in outcome;

const report = (line: string) => console.error(line);

const review = async (from: Version, to: Version, names: readonly string[], signal: AbortSignal) => {
  const [before, after] = await Promise.all([from, to].map((one) => outcomes(one, names, signal)));
  const environments = names.map((name) => ({ name, result: compared(from, before![name]!, to, after![name]!) }));
  process.stdout.write(comment(from, to, environments));
  return Object.values(after!).some(failed) ? 1 : 0;
};

/** The stacks of each environment of a version, or why it does not synthesize. */
const outcomes = async (
  one: Version,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, Outcome>>> => {
  const found: Record<string, Outcome> = {};
  try {
    return await checkout(one, report, signal, async (folder) => {
      for (const name of pipelinesFirst(names)) {
        if (name in found) continue;
        report(`${one.name}: synthesizing ${name}`);
        const outcome = synthesized(folder, name, signal);
        Object.assign(found, await outcome.catch((error) => ({ [name]: explained(error) })));
      }
      return found;
    });
  } catch (error) {
    return Object.fromEntries(names.map((name) => [name, explained(error as Error)]));
  }
};

const explained = (error: Error): Outcome => {
  if (!(error instanceof CommandError)) throw error;
  const lines = error.output.filter((line) => line.trim() !== '' && !line.startsWith('"use strict"'));
  const some = lines.length > 30 ? [...lines.slice(0, 15), '…', ...lines.slice(-15)] : lines;
  return { output: some.map((line) => line.slice(0, 300)).join('\n') };
};

const problem = ({ name }: Version) => `Synthesis fails at ${name}, so there is nothing to compare:`;

const compared = (from: Version, before: Outcome, to: Version, after: Outcome): Environment['result'] => {
  if (failed(after)) return { problem: problem(to), ...after };
  if (failed(before)) return { problem: problem(from), ...before };
  return changes(before, after);
};

void between('review', `Prints what changes as a comment for a pull request.`, review);
