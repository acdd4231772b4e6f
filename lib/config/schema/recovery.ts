import * as z from 'zod/mini';
import { COPIED_TIERS, LOCKED_DAYS, LONGEST_DAYS } from '../../model/recovery';
import { flag, oneOf, region, wholeNumber } from './fields';
import { each, group, type Config } from './group';

/** Minutes in a week: an objective beyond that is none. */
const MAX_MINUTES = 10_080;

/** The cost of a disaster that a tier may have. */
const objective = group({
  /** Recovery point objective, in minutes: the age of the newest copy beyond which an alarm fires. At least what the schedule reaches. */
  rpoMinutes: wholeNumber(1, MAX_MINUTES),
  /** Recovery time objective, in minutes, from the decision until users are served. Nothing measures it but a drill. */
  rtoMinutes: wholeNumber(1, MAX_MINUTES),
});

/** Copies of the data where neither an outage of the home region nor its administrators reach them (docs/recovery.md). */
export const recovery = group({
  /** Region of the copies, never the home region. */
  region: region(),
  /**
   * Days that backups are kept, in both regions. AWS Backup charges for a week of each at least:
   * https://docs.aws.amazon.com/aws-backup/latest/devguide/metering-and-billing.html
   */
  retentionDays: wholeNumber(LOCKED_DAYS, LONGEST_DAYS),
  /**
   * Lock of the vaults. `governance`: people with special permission may take it away. `compliance`: nobody deletes a backup before
   * its end, and three days after the first deployment nobody takes the lock away, AWS neither. @default - no lock
   */
  vaultLock: z.optional(oneOf(['governance', 'compliance'])),
  /**
   * Copies the uploads into a logically air-gapped vault too, in the recovery region. It belongs to AWS, and other accounts restore from it
   * once it is shared with them. It takes neither RDS nor volumes with the account's own key:
   * https://docs.aws.amazon.com/aws-backup/latest/devguide/logicallyairgappedvault.html
   */
  airGapped: flag(),
  objectives: each(COPIED_TIERS, objective),
});
export type RecoveryConfig = Config<typeof recovery>;
