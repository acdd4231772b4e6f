import { check, misses, type Check, type Miss } from '../check';
import type { Facts } from '../facts';
import type { Used } from '../facts/usage';
import { planned, sum, type Plan } from '../plan';
import { serviceQuota } from '../../rehearsal/src/provider/service-quotas';
import { CONCURRENCY, functionRegions, quotaKey, QUOTAS, type Quota } from '../quotas';

/** The command that asks for more. */
const raise = (region: string, service: string, code: string, value: number): string =>
  `aws service-quotas request-service-quota-increase --region ${region} --service-code ${service} --quota-code ${code} --desired-value ${value}`;

/** The title of the check of a quota, and its source. */
const about = (service: string, code: string) => {
  const { name, source } = serviceQuota(service, code);
  return { title: `Quota ${code}: ${name}`, source: `${source}, ${service}` };
};

/** How much of it is not of the environment. Of what counts by zone, that of the fullest zone. */
const others = (plan: Plan, all: readonly Used[], { resources }: Facts['deployed']): number => {
  const clusters = planned(plan, 'AWS::EKS::Cluster').map(({ properties }) => properties.Name as string);
  const own = new Set([...resources.map(({ id }) => id), ...clusters]);
  const foreign = all.filter(({ id }) => !own.has(id));
  const zones = [...new Set(foreign.map(({ zone }) => zone))];
  return Math.max(
    0,
    ...zones.map((zone) => sum(foreign.filter((one) => one.zone === zone).map(({ amount }) => amount))),
  );
};

const quotaCheck = ({ service, code, regions = ({ region }) => [region], need, used, reason }: Quota): Check =>
  check({
    ...about(service, code),
    facts: [
      'quotas',
      ...(used === undefined ? [] : (['deployed', used] as const)),
      ...(used === 'instances' ? (['vcpus'] as const) : []),
    ],
    find: (plan, facts) =>
      misses(regions(plan), (region) => {
        const needed = need(plan, region, facts.vcpus ?? {});
        const taken = used === undefined ? 0 : others(plan, facts[used], facts.deployed);
        const granted = facts.quotas[quotaKey({ region, service, code })];
        if (needed === 0 || (granted !== undefined && needed + taken <= granted)) return undefined;
        const more = `${needed}${reason === undefined ? '' : ` (${reason})`}${taken > 0 ? `, and others in the account use ${taken}` : ''}`;
        return {
          missing: `“${serviceQuota(service, code).name}” allows ${granted ?? 'nothing'} in ${region}. The environment needs ${more}.`,
          remedy: raise(region, service, code, needed + taken),
        };
      }),
  });

const FUNCTIONS = check({
  ...about(CONCURRENCY.service, CONCURRENCY.code),
  facts: ['quotas'],
  find: (plan, { quotas }) =>
    misses(functionRegions(plan), (region): Miss | undefined => {
      const { service, code, least, advised } = CONCURRENCY;
      const granted = quotas[quotaKey({ region, service, code })] ?? 0;
      const remedy = raise(region, service, code, advised);
      if (granted < least)
        return {
          missing: `Only ${granted} functions may run at the same time in ${region}. A deployment applies many manifests at once and needs ${least}.`,
          remedy,
        };
      return granted < advised
        ? {
            missing: `Only ${granted} functions may run at the same time in ${region}. That is enough for a deployment, but other accounts have ${advised}.`,
            remedy,
            advice: true,
          }
        : undefined;
    }),
});

/** "Up to 5,000 … per cluster" (the source of the check). The page of EKS on its quotas says that Service Quotas does not adjust it. */
export const POD_IDENTITIES = 5000;

