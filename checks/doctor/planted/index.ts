import { ACCESS } from './access';
import { BROUGHT } from './brought';
import { PLACE } from './place';
import type { Planted } from './planted';
import { PLANTED_QUOTAS } from './quotas';
import { VERSIONS } from './versions';

/** Every prerequisite that is taken away. Each file here has those of one file in doctor/checks. */
export const PLANTED: readonly Planted[] = [...PLACE, ...VERSIONS, ...PLANTED_QUOTAS, ...ACCESS, ...BROUGHT];
