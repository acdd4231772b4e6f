import { dev } from './environments/dev';
import { ENVIRONMENT_NAMES, type EnvironmentConfig, type EnvironmentName } from './environment';
import { pipeline, type PipelineConfig } from './pipeline';
import { prod } from './environments/prod';
import { staging } from './environments/staging';
import { sharedHostProblems, sharedZoneProblems } from './rules/edge';
import { sharedAccountProblems } from './rules/environment';
import { isWhole, pipelineProblems, problems } from './validation';

export { lackedBy } from '../model/availability-zones';

/** The configurations as they are written, valid or not. */
export const environments: Readonly<Record<EnvironmentName, EnvironmentConfig>> = { dev, staging, prod };

/** What the person at the keyboard can mend: the message says how, a stack trace would only hide it. */
export class ConfigurationError extends Error {}

/** What a command line may change for one run, as `-c KEY=VALUE` gives it. */
export interface EnvironmentOverrides {
  /** `true` or `false`. @default - as configured */
  readonly deletionProtection?: string | boolean | undefined;
}

/**
 * The validated configuration of an environment.
 *
 * Throws a ConfigurationError on an unknown name (listing the known ones) or override, and on an invalid configuration
 * (listing every problem).
 */
export const environment = (name: string, { deletionProtection }: EnvironmentOverrides = {}): EnvironmentConfig => {
  const known = ENVIRONMENT_NAMES.find((candidate) => candidate === name);
  if (!known) throw new ConfigurationError(`-c env is "${name}": choose ${ENVIRONMENT_NAMES.join(', ')}`);
  const config = environments[known];
  refuse([...problems(config), ...(isWhole(config) ? amongOthers(known, config) : [])]);
  if (deletionProtection === undefined) return config;
  if (!/^(true|false)$/.test(`${deletionProtection}`))
    throw new ConfigurationError(`-c deletionProtection is "${deletionProtection}": write true or false`);
  return { ...config, deletionProtection: `${deletionProtection}` === 'true' };
};

/** What an environment may not have in common with another. Another one that is not whole is no reason to refuse this one. */
const amongOthers = (name: EnvironmentName, config: EnvironmentConfig): readonly string[] => {
  const all = Object.values(environments).filter(isWhole);
  return [
    ...(config.name === name
      ? []
      : [`${name}: name is "${config.name}": write "${name}", by which lib/config/index.ts has it`]),
    ...sharedAccountProblems(config, all),
    ...sharedHostProblems(config, all),
    ...sharedZoneProblems(config, all),
  ];
};

/** The configuration itself, once it has no problem. Throws one ConfigurationError that lists them all. */
export const validated = (config: EnvironmentConfig): EnvironmentConfig => {
  refuse(problems(config));
  return config;
};

/** The validated configuration of the pipeline. Throws one ConfigurationError that lists all problems. */
export const deliveryPipeline = (config: PipelineConfig = pipeline): PipelineConfig => {
  refuse(pipelineProblems(config));
  return config;
};

const refuse = (found: readonly string[]): void => {
  if (found.length > 0)
    throw new ConfigurationError(
      `the configuration cannot be deployed:\n${found.map((problem) => `  - ${problem}`).join('\n')}`,
    );
};
