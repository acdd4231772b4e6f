import type { Check } from '../../verify/check';
import { DRIFT_SECTIONS, SECTIONS } from '../../verify/checks';
import { READERS } from '../../verify/facts';
import { policyActions } from '../../verify/permissions';

const ALL = { verify: SECTIONS, drift: DRIFT_SECTIONS };
const CHECKS = Object.values(ALL).flatMap((sections) => Object.values<readonly Check[]>(sections).flat());

describe('the checks of a verification', () => {
  test.each(Object.entries(ALL))('the policy of %s only reads, and no value of a secret', (_, sections) => {
    const reading = /:(Describe|Detect|Get|List)\w+$/;
    expect(policyActions(sections).filter((action) => !reading.test(action) || /GetSecretValue/.test(action))).toEqual(
      [],
    );
  });

  test('every fact is asked for by a check', () => {
    const asked = new Set<string>(CHECKS.flatMap(({ facts }) => facts));
    expect(Object.keys(READERS).filter((name) => !asked.has(name))).toEqual([]);
  });

  test('no two checks have the same title', () => {
    expect(new Set(CHECKS.map(({ title }) => title)).size).toBe(CHECKS.length);
  });
});
