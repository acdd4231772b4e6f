import { rmSync } from 'node:fs';

/** Takes away the assemblies of the run. */
export default (): void => rmSync(process.env.ASSEMBLIES!, { recursive: true, force: true });
