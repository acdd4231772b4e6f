import type { Check } from '../../../doctor/check';
import type { Plan } from '../../../doctor/plan';

/** Fields of rehearsal/aws/emulator/core/account.py. */
export type Given = Readonly<Record<string, unknown>>;

/** The emulated account, as a planted miss may change it. */
export interface Account {
  readonly give: (given: Given) => Promise<void>;
  readonly client: <T>(kind: new (config: { region: string }) => T) => T;
  readonly plan: Plan;
  /** Of the emulated AWS. */
  readonly endpoint: string;
}

/** One prerequisite that is missing, and the doctor's message about it. */
export interface Planted {
  readonly check: Check;
  /** Removes something; the function that it returns restores it. */
  readonly plant?: (account: Account) => Promise<(() => Promise<unknown>) | void>;
  /** Another environment than the subject. */
  readonly plan?: (plan: Plan) => Plan;
  readonly says: RegExp;
  readonly remedy: RegExp;
}

/** Changes what the emulated account has. */
export const given = (fields: Given) => (account: Account) => account.give(fields);
