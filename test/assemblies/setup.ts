import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes the folder of the assemblies of one run, which never meets another version of the app. */
export default (): void => {
  process.env.TSX_DISABLE_CACHE = '1'; // a worker would wait at its end until tsx has gone through all that it ever kept
  process.env.ASSEMBLIES = mkdtempSync(join(tmpdir(), 'assemblies-'));
};
