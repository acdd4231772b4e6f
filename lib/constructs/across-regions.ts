import { Reference, Stack, Token, Tokenization } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { weakReference } from './weak-reference';

/**
 * A value of another stack as a construct uses it. From a stack of another region, it comes by a weak reference, because CloudFormation
 * exports nothing across regions. From one of the same region, it comes by an export, as everywhere.
 */
export const acrossRegions = (consumer: Construct, value: string): string => {
  if (!Token.isUnresolved(value)) return value;
  const source = Tokenization.reverse(value);
  return Reference.isReference(source) && Stack.of(source.target).region !== Stack.of(consumer).region
    ? weakReference(value)
    : value;
};
