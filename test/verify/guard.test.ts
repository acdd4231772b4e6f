import { planOf } from '../../doctor/assembly';
import { alarmsOf, guardOf } from '../../verify/guard';
import { environments } from '../fixtures';
import { once } from '../synth';

const states = (names: readonly string[], region: string, state = 'OK') =>
  names.map((name) => ({ name, region, state, reason: '', description: '' }));

describe.each(environments.map((config) => [config.name, config] as const))(
  'the guard of a deployment of %s',
  (name, config) => {
    const plan = planOf(config, once(config).directory);
    const alarms = alarmsOf(plan);

    test('watches the alarms by which users notice a bad release', () => {
      expect(alarms).toContain(`platform-${name}-load-balancer-errors`);
      for (const site of ['app', 'api']) expect(alarms).toContain(`platform-${name}-load-balancer-no-targets-${site}`);
    });

    test('is of the stack of the services, after every stack that it needs', () => {
      const guard = guardOf(plan, states(alarms, config.region), 5);
      expect(guard).toEqual({
        stack: `${name}/Workloads`,
        after: expect.arrayContaining([`${name}/Cluster`, `${name}/Mysql`, `${name}/LoadBalancer`]),
        alarmArns: alarms.map((alarm) => `arn:aws:cloudwatch:${config.region}:${config.account}:alarm:${alarm}`),
        minutes: 5,
      });
    });

    test('is none while an alarm does not exist, because CloudFormation would fail', () => {
      expect(guardOf(plan, states(alarms.slice(1), config.region), 5)).toBe(
        `${alarms[0]} does not exist yet, so no alarm rolls this deployment back`,
      );
      expect(guardOf(plan, states(alarms, 'us-east-1'), 5)).toMatch(/ do not exist yet/);
    });

    test('refuses to begin while an alarm is on', () => {
      const on = [...states(alarms.slice(0, 1), config.region, 'ALARM'), ...states(alarms.slice(1), config.region)];
      expect(() => guardOf(plan, on, 5)).toThrow(
        `${alarms[0]} is in ALARM, so CloudFormation would roll the deployment back: repair what it tells of, or deploy the repair with --unguarded`,
      );
    });
  },
);
