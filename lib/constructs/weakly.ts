import { ReferenceStrength, Stack, Token } from 'aws-cdk-lib';

/**
 * A value of another stack that is read when the consumer is deployed, and holds nothing: for what only looks (docs/adr/0015), and for
 * what may be replaced or left out while others use it (docs/adr/0014). An export would keep it as it is.
 */
export const weakly = (value: string): string =>
  Token.isUnresolved(value) ? Stack.consumeReference(value, ReferenceStrength.WEAK) : value;
