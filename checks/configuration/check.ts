import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { command, whole } from '../../rehearsal/src/command-line';
import type { EnvironmentConfig } from '../../lib/config/environment';
import { statements } from '../../rehearsal/src/permissions/statements';
import { stacksOf, synthesize } from '../../test/assemblies/synthesize';
import { violations } from '../../test/invariants';
import { longest } from './longest';
import { environmentProperty, pipelineProperty } from './properties';

/** Configurations that no rule refuses, each once. */
const accepted = new Map<string, EnvironmentConfig>();

const check = (numRuns: number, seed: number, most: number) => {
  fc.assert(
    environmentProperty((config) => accepted.set(JSON.stringify(config), config)),
    { numRuns, seed },
  );
  fc.assert(pipelineProperty(), { numRuns: Math.ceil(numRuns / 10), seed });
  console.log(`✔ ${numRuns} configurations, of which ${accepted.size} are accepted (seed ${seed})`);
  const chosen = [...accepted.values()].slice(0, most);
  if (most > 0) chosen.push(longest('first'), longest('last'));
  process.env.ASSEMBLIES = mkdtempSync(join(tmpdir(), 'assemblies-'));
  try {
    for (const environment of chosen)
      try {
        const assembly = synthesize({ environment });
        statements(stacksOf(assembly)); // throws on a type that the extract of the registry lacks
        const broken = violations(assembly, environment);
        if (broken.length > 0) throw new Error(broken.join('\n'));
      } catch (error) {
        console.error(JSON.stringify(environment));
        throw error;
      }
  } finally {
    rmSync(process.env.ASSEMBLIES, { recursive: true, force: true });
  }
  console.log(
    `✔ ${chosen.length} accepted configurations synthesize, two with the longest texts among them, of known resource types, and keep every invariant`,
  );
};

const USAGE = `usage: npm run check:configuration -- [--inputs N] [--seed N] [--synthesized N]

  --inputs N        configurations that are tried (default: 10000)
  --seed N          which (default: 20)
  --synthesized N   how many of those that no rule refuses are synthesized (default: 50)`;

void command(
  {
    usage: USAGE,
    options: {
      inputs: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '20' },
      synthesized: { type: 'string', default: '50' },
    },
  },
  ({ values }) => {
    const [inputs, seed] = [whole('--inputs', values.inputs, 1), whole('--seed', values.seed)];
    const synthesized = whole('--synthesized', values.synthesized);
    try {
      check(inputs, seed, synthesized);
    } catch (error) {
      const { message, cause } = error as Error;
      console.error(cause instanceof Error ? cause.stack : cause);
      throw new Error(message, { cause: error });
    }
  },
);
