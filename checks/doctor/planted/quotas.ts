import type { Check } from '../../../doctor/check';
import { POD_IDENTITIES, QUOTA_CHECKS } from '../../../doctor/checks/quotas';
import type { Plan } from '../../../doctor/plan';
import { CONCURRENCY, QUOTAS } from '../../../doctor/quotas';
import { given, type Planted } from './planted';

const quota = (check: Check, code: string, value: number, says: RegExp): Planted => ({
  check,
  plant: given({ quotas: { [code]: value } }),
  says,
  remedy: new RegExp(
    `request-service-quota-increase .*--service-code ${code.replace('/', ' --quota-code ')} --desired-value \\d+`,
  ),
});

const checkOf = (code: string): Check => QUOTA_CHECKS.find(({ title }) => title.includes(code))!;

export const PLANTED_QUOTAS: readonly Planted[] = [
  ...QUOTAS.map(({ service, code }) => quota(checkOf(code), `${service}/${code}`, 0, /^“.+” allows 0 in .*needs \d+/)),
  quota(
    checkOf(CONCURRENCY.code),
    `lambda/${CONCURRENCY.code}`,
    10,
    /^Only 10 functions may run at the same time .* needs 100\.$/,
  ),
  quota(
    checkOf('L-7B6409FD'),
    'rds/L-7B6409FD',
    2,
    /^“DB instances” allows 2 in ap-southeast-1\. The environment needs 3\.$/,
  ),
  quota(
    checkOf('L-7ADDB58A'),
    'rds/L-7ADDB58A',
    1499,
    /^“Total storage for all DB instances” allows 1499 .* needs 1500\.$/,
  ),
  quota(
    checkOf('L-FE177D64'),
    'iam/L-FE177D64',
    20,
    /^“Roles per account” allows 20\. The account has \d+, .* needs \d+ more\.$/,
  ),
  quota(checkOf('L-E95E4862'), 'iam/L-E95E4862', 0, /^“Customer managed policies per account” allows 0\./),
  {
    check: QUOTA_CHECKS.find(({ facts }) => facts.length === 0)!,
    plan: (plan) => {
      const [stack, ...others] = plan.stacks as [Plan['stacks'][number], ...Plan['stacks'][number][]];
      const association = { type: 'AWS::EKS::PodIdentityAssociation', logicalId: 'One', properties: {} };
      const resources = [...stack.resources, ...Array.from({ length: POD_IDENTITIES }, () => association)];
      return { ...plan, stacks: [{ ...stack, resources }, ...others] };
    },
    says: /^The cluster would have 50\d\d Pod Identity associations, but EKS allows 5000\./,
    remedy: /AWS Support/,
  },
];
