import { SECTIONS } from '../../../doctor/checks';
import { READERS } from '../../../doctor/facts';
import { policy as readPolicy } from '../../../doctor/permissions';
import { table } from '../markdown';

const actionsOf = (facts: readonly (keyof typeof READERS)[]): string =>
  [...new Set(facts.flatMap((name) => READERS[name].actions))].map((action) => `\`${action}\``).join(', ');

/** Every check of the doctor, with the actions that it takes and its source. */
export const checks = (): string =>
  Object.entries(SECTIONS)
    .flatMap(([heading, section]) => [
      `### ${heading}`,
      '',
      ...table(
        ['what holds', 'actions', 'source'],
        section.map(({ title, facts, source }) => {
          const [url = '', service] = source.split(', ');
          return [title, actionsOf(facts) || 'none', `[${service ?? 'AWS'}](${url})`];
        }),
      ),
      '',
    ])
    .join('\n')
    .trimEnd();

/** The policy that is enough for the doctor. */
export const policy = (): string => ['```json', JSON.stringify(readPolicy(), null, 2), '```'].join('\n');
