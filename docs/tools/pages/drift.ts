import { OWNED_PROPERTIES } from '../../../lib/model/owned-properties';
import type { Check } from '../../../verify/check';
import { DRIFT_SECTIONS } from '../../../verify/checks';
import { OWNED_FIELDS, OWNED_OBJECTS, OWNED_RULES } from '../../../verify/drift/owned';
import { READERS } from '../../../verify/facts';
import { policy as readPolicy } from '../../../verify/permissions';
import { table } from '../markdown';

/** Every check of `npm run drift`, with its section and whom it asks. */
export const checks = (): string =>
  table(
    ['section', 'what holds', 'asks'],
    Object.entries<readonly Check[]>(DRIFT_SECTIONS).flatMap(([section, all]) =>
      all.map(({ title, facts }) => [`\`${section}\``, title, facts.map((name) => READERS[name].asks).join(', ')]),
    ),
  ).join('\n');

const source = (url: string): string => `[source](${url})`;

/** Everything that others than people change, with its owner and source. */
export const owned = (): string =>
  table(
    ['of', 'what', 'owner', 'source'],
    [
      ...OWNED_FIELDS.map(({ kinds = ['every object'], paths, owner, source: url }) => [
        kinds.join(', '),
        paths.map((path) => `\`${path.join('.')}\``).join(', '),
        owner,
        source(url),
      ]),
      ...OWNED_OBJECTS.map(({ kind = 'every kind', what, owner, source: url }) => [kind, what, owner, source(url)]),
      ...OWNED_PROPERTIES.map(({ type, path, difference, owner, source: url }) => [
        `\`${type}\``,
        `\`${path.source}\`${difference === 'ADD' ? ', if it is added' : ''}`,
        owner,
        source(url),
      ]),
      ...OWNED_RULES.map(({ what, owner, source: url }) => ['rules of security groups', what, owner, source(url)]),
    ],
  ).join('\n');

/** The policy of `npm run drift`, beside the rights to read the resources themselves. */
export const policy = (): string => ['```json', JSON.stringify(readPolicy(DRIFT_SECTIONS), null, 2), '```'].join('\n');
