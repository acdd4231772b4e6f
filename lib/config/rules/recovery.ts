import type { EnvironmentConfig } from '../environment';
import { COPIED_TIERS, REACHED_RPO } from '../../model/recovery';
import { unless } from './unless';

/** Copies: in another region, as young as their objectives, and of data that stays. */
export const recoveryProblems = ({ region, recovery, retainData }: EnvironmentConfig) =>
  recovery === undefined
    ? []
    : [
        ...unless(
          region !== recovery.region,
          `recovery.region is "${recovery.region}", the home region: choose another one`,
        ),
        ...COPIED_TIERS.flatMap((tier) => {
          const { rpoMinutes } = recovery.objectives[tier];
          const { minutes, by } = REACHED_RPO[tier];
          return unless(
            rpoMinutes >= minutes,
            `recovery.objectives.${tier}.rpoMinutes is ${rpoMinutes}: choose ${minutes} or more, because no copy is younger (${by})`,
          );
        }),
        ...unless(
          recovery.vaultLock === undefined || retainData,
          `recovery.vaultLock is "${recovery.vaultLock}", but retainData is false: set it to true, or leave the lock out, because a locked vault stays`,
        ),
      ];
