import type { EnvironmentConfig } from '../environment';
import { repeated, unless } from './unless';

/** Accounts that may pull from the registry: others, each once. */
export const imagesProblems = ({ account, images: { pulledBy } }: EnvironmentConfig) => [
  ...unless(
    !pulledBy.includes(account),
    `images.pulledBy has "${account}", the account of the environment, which may pull anyway: remove it`,
  ),
  ...repeated('images.pulledBy', pulledBy),
];