const ASSOCIATIONS = check({
  title: 'The tenants fit the Pod Identity associations of a cluster',
  source: 'https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html',
  facts: [],
  find: (plan) => {
    const addons = planned(plan, 'AWS::EKS::Addon').map(
      ({ properties }) => (properties.PodIdentityAssociations ?? []).length,
    );
    const needed = planned(plan, 'AWS::EKS::PodIdentityAssociation').length + sum(addons);
    return needed <= POD_IDENTITIES
      ? []
      : [
          {
            missing: `The cluster would have ${needed} Pod Identity associations, but EKS allows ${POD_IDENTITIES}. Each tenant has one.`,
            remedy: 'Service Quotas cannot raise it: ask AWS Support, or remove tenants (docs/tenants.md)',
          },
        ];
  },
});

/** Instances and storage of RDS, which it counts itself. It counts deployed ones already. */
const databaseQuota = (code: string, name: string, need: (plan: Plan) => number, held: (plan: Plan) => number) =>
  check({
    ...about('rds', code),
    facts: ['databaseQuotas', 'deployed'],
    find: (plan, { databaseQuotas, deployed }) => {
      const own = deployed.resources.some(({ type }) => type === 'AWS::RDS::DBInstance') ? held(plan) : 0;
      const { used, max } = databaseQuotas[name] ?? { used: 0, max: 0 };
      const [needed, taken] = [need(plan), Math.max(0, used - own)];
      return needed + taken <= max
        ? []
        : [
            {
              missing: `“${serviceQuota('rds', code).name}” allows ${max} in ${plan.region}. The environment needs ${needed}${taken > 0 ? `, and others in the account use ${taken}` : ''}.`,
              remedy: raise(plan.region, 'rds', code, needed + taken),
            },
          ];
    },
  });

const databases = (plan: Plan) => planned(plan, 'AWS::RDS::DBInstance');

/** Storage of a primary and as much of each replica. */
const storage = (plan: Plan, field: 'AllocatedStorage' | 'MaxAllocatedStorage'): number => {
  const primary = databases(plan).find(({ properties }) => properties.AllocatedStorage !== undefined);
  return databases(plan).length * Number(primary?.properties[field] ?? primary?.properties.AllocatedStorage ?? 0);
};

const DATABASES = databaseQuota(
  'L-7B6409FD',
  'DBInstances',
  (plan) => databases(plan).length,
  (plan) => databases(plan).length,
);

const STORAGE = databaseQuota(
  'L-7ADDB58A',
  'AllocatedStorage',
  (plan) => storage(plan, 'MaxAllocatedStorage'),
  (plan) => storage(plan, 'AllocatedStorage'),
);

/** Roles and managed policies, which IAM counts itself: those of the account, and what is yet to be made. */
const iamQuota = (code: string, name: 'Roles' | 'Policies', type: string, more: (plan: Plan) => number) =>
  check({
    ...about('iam', code),
    facts: ['iamSummary', 'deployed'],
    find: (plan, { iamSummary, deployed }) => {
      const made = deployed.resources.filter((one) => one.type === type).length;
      const needed = Math.max(0, planned(plan, type).length + more(plan) - made);
      const [taken, max] = [iamSummary[name] ?? 0, iamSummary[`${name}Quota`] ?? 0];
      return needed + taken <= max
        ? []
        : [
            {
              missing: `“${serviceQuota('iam', code).name}” allows ${max}. The account has ${taken}, and the environment needs ${needed} more.`,
              remedy: raise('us-east-1', 'iam', code, needed + taken),
            },
          ];
    },
  });

/** The application of Secrets Manager that rotates a password brings a role of its own. */
const rotations = (plan: Plan): number =>
  planned(plan, 'AWS::SecretsManager::RotationSchedule').filter(({ properties }) => properties.HostedRotationLambda)
    .length;

export const QUOTA_CHECKS: readonly Check[] = [
  ...QUOTAS.map(quotaCheck),
  FUNCTIONS,
  DATABASES,
  STORAGE,
  iamQuota('L-FE177D64', 'Roles', 'AWS::IAM::Role', rotations),
  iamQuota('L-E95E4862', 'Policies', 'AWS::IAM::ManagedPolicy', () => 0),
  ASSOCIATIONS,
];
