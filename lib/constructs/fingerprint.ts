import { createHash } from 'node:crypto';
import { CfnResource, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

interface Definition {
  readonly Type: string;
  readonly Properties?: unknown;
}

/** Resources of a stack by their logical ids, as the template has them. */
const definitions = (stack: Stack): ReadonlyMap<string, Definition> => {
  const known = perStack.get(stack);
  if (known) return known;
  const found = new Map(
    stack.node
      .findAll()
      .filter(CfnResource.isCfnResource)
      .filter((resource) => Stack.of(resource) === stack)
      .flatMap((resource) => {
        // What the library writes of it, by a method that is public in JavaScript only.
        const written = (resource as unknown as Record<string, () => object>)['_toCloudFormation']!();
        const { Resources } = stack.resolve(written) as { Resources: Record<string, Definition> };
        return Object.entries(Resources);
      }),
  );
  perStack.set(stack, found);
  return found;
};

const perStack = new WeakMap<Stack, ReadonlyMap<string, Definition>>();

/** Logical ids in a value that could be references: Ref, Fn::GetAtt and Fn::Sub write them in several ways. */
const words = (value: unknown): readonly string[] => JSON.stringify(value)?.match(/\w+/g) ?? [];

/** A resource and all that it refers to in its stack: what is replaced can have another replaced that refers to it. */
const closure = (all: ReadonlyMap<string, Definition>, start: string): readonly string[] => {
  const found = new Set([start]);
  for (const id of found) for (const word of words(all.get(id)?.Properties)) if (all.has(word)) found.add(word);
  return [...found].toSorted();
};

/**
 * A text that changes whenever one of these resources may get another name: with its definition, or that of one it refers to. The
 * context `refresh` changes it too, by hand.
 */
export const fingerprint = (consumer: Construct, sources: readonly CfnResource[]): string => {
  const parts = sources.flatMap((source) => {
    const stack = Stack.of(source);
    const all = definitions(stack);
    return closure(all, stack.resolve(source.logicalId)).map((id) => {
      const { Type, Properties } = all.get(id)!;
      return [stack.stackName, id, Type, Properties];
    });
  });
  const hash = createHash('sha256').update(JSON.stringify([parts, consumer.node.tryGetContext('refresh')]));
  return hash.digest('hex').slice(0, 16);
};
