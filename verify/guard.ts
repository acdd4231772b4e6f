import { planned, type Json, type Plan } from '../doctor/plan';
import type { AlarmState } from './facts/watch';

/** How CloudFormation watches alarms while it deploys the services. */
export interface Guard {
  /** The stack of the services, as the CLI calls it. */
  readonly stack: string;
  /** Stacks that it needs, which are deployed before. */
  readonly after: readonly string[];
  readonly alarmArns: readonly string[];
  /** Minutes for which it watches after the deployment. */
  readonly minutes: number;
}

/** CloudFormation's limit: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html */
const MOST = 5;

/** The alarms in the home region that tell of a bad release: the critical ones of the load balancer. */
const TIER = 'load-balancer-critical';

/**
 * The names of those alarms. The alarm of the whole tier would be one trigger, but is composite: the CDK CLI 2.1148.1 gives every trigger
 * the type of metric alarms, and CloudFormation fails an operation of which a trigger is missing.
 */
export const alarmsOf = (plan: Plan): readonly string[] => {
  const tier = planned(plan, 'AWS::CloudWatch::CompositeAlarm', plan.region).find(
    ({ properties }) => properties.AlarmName === `platform-${plan.name}-${TIER}`,
  );
  const rule = JSON.stringify(tier?.properties.AlarmRule ?? '');
  const names = planned(plan, 'AWS::CloudWatch::Alarm', plan.region)
    .filter(({ stack, logicalId }) => stack === tier?.stack && rule.includes(`"${logicalId}"`))
    .map(({ properties }): string => properties.AlarmName);
  if (names.length === 0 || names.length > MOST)
    throw new Error(
      `${plan.name} has ${names.length} critical alarms of the load balancer (${names.join(', ')}), but CloudFormation takes 1 to ` +
        `${MOST} rollback triggers: choose others in verify/guard.ts`,
    );
  return names;
};

/** The stack that runs the services: it registers their pods. */
const servicesOf = ({ stacks, name }: Plan) => {
  const found = stacks.find(({ resources }) =>
    resources.some(({ properties }: { readonly properties: Json }) =>
      JSON.stringify(properties.Manifest ?? '').includes('TargetGroupBinding'),
    ),
  );
  if (found === undefined) throw new Error(`no stack of ${name} has a TargetGroupBinding`);
  return found;
};

/** A guard, or why there is none. Throws if an alarm is on already, because CloudFormation would roll anything back. */
export const guardOf = (plan: Plan, states: readonly AlarmState[], minutes: number): Guard | string => {
  const wanted = alarmsOf(plan);
  const found = states.filter(({ name, region }) => region === plan.region && wanted.includes(name));
  const missing = wanted.filter((name) => !found.some((one) => one.name === name));
  if (missing.length > 0)
    return `${missing.join(', ')} ${missing.length === 1 ? 'does' : 'do'} not exist yet, so no alarm rolls this deployment back`;
  const on = found.filter(({ state }) => state === 'ALARM').map(({ name }) => name);
  if (on.length > 0)
    throw new Error(
      `${on.join(', ')} ${on.length === 1 ? 'is' : 'are'} in ALARM, so CloudFormation would roll the deployment back: ` +
        'repair what it tells of, or deploy the repair with --unguarded',
    );
  const { id, after } = servicesOf(plan);
  return {
    stack: id,
    after,
    alarmArns: wanted.map((name) => `arn:aws:cloudwatch:${plan.region}:${plan.account}:alarm:${name}`),
    minutes,
  };
};
