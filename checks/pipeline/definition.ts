import type { Resource } from '../../rehearsal/src/emulator/emulator';

type Json = ReturnType<typeof JSON.parse>;
export type Template = { readonly Resources: Readonly<Record<string, { readonly Type: string; Properties: Json }>> };

/** An action, as AWS::CodePipeline::Pipeline declares it. */
export interface Action {
  readonly Name: string;
  readonly RunOrder: number;
  readonly ActionTypeId: { readonly Category: string; readonly Provider: string };
  readonly Configuration: Readonly<Record<string, string>>;
  readonly InputArtifacts?: readonly { readonly Name: string }[];
  readonly OutputArtifacts?: readonly { readonly Name: string }[];
  readonly Namespace?: string;
  readonly Region?: string;
}

/** A rule that decides after the actions of a stage. */
export interface Rule {
  readonly Name: string;
  readonly RuleTypeId: { readonly Provider: string };
  readonly Region: string;
  readonly Configuration: Readonly<Record<string, string>>;
}

/** Rules that all have to hold, and what CodePipeline does otherwise. */
interface Condition {
  readonly Result: string;
  readonly Rules: readonly Rule[];
}

/** A stage with what happens when its actions fail, and after they succeeded. */
export interface Stage {
  readonly Name: string;
  readonly Actions: readonly Action[];
  readonly OnFailure?: { readonly Result: string };
  readonly OnSuccess?: { readonly Conditions: readonly Condition[] };
}

/** Actions that CodePipeline starts together: those of a stage with the same RunOrder. */
interface Group {
  readonly stage: string;
  readonly actions: readonly Action[];
}

/** A project of CodeBuild. */
export interface Project {
  readonly Environment: {
    readonly EnvironmentVariables?: readonly { readonly Name: string; readonly Value: string }[];
  };
  readonly Source: { readonly BuildSpec: string };
}

/** A pipeline, with the names of what CloudFormation made of its template. */
export interface Definition {
  readonly name: string;
  readonly stages: readonly Stage[];
  /** The actions of all stages, in their order. */
  readonly groups: readonly Group[];
  readonly projects: ReadonlyMap<string, Project>;
  /** The pipeline's properties as text, and whether an execution starts anew once they have changed. */
  readonly declared: string;
  readonly restarts: boolean;
  /** Name of the bucket of artifacts in a region. */
  readonly artifactBucket: (region: string) => string;
  /** Resources of another type in the template. */
  readonly resources: (type: string) => readonly Json[];
}

/** A value of a template, without Ref and Fn::Join. An attribute becomes `<id.Attribute>`, because no step reads one. */
const resolved = (value: Json, ref: (id: string) => string): Json => {
  if (Array.isArray(value)) return value.map((each) => resolved(each, ref));
  if (value === null || typeof value !== 'object') return value;
  if ('Ref' in value) return ref(value.Ref);
  if ('Fn::Join' in value) return resolved(value['Fn::Join'][1], ref).join(value['Fn::Join'][0]);
  if ('Fn::GetAtt' in value) return `<${value['Fn::GetAtt'].join('.')}>`;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolved(each, ref)]));
};

/**
 * Reads a pipeline from the template of its stack. `made` are its resources; without them, a resource is called `<id>`. Of several
 * pipelines, it reads the one with the name, or the first.
 */
export const definitionOf = (
  template: Template,
  made: readonly Pick<Resource, 'logicalId' | 'physicalId'>[],
  name?: string,
): Definition => {
  const names = new Map(made.map(({ logicalId, physicalId }) => [logicalId, physicalId]));
  const ref = (id: string) => (id === 'AWS::Partition' ? 'aws' : (names.get(id) ?? `<${id}>`));
  const entries = Object.entries(template.Resources).map(
    ([id, { Type, Properties }]) => [id, Type, resolved(Properties, ref)] as const,
  );
  const resources = (type: string) => entries.filter(([, Type]) => Type === type).map(([, , properties]) => properties);
  const pipeline = resources('AWS::CodePipeline::Pipeline').find(({ Name }) => name === undefined || Name === name);
  const stages: readonly Stage[] = pipeline.Stages;
  const stores: readonly Json[] = pipeline.ArtifactStores ?? [];
  return {
    name: pipeline.Name,
    stages,
    groups: stages.flatMap(({ Name: stage, Actions }) =>
      [...new Set(Actions.map(({ RunOrder }) => RunOrder))]
        .toSorted((one, other) => one - other)
        .map((order) => ({ stage, actions: Actions.filter(({ RunOrder }) => RunOrder === order) })),
    ),
    projects: new Map(
      entries
        .filter(([, Type]) => Type === 'AWS::CodeBuild::Project')
        .map(([id, , properties]) => [ref(id), properties]),
    ),
    declared: JSON.stringify(pipeline),
    restarts: pipeline.RestartExecutionOnUpdate,
    artifactBucket: (region) => stores.find(({ Region }) => Region === region)?.ArtifactStore.Location,
    resources,
  };
};

/** Puts in what earlier actions of an execution said: `#{Namespace.Variable}`. An unknown one fails the action, as in CodePipeline. */
export const filledIn = (text: string, variables: Readonly<Record<string, Readonly<Record<string, string>>>>): string =>
  text.replaceAll(/#\{([^}]+)\.([^.}]+)\}/g, (whole, namespace: string, name: string) => {
    const value = variables[namespace]?.[name];
    if (value === undefined) throw new Error(`${whole} is the variable of no action that has run: name one that has`);
    return value;
  });
