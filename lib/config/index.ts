import { dev } from './dev';
import { ENVIRONMENT_NAMES, type EnvironmentConfig, type EnvironmentName } from './environment';
import { prod } from './prod';
import { staging } from './staging';
import { problems } from './validation';

const environments: Readonly<Record<EnvironmentName, EnvironmentConfig>> = { dev, staging, prod };

/** What the person at the keyboard can mend: the message says how, a stack trace would only hide it. */
export class ConfigurationError extends Error {}

/** Fields that a command line may change for one run. */
export type EnvironmentOverrides = Partial<Pick<EnvironmentConfig, 'deletionProtection'>>;

/**
 * The validated configuration of an environment.
 *
 * Throws a ConfigurationError on an unknown name (listing the known ones), and on an invalid configuration (listing every
 * problem).
 */
export const environment = (name: string, overrides: EnvironmentOverrides = {}): EnvironmentConfig => {
  const known = ENVIRONMENT_NAMES.find((candidate) => candidate === name);
  if (!known) throw new ConfigurationError(`-c env is "${name}": choose ${ENVIRONMENT_NAMES.join(', ')}`);
  return validated({ ...environments[known], ...overrides });
};

/** The configuration itself, once it has no problem. Throws one ConfigurationError that lists them all. */
export const validated = (config: EnvironmentConfig): EnvironmentConfig => {
  const found = problems(config);
  if (found.length > 0)
    throw new ConfigurationError(
      `the configuration cannot be deployed:\n${found.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  return config;
};
