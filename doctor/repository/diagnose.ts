import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { deliveryPipeline, targetNames } from '../../lib/config';
import { isMissing, report } from '../report';
import { Unanswered } from '../why';
import { branchRules } from './github';
import { examineBranch } from './protection';

/** The doctor's name of the repository that the pipelines deliver. */
export const REPOSITORY = 'repository';

const WORKFLOW = join(__dirname, '..', '..', '.github', 'workflows', 'pull-request.yml');

/** The jobs that run for each pull request. One with a condition may not, and would then hold up the change. */
export const requiredJobs = (workflow = readFileSync(WORKFLOW, 'utf8')): readonly string[] =>
  Object.entries(parse(workflow).jobs as Readonly<Record<string, { readonly name?: string; readonly if?: string }>>)
    .filter(([, job]) => job.if === undefined)
    .map(([id, { name = id }]) => name);

/** Says how the branch is protected that the pipelines deliver. The exit code: 1 when something is missing. */
export const diagnoseRepository = async (env: NodeJS.ProcessEnv, say: (text: string) => void): Promise<number> => {
  const delivered = targetNames.find((name) => name.endsWith('-pipeline'));
  if (delivered === undefined) {
    say('No environment is delivered by a pipeline, so no branch has to be protected.');
    return 0;
  }
  const { repository, branch } = deliveryPipeline(delivered.replace(/-pipeline$/, ''));
  const subject = `${branch} of ${repository}`;
  const { GITHUB_TOKEN: token, GITHUB_API_URL: url } = env;
  if (!token) {
    say(
      `${subject}: not checked, because GITHUB_TOKEN is not set. Make a token that may read Metadata and Administration of the ` +
        'repository (docs/delivery.md, "Protect the repository")',
    );
    return 0;
  }
  try {
    const results = examineBranch(
      { repository, branch },
      await branchRules({ repository, branch }, { token, url }),
      requiredJobs(),
    );
    say(report(subject, results));
    return results.some(isMissing) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    say(`${subject}: not checked, because ${error.message}`);
    return 1;
  }
};
