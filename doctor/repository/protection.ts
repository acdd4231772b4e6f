import type { Miss } from '../check';
import type { Result } from '../examine';
import type { BranchRules } from './github';

/** A protection of a branch: the classic one, or a ruleset. */
interface Guard {
  /** Whether nobody may pass it by. */
  readonly strict: boolean;
  readonly approvals: number;
  readonly codeOwners: boolean;
  readonly checks: readonly string[];
  /** Whether a change has to contain the newest commit of the branch before it is merged: its checks then saw what is merged. */
  readonly upToDate: boolean;
  readonly noForcePushes: boolean;
  readonly noDeletions: boolean;
}

const classic = ({ protection }: BranchRules): readonly Guard[] => {
  if (protection === undefined) return [];
  const { required_pull_request_reviews: reviews, required_status_checks: checks } = protection;
  return [
    {
      strict: protection.enforce_admins?.enabled ?? false,
      approvals: reviews?.required_approving_review_count ?? 0,
      codeOwners: reviews?.require_code_owner_reviews ?? false,
      checks: [...(checks?.contexts ?? []), ...(checks?.checks ?? []).map(({ context }) => context)],
      upToDate: checks?.strict ?? false,
      noForcePushes: !(protection.allow_force_pushes?.enabled ?? false),
      noDeletions: !(protection.allow_deletions?.enabled ?? false),
    },
  ];
};

const rulesets = ({ rules, rulesets: all }: BranchRules): readonly Guard[] =>
  all.map(({ id, bypass_actors: actors }) => {
    const own = rules.filter(({ ruleset_id: of }) => of === id);
    const reviews = own.flatMap((rule) => (rule.type === 'pull_request' ? (rule.parameters ?? []) : []));
    const checks = own.flatMap((rule) => (rule.type === 'required_status_checks' ? (rule.parameters ?? []) : []));
    return {
      strict: (actors ?? []).length === 0, // GitHub tells those who may change the ruleset
      approvals: Math.max(0, ...reviews.map((review) => review.required_approving_review_count)),
      codeOwners: reviews.some((review) => review.require_code_owner_review),
      checks: checks.flatMap(({ required_status_checks: required }) => required.map(({ context }) => context)),
      upToDate: checks.some(({ strict_required_status_checks_policy: upToDate }) => upToDate),
      noForcePushes: own.some(({ type }) => type === 'non_fast_forward'),
      noDeletions: own.some(({ type }) => type === 'deletion'),
    };
  });

/** Approvals of a change. */
const APPROVALS = 2;

interface Demand {
  readonly title: string;
  readonly holds: (guard: Guard) => boolean;
  readonly missing: string;
  readonly remedy: string;
}

const demands = (checks: readonly string[]): readonly Demand[] => [
  {
    title: 'A change needs two approvals',
    holds: ({ approvals }) => approvals >= APPROVALS,
    missing: `A change needs fewer than ${APPROVALS} approvals.`,
    remedy: `Require a pull request with ${APPROVALS} approvals`,
  },
  {
    title: 'A change needs the approval of code owners',
    holds: ({ codeOwners }) => codeOwners,
    missing: 'A change of a file that .github/CODEOWNERS lists needs no approval of its owners.',
    remedy: 'Require review from code owners',
  },
  ...checks.map((name) => ({
    title: `A change needs the check ${name}`,
    holds: (guard: Guard) => guard.checks.includes(name),
    missing: `A change needs no success of the check ${name}.`,
    remedy: `Require the status check ${name}, of .github/workflows/pull-request.yml`,
  })),
  {
    title: 'A change contains the newest commit of the branch',
    holds: ({ upToDate }) => upToDate,
    missing:
      'A change can be merged whose checks and review saw an older commit of the branch: a release proposed before a switch, say.',
    remedy: 'Require branches to be up to date before merging',
  },
  {
    title: 'Nobody can force a push',
    holds: ({ noForcePushes }) => noForcePushes,
    missing: 'A forced push can replace the history, and staging deploys it.',
    remedy: 'Block force pushes',
  },
  {
    title: 'Nobody can delete the branch',
    holds: ({ noDeletions }) => noDeletions,
    missing: 'The branch can be deleted.',
    remedy: 'Restrict deletions',
  },
];

/** Checks that find missing rules of a branch. Each rule counts, wherever it is. Rules that somebody may bypass are one finding more. */
export const examineBranch = (
  { repository, branch }: { readonly repository: string; readonly branch: string },
  rules: BranchRules,
  checks: readonly string[],
): readonly Result[] => {
  const guards = [...classic(rules), ...rulesets(rules)];
  const where = `https://github.com/${repository}/settings/rules, for the branch ${branch}`;
  const miss = (missing: string, remedy: string): readonly Miss[] => [{ missing, remedy: `${remedy}: ${where}` }];
  const all = demands(checks);
  const lax = all.filter(({ holds }) => guards.some(holds) && !guards.some((guard) => guard.strict && holds(guard)));
  return [
    ...all.map(({ title, holds, missing, remedy }) => ({
      title,
      misses: guards.some(holds) ? [] : miss(missing, remedy),
    })),
    {
      title: 'Administrators follow the same rules',
      misses:
        lax.length === 0
          ? []
          : miss(
              `Some people may pass these by: ${lax.map(({ title }) => title).join('; ')}.`,
              'Apply the rules to administrators, and let nobody bypass them',
            ),
    },
  ];
};
