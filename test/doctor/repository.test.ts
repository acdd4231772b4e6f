import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { components } from '@octokit/openapi-types';
import { diagnoseRepository, requiredJobs } from '../../doctor/repository/diagnose';
import { branchRules, type BranchRules } from '../../doctor/repository/github';
import { examineBranch } from '../../doctor/repository/protection';
import { pipeline } from '../../lib/config/pipeline';

type Schemas = components['schemas'];

const API = 'https://api.github.com/repos/example/platform';
const BRANCH = { repository: 'example/platform', branch: 'main' };
const JOBS = ['check', 'rehearse', 'review'];

/** Answers in the shapes of GitHub's OpenAPI description 23.0.1 (@octokit/openapi-types 29.0.1): the compiler compares them. */
const PROTECTION = {
  url: `${API}/branches/main/protection`,
  required_status_checks: {
    url: `${API}/branches/main/protection/required_status_checks`,
    strict: true,
    contexts: JOBS,
    contexts_url: `${API}/branches/main/protection/required_status_checks/contexts`,
    checks: JOBS.map((context) => ({ context, app_id: 15368 })),
  },
  enforce_admins: { url: `${API}/branches/main/protection/enforce_admins`, enabled: true },
  required_pull_request_reviews: {
    url: `${API}/branches/main/protection/required_pull_request_reviews`,
    dismiss_stale_reviews: true,
    require_code_owner_reviews: true,
    required_approving_review_count: 2,
    require_last_push_approval: true,
  },
  allow_force_pushes: { enabled: false },
  allow_deletions: { enabled: false },
} satisfies Schemas['branch-protection'];

const OF = { ruleset_source_type: 'Repository', ruleset_source: 'example/platform', ruleset_id: 42 } as const;
const RULES = [
  { ...OF, type: 'deletion' },
  { ...OF, type: 'non_fast_forward' },
  {
    ...OF,
    type: 'pull_request',
    parameters: {
      dismiss_stale_reviews_on_push: true,
      require_code_owner_review: true,
      require_last_push_approval: true,
      required_approving_review_count: 2,
      required_review_thread_resolution: false,
    },
  },
  {
    ...OF,
    type: 'required_status_checks',
    parameters: {
      required_status_checks: JOBS.map((context) => ({ context, integration_id: 15368 })),
      strict_required_status_checks_policy: true,
    },
  },
] satisfies Schemas['repository-rule-detailed'][];
const RULESET = {
  id: 42,
  name: 'main',
  target: 'branch',
  source_type: 'Repository',
  source: 'example/platform',
  enforcement: 'active',
  bypass_actors: [],
} satisfies Schemas['repository-ruleset'];

const missing = (rules: Partial<BranchRules>): readonly string[] =>
  examineBranch(BRANCH, { protection: undefined, rules: [], rulesets: [], ...rules }, JOBS).flatMap(({ misses }) =>
    misses.map(({ missing: what }) => what),
  );

const ruleset = { rules: RULES, rulesets: [RULESET] };

describe.each([
  ['the classic protection', { protection: PROTECTION }],
  ['a ruleset', ruleset],
])('%s', (_, rules) => {
  test('is enough', () => expect(missing(rules)).toEqual([]));
});

test('a branch without protection lacks everything', () => {
  expect(missing({})).toEqual([
    'A change needs fewer than 2 approvals.',
    'A change of a file that .github/CODEOWNERS lists needs no approval of its owners.',
    ...JOBS.map((job) => `A change needs no success of the check ${job}.`),
    'A change can be merged whose checks and review saw an older commit of the branch: a release proposed before a switch, say.',
    'A forced push can replace the history, and staging deploys it.',
    'The branch can be deleted.',
  ]);
});

const reviews = PROTECTION.required_pull_request_reviews;
const checks = PROTECTION.required_status_checks;

test.each<[string, Partial<Schemas['branch-protection']>, RegExp]>([
  [
    'one approval',
    { required_pull_request_reviews: { ...reviews, required_approving_review_count: 1 } },
    /fewer than 2/,
  ],
  [
    'no code owners',
    { required_pull_request_reviews: { ...reviews, require_code_owner_reviews: false } },
    /CODEOWNERS/,
  ],
  [
    'a missing check',
    { required_status_checks: { ...checks, contexts: ['check'], checks: [{ context: 'review', app_id: null }] } },
    /rehearse/,
  ],
  ['branches that are behind', { required_status_checks: { ...checks, strict: false } }, /older commit/],
  ['force pushes', { allow_force_pushes: { enabled: true } }, /forced push/],
  ['deletions', { allow_deletions: { enabled: true } }, /deleted/],
  [
    'administrators',
    { enforce_admins: { url: '', enabled: false } },
    /^Some people may pass these by: A change needs two approvals; /,
  ],
])('the classic protection with %s lacks that, and nothing else', (_, change, told) => {
  expect(missing({ protection: { ...PROTECTION, ...change } })).toEqual([expect.stringMatching(told)]);
});

