import { Stack } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Severity } from '../../config/environment';
import { TIERS, type AlarmDefinition, type Tier } from './definition';
import { tierDashboard } from '../dashboards';
import { TierAlarms, type Notifying } from './tier-alarms';

export interface WatchedTiersProps {
  readonly identifier: string;
  readonly definitions: readonly AlarmDefinition[];
  readonly topics: Readonly<Record<Severity, ITopic>>;
  /** Address of the runbook. */
  readonly runbookUrl: string;
}

/** Tiers of alarms, in the order of the dashboards. */
const tiersOf = (definitions: readonly AlarmDefinition[]): readonly Tier[] =>
  TIERS.filter((tier) => definitions.some((definition) => definition.tier === tier));

/** Alarms and dashboards of some tiers. */
export class WatchedTiers extends Construct {
  /** The alarms that notify. */
  readonly notifying: readonly Notifying[];

  constructor(scope: Construct, id: string, props: WatchedTiersProps) {
    super(scope, id);
    const { identifier, definitions } = props;
    this.notifying = tiersOf(definitions).flatMap((tier) => {
      const own = definitions.filter((definition) => definition.tier === tier);
      const { alarms, notifying } = new TierAlarms(this, tier, { ...props, tier, definitions: own });
      const { region } = Stack.of(this);
      tierDashboard(this, `Dashboard-${tier}`, {
        identifier,
        tier,
        tiers: TIERS,
        definitions: own,
        alarms,
        region,
      });
      return notifying;
    });
  }
}
