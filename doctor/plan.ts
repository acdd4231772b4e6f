/** A value of a template, of whatever shape. */
export type Json = ReturnType<typeof JSON.parse>;

/** A resource that is to be deployed. */
export interface PlannedResource {
  readonly type: string;
  readonly logicalId: string;
  readonly properties: Readonly<Record<string, Json>>;
}

/** A stack that is to be deployed. */
export interface PlannedStack {
  /** As CloudFormation knows it. */
  readonly name: string;
  /** Its name in the CLI: `prod/Zones`. */
  readonly id: string;
  readonly region: string;
  /** Stacks that have to be deployed before it, as the CLI calls them. */
  readonly after: readonly string[];
  /** The oldest version of the bootstrap stack with which it can be deployed. */
  readonly bootstrapVersion: number;
  /** The role that makes its resources. */
  readonly executionRoleArn: string;
  readonly resources: readonly PlannedResource[];
  /** The whole template. */
  readonly template: Json;
}

/** A hosted zone of the configuration. */
export interface PlannedZone {
  readonly name: string;
  /** @default - a stack makes it */
  readonly id?: string | undefined;
}

/** Requirements of an environment on its account: the configuration and the templates that follow from it. */
export interface Plan {
  readonly name: string;
  readonly account: string;
  /** Home region. */
  readonly region: string;
  readonly kubernetesVersion: string;
  readonly administratorRoleArns: readonly string[];
  readonly availabilityZones: readonly string[];
  /** Their ids, in the same order. @default - the configuration has none */
  readonly availabilityZoneIds?: readonly string[] | undefined;
  readonly zones: readonly PlannedZone[];
  /** ARN of the connection of its pipeline. @default - no pipeline delivers it */
  readonly connectionArn?: string | undefined;
  readonly stacks: readonly PlannedStack[];
}

/** A planned resource, and its stack. */
export interface Placed extends PlannedResource {
  readonly stack: PlannedStack;
}

/** The resources of a type, of all stacks or those of a region. */
export const planned = ({ stacks }: Plan, type: string, region?: string): readonly Placed[] =>
  stacks
    .filter((stack) => region === undefined || stack.region === region)
    .flatMap((stack) => stack.resources.filter((one) => one.type === type).map((one) => ({ ...one, stack })));

/** Every region with a stack, the home region first. */
export const regionsOf = ({ region, stacks }: Plan): readonly string[] => [
  ...new Set([region, ...stacks.map((stack) => stack.region)]),
];

export const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
