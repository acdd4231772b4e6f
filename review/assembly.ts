import { CloudAssembly } from 'aws-cdk-lib/cx-api';

/** A value of a template, of whatever shape. */
export type Json = ReturnType<typeof JSON.parse>;

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, Json>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: Readonly<Record<string, Json>>;
}

export interface Template {
  readonly Resources?: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { Value: Json; Export?: { Name: Json } }>>;
}

/** A stack of a cloud assembly. */
export interface Stack {
  /** As CloudFormation knows it. */
  readonly name: string;
  /** Its construct path: `prod/Mysql`. */
  readonly path: string;
  readonly template: Template;
}

/** A stack with what the CLI does beside its template. */
export interface DeployedStack extends Stack {
  readonly deployment: {
    readonly account: string;
    readonly region: string;
    readonly terminationProtection: boolean;
    readonly tags: Readonly<Record<string, string>>;
    /** Ids of the artifacts that are deployed before it. */
    readonly after: readonly string[];
  };
}

/** Every stack of a cloud assembly, those of Stages too. */
export const stacksOf = ({ stacksRecursively }: CloudAssembly): readonly DeployedStack[] =>
  stacksRecursively.map((stack) => ({
    name: stack.stackName,
    path: stack.hierarchicalId,
    template: stack.template,
    deployment: {
      account: stack.environment.account,
      region: stack.environment.region,
      terminationProtection: stack.terminationProtection ?? false,
      tags: stack.tags,
      after: stack.dependencies.map(({ id }) => id).toSorted(),
    },
  }));

/** The stacks in a folder that `cdk synth` wrote, of whichever version of the CDK. */
export const stacksIn = (folder: string): readonly DeployedStack[] =>
  stacksOf(new CloudAssembly(folder, { skipVersionCheck: true }));

/** A resource as people name it: its construct path below its stack, else its logical id without the hash. */
export const constructPath = ({ path, template }: Stack, logicalId: string): string => {
  const full: string | undefined = template.Resources?.[logicalId]?.Metadata?.['aws:cdk:path'];
  if (full === undefined) return logicalId.replace(/[0-9A-F]{8}$/, '');
  const below = full.startsWith(`${path}/`) ? full.slice(path.length + 1) : full;
  return below.replace(/(\/(Resource|Default))+$/, '');
};
