import { environment } from '../../../test/fixtures';
import { copiesTable, NOT_COPIED, objectivesTable, type Recoverable } from '../../../test/copies';
import { table } from '../markdown';

const prod = (): Recoverable => environment('prod') as Recoverable;

/** What production copies, and how it comes back. */
export const copies = (): string =>
  table(['what', 'copied by', 'how often', 'kept', 'how it comes back'], copiesTable(prod())).join('\n');

/** What nobody copies, and why. */
export const notCopied = (): string =>
  table(
    ['what', 'why nobody misses it'],
    NOT_COPIED.map(({ what, because }) => [what, because]),
  ).join('\n');

/** The objectives of production, and what the schedules reach. */
export const objectives = (): string =>
  table(['tier', 'RPO, minutes', 'reached, minutes', 'how', 'RTO, minutes'], objectivesTable(prod())).join('\n');
