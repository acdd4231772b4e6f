import { createHash } from 'node:crypto';
import { CfnResource, Stack } from 'aws-cdk-lib';

interface Definition {
  readonly resource: CfnResource;
  readonly Type: string;
  readonly Properties?: unknown;
}

/** Resources of a stack by their logical ids, as the template has them. */
type Definitions = (stack: Stack) => ReadonlyMap<string, Definition>;

/** The targets of the weak references of each resource. */
const sources = new WeakMap<CfnResource, Set<CfnResource>>();

/** The resources of other stacks that a resource has weak references to. */
const sourcesOf = (consumer: CfnResource): ReadonlySet<CfnResource> => sources.get(consumer) ?? new Set();

/** Records a weak reference of a resource, and returns whether it is its first one. */
export const noteSource = (consumer: CfnResource, source: CfnResource): boolean => {
  const known = sources.get(consumer);
  if (known) known.add(source);
  else sources.set(consumer, new Set([source]));
  return known === undefined;
};

/** Only Type and Properties are taken of what is defined. Meanwhile no fingerprint is made, or a stack that reads itself would not end. */
let defining = false;

const define: Definitions = (stack) => {
  defining = true;
  try {
    return new Map(
      stack.node
        .findAll()
        .filter(CfnResource.isCfnResource)
        .filter((resource) => Stack.of(resource) === stack)
        .flatMap((resource) => {
          // Its definition as the library writes it, by a method that is public in JavaScript only.
          const written = (resource as unknown as Record<string, () => object>)['_toCloudFormation']!();
          const { Resources = {} } = stack.resolve(written) as { Resources?: Record<string, Definition> };
          return Object.entries(Resources).map(
            ([id, { Type, Properties }]) => [id, { resource, Type, Properties }] as const,
          );
        }),
    );
  } finally {
    defining = false;
  }
};

const perStack = new WeakMap<Stack, ReadonlyMap<string, Definition>>();

/** The definitions of a stack, which are written once. */
export const definitions: Definitions = (stack) => {
  const found = perStack.get(stack) ?? define(stack);
  perStack.set(stack, found);
  return found;
};

/** Logical ids in a value that could be references: Ref, Fn::GetAtt and Fn::Sub write them in several ways. */
const words = (value: unknown): readonly string[] => JSON.stringify(value)?.match(/\w+/g) ?? [];

const idOf = (resource: CfnResource): string => Stack.of(resource).resolve(resource.logicalId);

/**
 * Resources, all that they refer to in their stacks, and the targets of the weak references of all these. A replacement can replace
 * the resources that refer to it, and each of them passes on the values that it reads.
 */
const closure = (all: Definitions, start: Iterable<CfnResource>): ReadonlySet<CfnResource> => {
  const found = new Set(start);
  for (const resource of found) {
    const beside = all(Stack.of(resource));
    for (const word of words(beside.get(idOf(resource))?.Properties)) {
      const referred = beside.get(word)?.resource;
      if (referred) found.add(referred);
    }
    for (const source of sourcesOf(resource)) found.add(source);
  }
  return found;
};

/**
 * A text that changes whenever one of the resources that a consumer reads may get another name: with its definition, or that of one it
 * refers to or reads, through however many stacks. The context `refresh` changes it too, by hand.
 */
export const fingerprint = (consumer: CfnResource, all: Definitions = definitions): string => {
  if (defining) return '';
  const parts = [...closure(all, sourcesOf(consumer))].map((source) => {
    const stack = Stack.of(source);
    const id = idOf(source);
    const { Type, Properties } = all(stack).get(id)!;
    return JSON.stringify([stack.stackName, stack.region, id, Type, Properties]);
  });
  const refresh: unknown = consumer.node.tryGetContext('refresh');
  const hash = createHash('sha256').update(JSON.stringify([parts.toSorted(), refresh]));
  return hash.digest('hex').slice(0, 16);
};
