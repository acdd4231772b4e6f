import * as z from 'zod/mini';
import { SERVICE_NAMES } from '../../model/names';
import { flag, list, text } from './fields';
import { ENVIRONMENT_NAME } from './environment';
import { each, group, type Config } from './group';
import { notification } from './monitoring';
import { ownerTags } from './tags';

/** One environment that is delivered, by a pipeline in its own account and region. */
const stage = group({
  /** Name of an environment. */
  environment: text('write the name of an environment, like prod', ENVIRONMENT_NAME),
  /** ARN of the CodeConnections connection in the account and region of the environment; made and authorized once by hand in the console. */
  connectionArn: text('write the ARN of a connection', /^arn:[\w:/-]{1,200}$/),
  /** Wait for a person, who has read the review, before anything changes: the pipeline itself, assets, stacks. */
  manualApproval: flag(),
});

const repository = () => text('write owner/name', /^[\w.-]{1,100}\/[\w.-]{1,100}$/);
const branch = () => text('write the name of a branch', /^[\w./-]{1,255}$/);

/** The source of a service. */
const source = group({
  /** Repository, `owner/name`, which the connection of the first stage reaches. */
  repository: repository(),
  /** Branch whose commits become images. */
  branch: branch(),
  /** Folder with its package.json, package-lock.json and Dockerfile; a push starts a build if it changes a file in it. `.` is the whole repository. */
  folder: text(
    'write the path of a folder, like services/auth, or . for the whole repository',
    /^(?=.{1,200}$)(\.|[\w-][\w.-]*(\/[\w-][\w.-]*)*)$/,
  ),
});
export type ServiceSource = Config<typeof source>;

/** Where the source lives, and the environments that it reaches. */
export const pipeline = group({
  /** On every resource that takes tags. */
  tags: ownerTags,
  /** Repository, `owner/name`. */
  repository: repository(),
  /** Branch that is deployed. */
  branch: branch(),
  /** Receivers of a message when a deployment begins, waits for a person, ends or fails. Each address confirms a subscription per stage. */
  notify: notification,
  /** Environments in the order of promotion. The first begins with a push; another one when the one before it has passed. */
  stages: list(stage),
  /**
   * The source of each service, of which a push becomes an image. The builds run in the account and region of the first stage.
   * @default - the images are built elsewhere
   */
  builds: z.optional(each(SERVICE_NAMES, source)),
});
export type PipelineConfig = Config<typeof pipeline>;
