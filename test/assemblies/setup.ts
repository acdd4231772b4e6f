import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes the folder of the assemblies of one run, which never meets another version of the app. */
export default (): void => {
  process.env.ASSEMBLIES = mkdtempSync(join(tmpdir(), 'assemblies-'));
};
