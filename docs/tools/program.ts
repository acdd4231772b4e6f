import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../test/assemblies/synthesize';
import { environments, pipeline } from '../../test/fixtures';
import type { Synthesize } from './synthesize';

/** Lets a program synthesize; the assemblies are gone afterwards. */
export const synthesizing = <T>(work: (synthesize: Synthesize) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), 'assemblies-'));
  process.env.ASSEMBLIES = folder;
  try {
    return work({
      environment: (environment) => synthesize({ environment }),
      pipeline: (of) => synthesize({ pipeline, of, environments }),
      builds: () => synthesize({ builds: pipeline, environments }),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
