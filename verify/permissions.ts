import type { Check } from './check';
import { READERS } from './facts';

/** Checks by their sections. */
type Sections = Readonly<Record<string, readonly Check[]>>;

/** Every IAM action that some checks take, in order. */
export const policyActions = (sections: Sections): readonly string[] => {
  const facts = Object.values(sections).flatMap((checks) => checks.flatMap((check) => check.facts));
  return [...new Set(facts.flatMap((name): readonly string[] => READERS[name].actions))].toSorted();
};

/** The policy that is enough to ask. */
export const policy = (sections: Sections) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: policyActions(sections), Resource: '*' }],
});
