import { ENVIRONMENT_NAME } from './schema/environment';
import type { EnvironmentConfig } from './environment';
import * as configured from './environments';
import { pipeline, type PipelineConfig } from './pipeline';
import { sharedHostProblems, sharedZoneProblems } from './rules/edge';
import { sharedAccountProblems, sharedTagProblems } from './rules/environment';
import { registryProblems, stageProblems } from './rules/pipeline';
import { isWhole, pipelineProblems, problems } from './validation';

export { lackedBy } from '../model/availability-zones';

/** The configurations as they are written, valid or not, by their names: a module does not keep the order of its exports. */
export const environments: readonly EnvironmentConfig[] = Object.values(configured).toSorted((one, other) =>
  `${one.name}` < `${other.name}` ? -1 : 1,
);

/** The values of `-c env=`. */
export const environmentNames: readonly string[] = environments.flatMap(({ name }) =>
  ENVIRONMENT_NAME.test(name) ? [name] : [],
);

/**
 * Names that commands take: the environments; the pipeline of each that is delivered (`-c pipeline=`), as `prod-pipeline`; and the builds of the
 * services (`-c builds=`) by the environment that is delivered first, as `staging-builds`.
 */
export const targetNames: readonly string[] = [
  ...environmentNames,
  ...environmentNames
    .filter((name) => pipeline.stages.some(({ environment: stage }) => stage === name))
    .map((name) => `${name}-pipeline`),
  ...(pipeline.builds === undefined
    ? []
    : pipeline.stages.slice(0, 1).map(({ environment: first }) => `${first}-builds`)),
];

/** An error that the person at the keyboard can fix: the message says how, and a stack trace would only hide it. */
export class ConfigurationError extends Error {}

/** Fields that a command line may change for one run, as `-c KEY=VALUE` gives it. */
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
export const environment = (
  name: string,
  { deletionProtection }: EnvironmentOverrides = {},
  all: readonly EnvironmentConfig[] = environments,
  delivery: PipelineConfig = pipeline,
): EnvironmentConfig => {
  const [config, ...others] = all.filter((candidate) => candidate.name === name);
  const names = all.map((candidate) => candidate.name);
  if (!config) throw new ConfigurationError(`-c env is "${name}": choose ${names.join(', ')}`);
  refuse([
    ...others.map(() => `${name}: name is "${name}" in two environments: give each its own`),
    ...problems(config),
    ...(isWhole(config) ? sharedProblems(config, all.filter(isWhole), delivery) : []),
  ]);
  if (deletionProtection === undefined) return config;
  if (!/^(true|false)$/.test(`${deletionProtection}`))
    throw new ConfigurationError(`-c deletionProtection is "${deletionProtection}": write true or false`);
  return { ...config, deletionProtection: `${deletionProtection}` === 'true' };
};

/**
 * Values that an environment may not share with another, and those that its delivery needs. Another one that is not whole, or a delivery
 * with problems of its own, is no reason to refuse this one.
 */
const sharedProblems = (
  config: EnvironmentConfig,
  all: readonly EnvironmentConfig[],
  delivery: PipelineConfig,
): readonly string[] => [
  ...sharedAccountProblems(config, all),
  ...sharedTagProblems(config, all),
  ...sharedHostProblems(config, all),
  ...sharedZoneProblems(config, all),
  ...(pipelineProblems(delivery).length === 0 ? registryProblems(delivery, config, all) : []),
];

/** The configuration itself, once it has no problem. Throws one ConfigurationError that lists them all. */
export const validated = (config: EnvironmentConfig): EnvironmentConfig => {
  refuse(problems(config));
  return config;
};

/**
 * The validated configuration of the delivery of an environment. Throws one ConfigurationError that lists all problems, or that the
 * environment is not delivered.
 */
export const deliveryPipeline = (
  name: string,
  config: PipelineConfig = pipeline,
  all: readonly EnvironmentConfig[] = environments,
): PipelineConfig => {
  const valid = validDelivery(config, all);
  const names = valid.stages.map(({ environment: stage }) => stage);
  if (!names.includes(name)) throw new ConfigurationError(`-c pipeline is "${name}": choose ${names.join(', ')}`);
  return valid;
};

/**
 * The validated configuration of the delivery, of whose first environment the services are built. Throws one ConfigurationError that lists
 * all problems, or that they are built for another one, or elsewhere.
 */
export const serviceBuilds = (
  name: string,
  config: PipelineConfig = pipeline,
  all: readonly EnvironmentConfig[] = environments,
): PipelineConfig => {
  const valid = validDelivery(config, all);
  if (valid.builds === undefined)
    throw new ConfigurationError('builds is absent: write the source of each service there');
  const [first] = valid.stages.map(({ environment: stage }) => stage);
  if (name !== first) throw new ConfigurationError(`-c builds is "${name}": choose ${first}, which is delivered first`);
  return valid;
};

/** ARN of the connection of an environment's pipeline. Undefined: no pipeline delivers it. */
export const connectionOf = (name: string): string | undefined =>
  pipeline.stages.find(({ environment: stage }) => stage === name)?.connectionArn;

const validDelivery = (config: PipelineConfig, all: readonly EnvironmentConfig[]): PipelineConfig => {
  const found = pipelineProblems(config);
  const ofStages =
    found.length > 0
      ? []
      : stageProblems(
          config,
          all.map((each) => each.name),
          all.filter(isWhole),
        );
  refuse([...found, ...ofStages.map((problem) => `pipeline: ${problem}`)]);
  return config;
};

const refuse = (found: readonly string[]): void => {
  if (found.length > 0)
    throw new ConfigurationError(
      `The configuration cannot be deployed:\n${found.map((problem) => `  - ${problem}`).join('\n')}`,
    );
};
