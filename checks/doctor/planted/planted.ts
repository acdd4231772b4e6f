import type { Check } from '../../../doctor/check';
import type { Plan } from '../../../doctor/plan';

/** Fields of rehearsal/aws/emulator/core/account.py. */
export type Given = Readonly<Record<string, unknown>>;

/** What a planted miss may change of the emulated account. */
export interface Account {
  readonly give: (given: Given) => Promise<void>;
  readonly client: <T>(kind: new (config: { region: string }) => T) => T;
  readonly plan: Plan;
}

/** One prerequisite that is missing, and what the doctor then says. */
export interface Planted {
  readonly check: Check;
  /** Takes something away; what it gives puts it back. */
  readonly plant?: (account: Account) => Promise<(() => Promise<unknown>) | void>;
  /** Another environment than the subject. */
  readonly plan?: (plan: Plan) => Plan;
  readonly says: RegExp;
  readonly remedy: RegExp;
}

/** Changes what the emulated account has. */
export const given = (fields: Given) => (account: Account) => account.give(fields);
