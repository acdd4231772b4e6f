import { ZONES } from '../../doctor/checks/place';
import type { Facts } from '../../doctor/facts';
import { planWith } from '../../checks/doctor/plan';

/** Misses in a zone with this id. */
const missing = (id: string) => {
  const plan = { ...planWith([]), availabilityZones: ['eu-west-1a'] };
  return ZONES.find(plan, { zones: { 'eu-west-1a': { id, state: 'available' } } } as unknown as Facts).map(
    (miss) => miss.missing,
  );
};

test('zones without EKS or VPC origins are refused by their ids, and no others', () => {
  expect(missing('use1-az3')).toEqual([
    'eu-west-1a is use1-az3 in this account, which lacks EKS, VPC origins of CloudFront, RDS Proxy.',
  ]);
  expect(missing('apne1-az3')).toEqual([
    'eu-west-1a is apne1-az3 in this account, which lacks VPC origins of CloudFront.',
  ]);
  expect(missing('apne2-az1')).toEqual([]);
});
