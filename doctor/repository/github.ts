import type { components } from '@octokit/openapi-types';
import type { Json } from '../plan';
import { Unanswered } from '../why';

type Schemas = components['schemas'];

/** The rules of a branch, as GitHub tells them. */
export interface BranchRules {
  /** The classic protection. @default - there is none */
  readonly protection: Schemas['branch-protection'] | undefined;
  /** The rules of all rulesets that are for the branch. */
  readonly rules: readonly Schemas['repository-rule-detailed'][];
  /** Those rulesets. */
  readonly rulesets: readonly Schemas['repository-ruleset'][];
}

/** Version of the API: https://docs.github.com/rest/about-the-rest-api/api-versions */
const VERSION = '2022-11-28';

const NOT_PROTECTED = /^Branch not protected$/;

/**
 * Asks GitHub how a branch is protected: https://docs.github.com/rest/branches/branch-protection and
 * https://docs.github.com/rest/repos/rules. Throws what it could not learn, in words.
 */
export const branchRules = async (
  { repository, branch }: { readonly repository: string; readonly branch: string },
  { token, url = 'https://api.github.com' }: { readonly token: string; readonly url?: string | undefined },
): Promise<BranchRules> => {
  const ask = async (path: string) => {
    const response = await fetch(`${url}/repos/${repository}/${path}`, {
      headers: {
        Accept: 'application/vnd.github+json',
        Authorization: `Bearer ${token}`,
        'X-GitHub-Api-Version': VERSION,
      },
      signal: AbortSignal.timeout(30_000),
    }).catch((error: Error) => {
      throw new Unanswered(`GitHub does not answer (${error.message}): check the network and GITHUB_API_URL`);
    });
    const body: Json = await response.json().catch(() => ({}));
    return { status: response.status, body };
  };
  const get = async <T>(path: string): Promise<T> => {
    const { status, body } = await ask(path);
    if (status === 200) return body as T;
    throw new Unanswered(
      `GitHub answers ${status} (${body.message}) to GET /repos/${repository}/${path}: give GITHUB_TOKEN the permissions ` +
        'Metadata and Administration of the repository, to read',
    );
  };
  const name = encodeURIComponent(branch);
  const rules: Schemas['repository-rule-detailed'][] = [];
  for (let page = 1; rules.length === (page - 1) * 100; page++)
    rules.push(
      ...(await get<Schemas['repository-rule-detailed'][]>(`rules/branches/${name}?per_page=100&page=${page}`)),
    );
  const ids = [...new Set(rules.flatMap(({ ruleset_id: id }) => id ?? []))];
  const protection = await ask(`branches/${name}/protection`);
  return {
    protection:
      protection.status === 404 && NOT_PROTECTED.test(protection.body.message)
        ? undefined
        : protection.status === 200
          ? protection.body
          : await get(`branches/${name}/protection`),
    rules,
    rulesets: await Promise.all(
      ids.map((id) => get<Schemas['repository-ruleset']>(`rulesets/${id}?includes_parents=true`)),
    ),
  };
};
