import { Reference, Stack, Token, Tokenization } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { weakReference } from './weak-reference';

/**
 * A value of another stack as a construct uses it: read weakly from a stack in another region, where CloudFormation has no exports,
 * and strongly, as everywhere, in its own.
 */
export const acrossRegions = (consumer: Construct, value: string): string => {
  if (!Token.isUnresolved(value)) return value;
  const source = Tokenization.reverse(value);
  return Reference.isReference(source) && Stack.of(source.target).region !== Stack.of(consumer).region
    ? weakReference(value)
    : value;
};
