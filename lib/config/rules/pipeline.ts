import type { PipelineConfig } from '../schema/pipeline';
import { unless } from './unless';

/** The pipeline: a connection of its own account, somebody who hears of a failure, each environment once. */
export const pipelineRules = ({ account, region, connectionArn, notifyEmails, stages }: PipelineConfig) => {
  const names = stages.map(({ environment }) => environment);
  const [, arnRegion, arnAccount] =
    /^arn:aws[a-z-]*:(?:codeconnections|codestar-connections):([^:]+):(\d{12}):connection\/[\w-]+$/.exec(
      connectionArn,
    ) ?? [];
  return [
    ...unless(
      arnRegion === region && arnAccount === account,
      `connectionArn is "${connectionArn}": write arn:aws:codeconnections:${region}:${account}:connection/ID`,
    ),
    ...unless(notifyEmails.length > 0, 'notifyEmails is empty: add an address that is notified of failures'),
    ...unless(names.length > 0, 'stages is empty: add an environment'),
    ...unless(
      new Set(names).size === names.length,
      `stages repeats an environment (${names.join(', ')}): name each once`,
    ),
  ];
};
