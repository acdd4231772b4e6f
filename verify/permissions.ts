import { READERS } from './facts';

/** Every IAM action that the checks take, in order. */
export const policyActions = (): readonly string[] =>
  [...new Set(Object.values(READERS).flatMap(({ actions }): readonly string[] => actions))].toSorted();

/** The policy that is enough to verify: it only reads, and no secret. */
export const policy = () => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: policyActions(), Resource: '*' }],
});
