import type { Result } from './examine';

type State = 'ok' | 'wrong' | 'not asked';
const SIGNS: Readonly<Record<State, string>> = { ok: '✔', wrong: '✖', 'not asked': '?' };

/** The state of a check: something wrong matters more than something that could not be asked. */
const stateOf = ({ findings }: Result): State => {
  if (findings.length === 0) return 'ok';
  return findings.every(({ unasked }) => unasked) ? 'not asked' : 'wrong';
};

/** The exit code: 0 if all is well, 1 if something is wrong, 2 if nothing is, but something could not be asked. */
export const exitCode = (results: readonly Result[]): 0 | 1 | 2 => {
  const states = new Set(results.map(stateOf));
  if (states.has('wrong')) return 1;
  return states.has('not asked') ? 2 : 0;
};

/** A line for each check, and below it a line for each thing that it found, with its remedy. */
export const report = (name: string, results: readonly Result[]): string => {
  const count = (state: State) => results.filter((result) => stateOf(result) === state).length;
  return [
    ...results.flatMap((result) => [
      `${SIGNS[stateOf(result)]} ${result.title}`,
      ...result.findings.map(
        ({ what, remedy, unasked }) => `  ${unasked ? 'not asked, because ' : ''}${what} → ${remedy}`,
      ),
    ]),
    `${name}: of ${results.length} checks, ${count('ok')} well, ${count('wrong')} wrong, ${count('not asked')} not asked`,
  ].join('\n');
};

/** The same for programs. */
export const json = (name: string, results: readonly Result[]): string =>
  JSON.stringify(
    {
      environment: name,
      exitCode: exitCode(results),
      checks: results.map((result) => ({
        title: result.title,
        state: stateOf(result),
        findings: result.findings.map(({ what, remedy, unasked = false }) => ({ what, remedy, asked: !unasked })),
      })),
    },
    undefined,
    2,
  );
