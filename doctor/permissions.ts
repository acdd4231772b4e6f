import { READERS } from './facts';

/** Every IAM action that the checks take, in order. `sts:GetCallerIdentity` needs no permission. */
export const policyActions = (): readonly string[] =>
  [...new Set(Object.values(READERS).flatMap(({ actions }) => actions))].toSorted();

/** The policy that is enough for the doctor: it reads, and nothing in it shows a secret's value. */
export const policy = () => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: policyActions(), Resource: '*' }],
});
