import { CHECKS, SECTIONS } from '../../doctor/checks';
import { READERS } from '../../doctor/facts';
import { policy, policyActions } from '../../doctor/permissions';
import { docsPart, table } from '../../docs/tools/page';

const actionsOf = (facts: readonly (keyof typeof READERS)[]): string =>
  [...new Set(facts.flatMap((name) => READERS[name].actions))].map((action) => `\`${action}\``).join(', ');

describe('docs/doctor.md', () => {
  test('has every check, with its source and the actions that it takes', () => {
    const part = Object.entries(SECTIONS).flatMap(([heading, checks]) => [
      `### ${heading}`,
      '',
      ...table(
        ['what holds', 'actions', 'source'],
        checks.map(({ title, facts, source }) => {
          const [url = '', service] = source.split(', ');
          return [title, actionsOf(facts) || 'none', `[${service ?? 'AWS'}](${url})`];
        }),
      ),
      '',
    ]);
    const content = part.join('\n').trimEnd();
    expect(docsPart('doctor', 'checks', content)).toBe(content);
  });

  test('has the policy that is enough', () => {
    const content = ['```json', JSON.stringify(policy(), null, 2), '```'].join('\n');
    expect(docsPart('doctor', 'policy', content)).toBe(content);
  });

  test('the policy only reads, and no value of a secret', () => {
    const reading = /:(Describe|Get|List|Simulate)\w+$/;
    expect(policyActions().filter((action) => !reading.test(action) || /GetSecretValue/.test(action))).toEqual([]);
  });

  test('every fact is asked for by a check, or to find another', () => {
    const asked = new Set(CHECKS.flatMap(({ facts }) => facts));
    expect(Object.keys(READERS).filter((name) => !asked.has(name as never))).toEqual([]);
  });

  test('no two checks have the same title', () => {
    expect(new Set(CHECKS.map(({ title }) => title)).size).toBe(CHECKS.length);
  });
});
