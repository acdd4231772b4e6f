import type { EnvironmentConfig } from '../schema/environment';
import type { PipelineConfig } from '../schema/pipeline';
import { unless } from './unless';

/** The delivery: somebody who hears of a failure, each environment once, builds that do not start each other. */
export const pipelineRules = ({ notify, stages, repository, builds }: PipelineConfig) => {
  const names = stages.map(({ environment }) => environment);
  return [
    ...unless(notify.emails.length > 0, 'notify.emails is empty: add an address that is notified of failures'),
    ...unless(names.length > 0, 'stages is empty: add an environment'),
    ...unless(
      new Set(names).size === names.length,
      `stages repeats an environment (${names.join(', ')}): name each once`,
    ),
    // A merged release would start the build of the next one.
    ...Object.entries(builds ?? {}).flatMap(([service, source]) =>
      unless(
        source.repository !== repository || source.folder !== '.',
        `builds.${service}.folder is ".", the whole repository that releases are written into: name the folder of the service`,
      ),
    ),
  ];
};

/** Requirements of each stage: its environment exists, and has a connection in its account and region, and a Slack channel of its own. */
export const stageProblems = (
  { notify, stages }: PipelineConfig,
  names: readonly string[],
  whole: readonly EnvironmentConfig[],
): readonly string[] =>
  stages.flatMap(({ environment: name, connectionArn }) => {
    if (!names.includes(name)) return [`stages has "${name}", no environment: choose ${names.join(', ')}`];
    const config = whole.find((each) => each.name === name);
    if (!config) return []; // one that is not whole has problems of its own, which are told when it is read
    const { account, region, monitoring } = config;
    const [, arnRegion, arnAccount] = CONNECTION.exec(connectionArn) ?? [];
    const channels = Object.values(monitoring.notify).map(({ slack }) => slack?.channelId);
    return [
      ...unless(
        arnRegion === region && arnAccount === account,
        `stages.${name}.connectionArn is "${connectionArn}": write arn:aws:codeconnections:${region}:${account}:connection/ID`,
      ),
      // AWS takes one configuration of a channel in an account.
      ...unless(
        notify.slack === undefined || !channels.includes(notify.slack.channelId),
        `notify.slack.channelId is "${notify.slack?.channelId}", to which alarms of ${name} go: choose another channel`,
      ),
    ];
  });

/**
 * Requirements of a delivery on the registries of its environments, whatever of them is synthesized: each lets the account of the next
 * stage pull, and the first one signs what is built for it.
 */
export const registryProblems = (
  { stages, builds }: Pick<PipelineConfig, 'stages' | 'builds'>,
  config: EnvironmentConfig,
  all: readonly EnvironmentConfig[],
): readonly string[] => {
  const at = stages.findIndex(({ environment }) => environment === config.name);
  if (at < 0) return [];
  const of = (index: number) => all.find(({ name }) => name === stages[index]?.environment);
  const pairs = [
    [of(at - 1), config],
    [config, of(at + 1)],
  ] as const;
  return [
    ...pairs.flatMap(([before, next]) =>
      unless(
        !before || !next || before.images.pulledBy.includes(next.account),
        `${before?.name}: images.pulledBy lacks "${next?.account}", the account of ${next?.name}, which follows in stages of lib/config/pipeline.ts: add it`,
      ),
    ),
    ...unless(
      at > 0 || builds === undefined || config.images.signed,
      `${config.name}: images.signed is false, but the builds of the services give a tag to signed images only: set it to true, or delete builds of lib/config/pipeline.ts`,
    ),
  ];
};

const CONNECTION = /^arn:aws[a-z-]*:(?:codeconnections|codestar-connections):([^:]+):(\d{12}):connection\/[\w-]+$/;
