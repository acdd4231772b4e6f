import { ENVIRONMENT_NAMES, type EnvironmentConfig } from './environment';
import type { PipelineConfig } from './pipeline';
import { applicationNodes, largestPodProblems, quotaProblems } from './rules/capacity';
import { administrators, kubernetesVersion, nodeGroup, nodeVersion, publicEndpoint } from './rules/cluster';
import { deployedProblems, mysqlProblems, redisProblems, uploadsProblems } from './rules/data';
import { domainProblems, edgeProblems } from './rules/edge';
import { monitoringProblems } from './rules/monitoring';
import { networks, perZone, zones } from './rules/network';
import { tenantProblems } from './rules/tenants';
import { notAddresses, retention, unless, wholeNumber } from './rules/unless';
import { autoscalingProblems, extraNamespaces, missingServices, serviceProblems } from './rules/workloads';

/** One rule that types cannot express: it names the field, the value and the way out of each problem that it finds. */
type Rule = (config: EnvironmentConfig) => readonly string[];

/**
 * Every problem of a configuration, in the order of its fields; empty when it can be deployed.
 *
 * Each reads `prod: network.natGateways is 4: choose 1 to 3, one per zone at most`.
 */
export const problems = (config: EnvironmentConfig): readonly string[] => {
  const services = servicesProblems(config);
  const sums = services.length > 0 ? [] : SUMS; // they presuppose services that are complete
  const others = (rules: readonly Rule[]) => rules.flatMap((rule) => rule(config));
  return [...others(RULES), ...services, ...others(sums), ...others(NETWORKS)].map(
    (problem) => `${config.name}: ${problem}`,
  );
};

const RULES: readonly Rule[] = [
  (config) => known(config),
  ({ account }) => accountProblems('account', account),
  (config) => regions(config),
  (config) => tags(config),
  (config) => zones(config),
  ({ network: { natGateways, availabilityZones } }) => perZone('network.natGateways', natGateways, availabilityZones),
  ({ network: { endpointZones, availabilityZones } }) =>
    perZone('network.endpointZones', endpointZones, availabilityZones),
  ({ network }) => retention('network.flowLogRetentionDays', network.flowLogRetentionDays, 1),
  ({ cluster }) => retention('cluster.controlPlaneLogRetentionDays', cluster.controlPlaneLogRetentionDays, 30),
  (config) => kubernetesVersion(config),
  (config) => nodeVersion(config),
  (config) => administrators(config),
  ({ cluster }) => publicEndpoint(cluster.publicEndpointCidrs),
  ({ cluster }) =>
    Object.entries(cluster.nodeGroups).flatMap(([name, group]) => nodeGroup(`cluster.nodeGroups.${name}`, group)),
  ({ quietHour }) => wholeNumber('quietHour', quietHour, 0, 23),
  ({ mysql }) => mysqlProblems(mysql),
  ({ redis }) => redisProblems(redis),
  ({ uploads }) => uploadsProblems(uploads),
  (config) => extraNamespaces(config),
  (config) => tenantProblems(config),
  (config) => domainProblems(config),
  (config) => edgeProblems(config),
  ({ monitoring }) => monitoringProblems(monitoring),
  (config) => autoscalingProblems(config),
];

/** All services, each complete. */
const servicesProblems: Rule = (config) => [
  ...missingServices(config),
  ...Object.entries(config.services).flatMap(([name, service]) => serviceProblems(`services.${name}`, service)),
];

/** What the pods of services and tenants take together. */
const SUMS: readonly Rule[] = [
  (config) => largestPodProblems(config),
  (config) => quotaProblems(config),
  (config) => applicationNodes(config),
];

/** They presuppose well-formed blocks. */
const NETWORKS: readonly Rule[] = [(config) => networks(config), (config) => deployedProblems(config)];

/** Environments that would share an account: names of repositories do not say whose they are, and its distributions read all assets. */
export const sharedAccountProblems = (
  { name, account }: EnvironmentConfig,
  all: readonly EnvironmentConfig[],
): readonly string[] =>
  all
    .filter((other) => other.name !== name && other.account === account)
    .map((other) => `${name}: account is "${account}", that of ${other.name}: give each environment its own account`);

/** Every problem of the pipeline's configuration, e.g. `pipeline: account is "x": …`. */
export const pipelineProblems = (config: PipelineConfig): readonly string[] => {
  const { account, region, tags: owner, repository, connectionArn, notifyEmails, stages } = config;
  const names = stages.map(({ environment }) => environment);
  const [, arnRegion, arnAccount] =
    /^arn:aws[a-z-]*:(?:codeconnections|codestar-connections):([^:]+):(\d{12}):connection\/[\w-]+$/.exec(
      connectionArn,
    ) ?? [];
  return [
    ...accountProblems('account', account),
    ...regionProblems('region', region),
    ...tagProblems({ 'tags.owner': owner.owner, 'tags.costCenter': owner.costCenter }),
    ...unless(/^[\w.-]+\/[\w.-]+$/.test(repository), `repository is "${repository}": write owner/name`),
    ...unless(
      arnRegion === region && arnAccount === account,
      `connectionArn is "${connectionArn}": write arn:aws:codeconnections:${region}:${account}:connection/ID`,
    ),
    ...unless(notifyEmails.length > 0, 'notifyEmails is empty: name somebody who hears of a failure'),
    ...notAddresses('notifyEmails', notifyEmails),
    ...unless(names.length > 0, 'stages is empty: name an environment'),
    ...unless(
      new Set(names).size === names.length,
      `stages repeats an environment (${names.join(', ')}): name each once`,
    ),
  ].map((problem) => `pipeline: ${problem}`);
};

const accountProblems = (field: string, account: string) =>
  unless(
    typeof account === 'string' && /^\d{12}$/.test(account),
    `${field} is ${JSON.stringify(account)}: write the 12 digits of an AWS account, in quotes`,
  );

const regionProblems = (field: string, region: string) =>
  unless(/^[a-z]{2}(-[a-z]+)+-\d$/.test(region), `${field} is "${region}": write a region like ap-southeast-1`);

const regions = ({ region, recoveryRegion }: EnvironmentConfig) => [
  ...regionProblems('region', region),
  ...regionProblems('recoveryRegion', recoveryRegion),
  ...unless(region !== recoveryRegion, `recoveryRegion is "${recoveryRegion}", the home region: choose another one`),
];

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const tagProblems = (values: Readonly<Record<string, string>>) =>
  Object.entries(values)
    .filter(([, value]) => !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u.test(value))
    .map(([field, value]) => `${field} is "${value}": write 1 to 256 letters, digits, spaces or _ . : / = + - @`);

const LONG_NAMES = { dev: 'development', staging: 'staging', prod: 'production' } as const;

const known = ({ name }: EnvironmentConfig) =>
  unless(ENVIRONMENT_NAMES.includes(name), `name is "${name}": an environment is ${ENVIRONMENT_NAMES.join(', ')}`);

const tags = ({ name, deployed, tags: { environment, owner, costCenter } }: EnvironmentConfig) => [
  ...unless(
    environment === LONG_NAMES[name] || !LONG_NAMES[name],
    `tags.environment is "${environment}": the long name of ${name} is ${LONG_NAMES[name]}`,
  ),
  ...tagProblems({
    'tags.owner': owner,
    'tags.costCenter': costCenter,
    ...(deployed && {
      'deployed.nodeTags.owner': deployed.nodeTags.owner,
      'deployed.nodeTags.costCenter': deployed.nodeTags.costCenter,
    }),
  }),
];
