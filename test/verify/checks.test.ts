import { SECTIONS } from '../../verify/checks';
import { READERS } from '../../verify/facts';
import { policyActions } from '../../verify/permissions';

const CHECKS = Object.values(SECTIONS).flat();

describe('the checks of a verification', () => {
  test('the policy only reads, and no value of a secret', () => {
    const reading = /:(Describe|Get|List)\w+$/;
    expect(policyActions().filter((action) => !reading.test(action) || /GetSecretValue/.test(action))).toEqual([]);
  });

  test('every fact is asked for by a check', () => {
    const asked = new Set<string>(CHECKS.flatMap(({ facts }) => facts));
    expect(Object.keys(READERS).filter((name) => !asked.has(name))).toEqual([]);
  });

  test('no two checks have the same title', () => {
    expect(new Set(CHECKS.map(({ title }) => title)).size).toBe(CHECKS.length);
  });
});
