import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { EnvironmentConfig } from '../lib/config/environment';
import { type PipelineConfig } from '../lib/config/pipeline';
import type { Subject } from './assemblies/synthesize';
import { SERVICE_NAMES } from '../lib/model/names';
import { MANIFEST } from '../review/objects';
import { ofKind, type Kind, type ObjectOf } from './kinds';
import { SAMPLES } from './sample';
import { environment, environments, pipeline, type EnvironmentName } from './fixtures';
import { specifiedAssembly } from './fixtures/assembly';
import { isSpecified } from './fixtures/specified-services';

/**
 * A value as it stands in a template: JSON of whatever shape, which the assertions are about. Properties of resources have no types:
 * those of aws-cdk-lib 2.276.0 (`CfnDistributionProps`) name the fields otherwise (`ipv6Enabled` is `IPV6Enabled`, `webAclId` is
 * `WebACLId`), and have no type for `Ref`, which many values are.
 */
export type Json = ReturnType<typeof JSON.parse>;

export interface CfnResource {
  readonly Type: string;
  readonly Properties?: Record<string, Json>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdatePolicy?: Record<string, unknown>;
  readonly Metadata?: Record<string, unknown>;
}

const assemblies = new Map<string, CloudAssembly>();

const read = (subject: Subject & { readonly again?: true }): CloudAssembly => {
  const key = JSON.stringify(subject);
  const known = assemblies.get(key) ?? new CloudAssembly(assemblyOf(key));
  assemblies.set(key, known);
  return known;
};

/** A configuration, synthesized once however many test files ask for it. Mocks of a test do not reach it. */
export const once = (config: EnvironmentConfig): CloudAssembly => read({ environment: config });

/** The same, from another run of the app. */
export const again = (config: EnvironmentConfig): CloudAssembly => read({ environment: config, again: true });

/** The pipeline of an environment and its stage, synthesized once however many test files ask for them. */
export const oncePipeline = (of: string, config: PipelineConfig = pipeline): CloudAssembly =>
  read({ pipeline: config, of, environments });

/** The builds of the services, synthesized once. */
export const onceBuilds = (config: PipelineConfig = pipeline): CloudAssembly => read({ builds: config, environments });

/** An environment of the specification, synthesized once. */
export const assembly = (name: string): CloudAssembly => once(environment(name));

/** The same without the services that a team has added, for what compares it with the specification or with a committed file. */
export const specified = (name: EnvironmentName): CloudAssembly =>
  SERVICE_NAMES.every(isSpecified) ? assembly(name) : specifiedAssembly(name, process.env.ASSEMBLIES!);

/** A configuration of the tests' own, synthesized once. */
export const sample = (name: keyof typeof SAMPLES): CloudAssembly => once(SAMPLES[name]);

/** Resources of one stack of an assembly: `resourcesOf(assembly('prod'), 'cluster')`. */
export const resourcesOf = (of: CloudAssembly, stack: string): Record<string, CfnResource> => {
  const artifact = of.stacks.find(({ stackName }) => stackName.replace(/^platform-[a-z]+-/, '') === stack);
  if (!artifact)
    throw new Error(`there is no stack ${stack}: ${of.stacks.map(({ stackName }) => stackName).join(', ')}`);
  return artifact.template.Resources;
};

/** Logical ids of the resources of a type. */
export const idsOf = (resources: Record<string, CfnResource>, type: string): string[] =>
  Object.keys(resources).filter((id) => resources[id]?.Type === type);

/** Logical ids that a resource waits for: named in DependsOn, or referred to. */
const edges = (resource: CfnResource): string[] => [
  ...(resource.DependsOn ?? []),
  ...[...JSON.stringify(resource.Properties ?? {}).matchAll(/\{"(?:Ref|Fn::GetAtt)":\[?"([A-Za-z0-9]+)"/g)].map(
    ([, id]) => id!,
  ),
];

/** Whether CloudFormation makes `earlier` before `later`, through whatever lies between. */
export const ordered = (resources: Record<string, CfnResource>, earlier: string, later: string): boolean => {
  const seen = new Set<string>();
  const reach = (id: string): boolean => {
    if (id === earlier) return true;
    if (seen.has(id) || !resources[id]) return false;
    seen.add(id);
    return edges(resources[id]).some(reach);
  };
  return later !== earlier && reach(later);
};

/** Properties of all resources of a type, with their logical ids. */
export const propertiesOf = (resources: Record<string, CfnResource>, type: string): Record<string, Json>[] =>
  idsOf(resources, type).map((id) => ({ id, ...resources[id]?.Properties }));

/** A value that CloudFormation joins at deployment, as text: a reference is TOKEN. */
export const flat = (value: Json): string =>
  typeof value === 'string' ? value : (value['Fn::Join']?.[1].map(flat).join(value['Fn::Join'][0]) ?? 'TOKEN');

/** The Kubernetes objects that resources apply, or those of some kinds, each with the logical id of its resource. */
export const appliedBy = <K extends Kind = Kind>(
  resources: Record<string, CfnResource>,
  ...kinds: K[]
): [id: string, object: ObjectOf<K>][] =>
  idsOf(resources, MANIFEST).flatMap((id) =>
    ofKind(JSON.parse(flat(resources[id]?.Properties?.Manifest)), ...kinds).map((object): [string, ObjectOf<K>] => [
      id,
      object,
    ]),
  );

/** Those of the workloads. */
export const manifestsOf = <K extends Kind = Kind>(of: CloudAssembly, ...kinds: K[]): [string, ObjectOf<K>][] =>
  appliedBy(resourcesOf(of, 'workloads'), ...kinds);

/** Those of every stack, without the ids. */
export const objectsOf = <K extends Kind = Kind>(of: CloudAssembly, ...kinds: K[]): readonly ObjectOf<K>[] =>
  of.stacks.flatMap(({ template }) => appliedBy(template.Resources ?? {}, ...kinds).map(([, object]) => object));

/** Names of the policies that AWS maintains and a role has. */
export const managedPolicies = (role: Json): string[] =>
  role.ManagedPolicyArns.map((arn: Json) => JSON.stringify(arn).split(':aws:policy/')[1]?.split('"')[0]);
