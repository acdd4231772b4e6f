import { targetNames } from '../lib/config';
import { choice, command } from '../rehearsal/src/command-line';
import { version, type Version } from './checkout';

/** Work on the changes between two versions, in some environments; returns the exit status. */
type Work = (from: Version, to: Version, names: readonly string[], signal: AbortSignal) => Promise<number>;

const usageOf = (name: string, purpose: string) => `usage: npm run ${name} -- BASE [HEAD] [--env ENVIRONMENT]...

  BASE, HEAD         commits to compare (HEAD: default the working tree, with all that is not committed)
  --env ENVIRONMENT  only this one; can be repeated (default: ${targetNames.join(', ')})

${purpose}`;

/** Begins a command that looks at the changes between two versions. */
export const between = (name: string, purpose: string, work: Work): Promise<void> =>
  command(
    { usage: usageOf(name, purpose), options: { env: { type: 'string', multiple: true } }, takes: [1, 2] },
    async ({ values: { env = targetNames }, positionals: [base, head], signal }) => {
      const names = env.map((one) => choice('--env', one, targetNames));
      return work(await version(base), await version(head), names, signal);
    },
  );