test.each(RULES.map(({ type }) => type))('a ruleset without %s lacks what it says', (type) => {
  expect(missing({ ...ruleset, rules: RULES.filter((rule) => rule.type !== type) })).not.toEqual([]);
});

test('a ruleset lets a branch that is behind be merged', () => {
  const lenient = RULES.map((rule) =>
    rule.type === 'required_status_checks'
      ? { ...rule, parameters: { ...rule.parameters, strict_required_status_checks_policy: false } }
      : rule,
  );
  expect(missing({ ...ruleset, rules: lenient })).toEqual([expect.stringMatching(/older commit/)]);
});

test('a ruleset that somebody may bypass is named, unless the classic protection says the same to all', () => {
  const lax = {
    ...RULESET,
    bypass_actors: [{ actor_type: 'OrganizationAdmin', bypass_mode: 'always' }],
  } satisfies Schemas['repository-ruleset'];
  expect(missing({ rules: RULES, rulesets: [lax] })).toEqual([
    expect.stringMatching(/^Some people may pass these by: /),
  ]);
  expect(missing({ protection: PROTECTION, rules: RULES, rulesets: [lax] })).toEqual([]);
});

test('every job of a pull request is required that always runs', () => {
  expect(requiredJobs()).toEqual(JOBS);
});

const diagnose = async (env: NodeJS.ProcessEnv) => {
  const said: string[] = [];
  const code = await diagnoseRepository(env, (text) => said.push(text));
  return { code, said: said.join('\n') };
};

describe('with GitHub', () => {
  const answers = new Map<string, readonly [status: number, body: unknown]>();
  const asked: string[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    asked.push(`${headers.authorization} ${headers['x-github-api-version']} ${url}`);
    const [status, body] = answers.get(url) ?? [404, { message: 'Not Found' }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  let url = '';
  const { repository, branch } = pipeline;
  const at = (path: string) => `/repos/${repository}/${path}`;
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    answers.clear();
    answers.set(at(`rules/branches/${branch}?per_page=100&page=1`), [200, RULES]);
    answers.set(at('rulesets/42?includes_parents=true'), [200, RULESET]);
    answers.set(at(`branches/${branch}/protection`), [404, { message: 'Branch not protected' }]);
  });
  const TOKEN = 'a-token';

  test('asks with the token, and finds nothing missing', async () => {
    expect(await diagnose({ GITHUB_TOKEN: TOKEN, GITHUB_API_URL: url })).toEqual({
      code: 0,
      said: `${branch} of ${repository}: nothing is missing (9 checks)`,
    });
    expect(asked[0]).toBe(`Bearer ${TOKEN} 2022-11-28 ${at(`rules/branches/${branch}?per_page=100&page=1`)}`);
  });

  test('names each thing that is missing, with its remedy', async () => {
    answers.set(at(`rules/branches/${branch}?per_page=100&page=1`), [200, []]);
    const { code, said } = await diagnose({ GITHUB_TOKEN: TOKEN, GITHUB_API_URL: url });
    expect(code).toBe(1);
    expect(said).toContain(
      `  ✖ The branch can be deleted.\n    → Restrict deletions: https://github.com/${repository}/settings/rules, for the branch ${branch}`,
    );
  });

  test('says that it did not look without a token', async () => {
    const { code, said } = await diagnose({});
    expect([code, said]).toEqual([0, expect.stringMatching(/: not checked, because GITHUB_TOKEN is not set\./)]);
  });

  test('says what a token may not read: it is not taken for missing', async () => {
    answers.set(at(`branches/${branch}/protection`), [
      403,
      { message: 'Resource not accessible by personal access token' },
    ]);
    const { code, said } = await diagnose({ GITHUB_TOKEN: TOKEN, GITHUB_API_URL: url });
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/not checked, because GitHub answers 403 .* Administration/),
    ]);
  });

  test('reads every page of rules', async () => {
    const many = Array.from({ length: 100 }, () => RULES[0]!);
    answers.set(at(`rules/branches/${branch}?per_page=100&page=1`), [200, many]);
    answers.set(at(`rules/branches/${branch}?per_page=100&page=2`), [200, RULES]);
    expect((await branchRules({ repository, branch }, { token: TOKEN, url })).rules).toHaveLength(104);
  });
});
