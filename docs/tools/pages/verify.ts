import type { Check } from '../../../verify/check';
import { SECTIONS } from '../../../verify/checks';
import { READERS } from '../../../verify/facts';
import { policy as readPolicy } from '../../../verify/permissions';
import { table } from '../markdown';

/** Every check of `npm run verify`, with its section and whom it asks. */
export const checks = (): string =>
  table(
    ['section', 'what holds', 'asks'],
    Object.entries<readonly Check[]>(SECTIONS).flatMap(([section, all]) =>
      all.map(({ title, facts }) => [`\`${section}\``, title, facts.map((name) => READERS[name].asks).join(', ')]),
    ),
  ).join('\n');

/** The policy that is enough for `npm run verify`. */
export const policy = (): string => ['```json', JSON.stringify(readPolicy(SECTIONS), null, 2), '```'].join('\n');
