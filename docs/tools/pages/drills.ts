import { DRILLS } from '../../../checks/drill/drills';
import { STATEFUL } from '../../../checks/drill/stateful';
import { table } from '../markdown';

/** Every fault of `npm run drill`: what people see, and the command that ends it. */
export const faults = (): string =>
  table(
    ['fault', 'what happens', 'what you see', 'what users see', 'command'],
    DRILLS.map(({ title, happens, seen, users, command }) => [title, happens, seen, users, `\`${command}\``]),
  ).join('\n');

/** Things that stay. */
export const kept = (): string => `${Object.values(STATEFUL).join(', ')}, claims of volumes`;
