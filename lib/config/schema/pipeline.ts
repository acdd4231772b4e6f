import { account, email, flag, list, region, text } from './fields';
import { ENVIRONMENT_NAME } from './environment';
import { group, type Config } from './group';
import { ownerTags } from './tags';

/** One environment that the pipeline deploys. */
const stage = group({
  /** Name of an environment. */
  environment: text('write the name of an environment, like prod', ENVIRONMENT_NAME),
  /** Wait for a person before this stage. */
  manualApproval: flag(),
});

/** Where the source lives, which account runs the pipeline, and what it promotes. */
export const pipeline = group({
  /** AWS account of the pipeline: 12 digits. */
  account: account(),
  region: region(),
  /** On every resource that takes tags. */
  tags: ownerTags,
  /** Repository, `owner/name`. */
  repository: text('write owner/name', /^[\w.-]{1,100}\/[\w.-]{1,100}$/),
  /** Branch that is deployed. */
  branch: text('write the name of a branch', /^[\w./-]{1,255}$/),
  /** ARN of the CodeConnections connection; made and authorized once by hand in the console. */
  connectionArn: text('write the ARN of a connection', /^arn:[\w:/-]{1,200}$/),
  /** E-mail addresses that hear of a failure, and of a stage that waits for a person; each confirms its subscription once. */
  notifyEmails: list(email()),
  /** Environments in the order of promotion. */
  stages: list(stage),
});
export type PipelineConfig = Config<typeof pipeline>;
