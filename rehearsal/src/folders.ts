import { dirname, join } from 'node:path';

/** The folder of this package. */
export const PACKAGE = dirname(__dirname);

/** The folder of the project that it is a workspace of: the app that is rehearsed unless another one is named. */
export const PROJECT = join(PACKAGE, '..');
