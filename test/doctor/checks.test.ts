import { CHECKS } from '../../doctor/checks';
import { READERS } from '../../doctor/facts';
import { policyActions } from '../../doctor/permissions';

describe('the checks of the doctor', () => {
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
