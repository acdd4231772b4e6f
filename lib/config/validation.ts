import type { EnvironmentConfig } from './environment';
import { pipelineRules } from './rules/pipeline';
import { applicationNodes, largestPodProblems, quotaProblems, smallNodes } from './rules/capacity';
import { administrators, kubernetesVersion, nodeGroup, nodeVersion, publicEndpoint } from './rules/cluster';
import { deployedProblems, mysqlProblems, redisProblems } from './rules/data';
import { domainProblems, edgeProblems } from './rules/edge';
import { regions } from './rules/environment';
import { imagesProblems } from './rules/images';
import { monitoringProblems } from './rules/monitoring';
import { networks } from './rules/network';
import { podPrefixes } from './rules/pod-prefixes';
import { recoveryProblems } from './rules/recovery';
import { tenantProblems } from './rules/tenants';
import { perZone, zones } from './rules/zones';
import { autoscalingProblems, extraNamespaces, releaseProblems, serviceProblems } from './rules/workloads';
import { environment, ENVIRONMENT_NAME } from './schema/environment';
import { findings } from './schema/findings';
import { pipeline, type PipelineConfig } from './schema/pipeline';

/** One rule across fields: it names the field, the value and the way out of each problem that it finds. */
type Rule<C> = (config: C) => readonly string[];

/**
 * Every problem of a configuration, whatever it is; empty when it can be deployed. Problems that the schema finds come first. Rules
 * across fields look at a value only where each field is there and of its type, and say nothing of a field that the schema refuses.
 *
 * Each reads `prod: network.natGateways is 4: choose 1 to 3, one per zone at most`.
 */
export const problems = (config: EnvironmentConfig): readonly string[] =>
  named(nameOf(config), environment, config, RULES);

/** `environment` of a value that has no valid name. */
const nameOf = (config: EnvironmentConfig | undefined): string =>
  typeof config?.name === 'string' && ENVIRONMENT_NAME.test(config.name) ? config.name : 'environment';

/** Whether each field is there, of its type, and known. */
export const isWhole = (config: EnvironmentConfig): boolean => findings(environment, config).typed;

/** The problems that the schema of an environment finds, without the rules across fields. */
export const schemaProblems = (config: EnvironmentConfig): readonly string[] =>
  named(nameOf(config), environment, config, []);

/** Every problem of the pipeline's configuration, e.g. `pipeline: account is "x": …`. */
export const pipelineProblems = (config: PipelineConfig): readonly string[] =>
  named('pipeline', pipeline, config, [pipelineRules]);

const named = <C>(name: string, schema: Parameters<typeof findings>[0], config: C, rules: readonly Rule<C>[]) => {
  const { problems: refused, fields, typed } = findings(schema, config);
  const others = typed ? rules.flatMap((rule) => rule(config)).map(cut) : [];
  return [...refused, ...others.filter((problem) => !fields.some((field) => problem.startsWith(`${field} `)))].map(
    (problem) => `${name}: ${oneLine(problem)}`,
  );
};

/** A rule shows as much of a long value as the schema does, in quotes or without. */
const cut = (problem: string): string =>
  problem
    .replaceAll(/"([^"]*)"/g, (quoted, value: string) => (value.length > 200 ? `"${value.slice(0, 200)}…"` : quoted))
    .replaceAll(/(\S{200})\S{2,}/g, '$1…');

/** Texts of a configuration may have line breaks. */
const oneLine = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));

/** In the order of the fields. */
const RULES: readonly Rule<EnvironmentConfig>[] = [
  regions,
  zones,
  ({ network: { natGateways, availabilityZones } }) => perZone('network.natGateways', natGateways, availabilityZones),
  ({ network: { endpointZones, availabilityZones } }) =>
    perZone('network.endpointZones', endpointZones, availabilityZones),
  kubernetesVersion,
  nodeVersion,
  administrators,
  ({ cluster }) => publicEndpoint(cluster.publicEndpointCidrs),
  ({ cluster }) =>
    Object.entries(cluster.nodeGroups).flatMap(([name, group]) => nodeGroup(`cluster.nodeGroups.${name}`, group)),
  ({ mysql }) => mysqlProblems(mysql),
  ({ redis }) => redisProblems(redis),
  recoveryProblems,
  imagesProblems,
  extraNamespaces,
  tenantProblems,
  domainProblems,
  edgeProblems,
  ({ monitoring }) => monitoringProblems(monitoring),
  autoscalingProblems,
  releaseProblems,
  serviceProblems,
  largestPodProblems,
  quotaProblems,
  smallNodes,
  applicationNodes,
  networks,
  podPrefixes,
  deployedProblems,
];
