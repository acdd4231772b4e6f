import { failure } from '../../checks/rollback/conditions';
import { definitionOf, type Rule, type Template } from '../../checks/pipeline/definition';
import { oncePipeline } from '../synth';

const definition = definitionOf(
  oncePipeline('prod').stacks.find(({ stackName }) => stackName === 'platform-prod-pipeline')!.template as Template,
  [],
);
const { OnSuccess, OnFailure } = definition.stages.find(({ Name }) => Name === 'prod')!;
const [{ Rules: rules, Result }] = OnSuccess!.Conditions as [NonNullable<typeof OnSuccess>['Conditions'][number]];

/** The condition's answer when one alarm is in a state in a minute, and OK before and after. */
const when = async (alarm: string, state: string | undefined, at: number) => {
  let minute = 0;
  const stateOf = async ({ Configuration }: Rule) =>
    Configuration.AlarmName === alarm && minute === at ? state : 'OK';
  return failure(rules, stateOf, async (now) => void (minute = now));
};

describe("the condition of production's pipeline", () => {
  test('rolls back, as a failure does', () => {
    expect([Result, OnFailure]).toEqual(['ROLLBACK', { Result: 'ROLLBACK' }]);
  });

  test('holds while every alarm is OK, or knows nothing', async () => {
    expect(await when('', undefined, 0)).toBeUndefined();
    expect(await when('platform-prod-mysql-critical', 'INSUFFICIENT_DATA', 3)).toBeUndefined();
  });

  test.each(['edge', 'load-balancer', 'cluster', 'mysql', 'redis'])(
    'fails with the critical alarm of %s',
    async (tier) => {
      expect(await when(`platform-prod-${tier}-critical`, 'ALARM', 15)).toBe(
        `Critical-${tier}: platform-prod-${tier}-critical is ALARM in minute 15`,
      );
    },
  );

  test('looks no longer than its minutes', async () => {
    expect(await when('platform-prod-mysql-critical', 'ALARM', 16)).toBeUndefined();
  });

  test('fails without the alarm', async () => {
    expect(await when('platform-prod-redis-critical', undefined, 0)).toMatch(/does not exist$/);
  });
});
