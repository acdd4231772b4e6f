import { Stack } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Severity } from '../../config/environment';
import { type AlarmDefinition, type Tier } from './definition';
import { tierDashboard } from '../dashboards';
import { TierAlarms, type Notifying } from './tier-alarms';

export interface WatchedTiersProps {
  readonly identifier: string;
  /** All tiers of the environment, wherever their alarms are: in the order of the dashboards, which lead to each other. */
  readonly tiers: readonly Tier[];
  readonly definitions: readonly AlarmDefinition[];
  readonly topics: Readonly<Record<Severity, ITopic>>;
  /** Address of the runbook. */
  readonly runbookUrl: string;
}

/** Alarms and dashboards of some tiers. */
export class WatchedTiers extends Construct {
  /** The alarms that notify. */
  readonly notifying: readonly Notifying[];

  constructor(scope: Construct, id: string, props: WatchedTiersProps) {
    super(scope, id);
    const { identifier, tiers, definitions } = props;
    this.notifying = tiers.flatMap((tier) => {
      const own = definitions.filter((definition) => definition.tier === tier);
      if (own.length === 0) return [];
      const { alarms, notifying } = new TierAlarms(this, tier, { ...props, tier, definitions: own });
      const { region } = Stack.of(this);
      tierDashboard(this, `Dashboard-${tier}`, {
        identifier,
        tier,
        tiers,
        definitions: own,
        alarms,
        region,
      });
      return notifying;
    });
  }
}
