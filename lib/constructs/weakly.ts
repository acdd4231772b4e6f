import { ReferenceStrength, Stack, Token } from 'aws-cdk-lib';

/**
 * A value of another stack that is read when the consumer is deployed, and holds nothing: for what only looks (docs/adr/0015). An
 * export would keep whatever is looked at from being replaced.
 */
export const weakly = (value: string): string =>
  Token.isUnresolved(value) ? Stack.consumeReference(value, ReferenceStrength.WEAK) : value;
