import { environment } from '../../../test/fixtures';
import { copiesTable, objectivesTable } from '../../../test/copies';
import { NOT_COPIED } from '../../../test/copies/rows';
import type { Recoverable } from '../../../test/copies/ways';
import { table } from '../markdown';

const prod = (): Recoverable => environment('prod') as Recoverable;

/** The copies of production, and how each comes back. */
export const copies = (): string =>
  table(['what', 'copied by', 'how often', 'kept', 'how it comes back'], copiesTable(prod())).join('\n');

/** Everything that nobody copies, and why. */
export const notCopied = (): string =>
  table(
    ['what', 'why nobody misses it'],
    NOT_COPIED.map(({ what, because }) => [what, because]),
  ).join('\n');

/** The objectives of production, and what the schedules reach. */
export const objectives = (): string =>
  table(['tier', 'RPO, minutes', 'reached, minutes', 'how', 'RTO, minutes'], objectivesTable(prod())).join('\n');
