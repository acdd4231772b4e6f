import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { environment, environmentNames, environments } from '../../../lib/config';
import { compareWithRecord, logicalIds, recordOf } from '../../../review/logical-ids';
import type { EnvironmentConfig } from '../../../lib/config/environment';
import { pipeline } from '../../fixtures';
import { violations } from '../../invariants';
import { SAMPLES, WITH_EVERYTHING } from '../../sample';
import { once } from '../../synth';

// The values that a team fills in. The product's own tests read the specification's environments (test/fixtures).
describe.each(environments.map((config) => [config.name, config] as const))(
  '%s as it is configured',
  (name, config) => {
    test('has no problem', () => {
      expect(environment(name)).toBe(config);
    });

    test('keeps what every environment keeps', () => {
      expect(violations(once(config), config)).toEqual([]);
    });

    test('keeps the logical ids of its record, which it has once it is deployed (npm run logical-ids)', () => {
      const record = recordOf(name);
      expect({ name, isRecorded: record !== undefined || config.deployed === undefined }).toEqual({
        name,
        isRecorded: true,
      });
      const stacks = once(config).stacks.map(({ stackName, template }) => ({ name: stackName, template }));
      expect(compareWithRecord(record ?? {}, logicalIds(stacks)).gone).toEqual([]);
    });
  },
);

test('each environment has releases of its own: a copy of an environment would run what the other one runs', () => {
  const folder = join(__dirname, '..', '..', '..', 'lib', 'config', 'releases');
  expect(readdirSync(folder).toSorted()).toEqual(environmentNames.map((name) => `${name}.json`).toSorted());
  for (const { name, releases } of environments)
    expect([name, releases]).toEqual([name, jest.requireActual(join(folder, `${name}.json`))]);
});

test('one more environment is one more value', () => {
  const { dev } = SAMPLES;
  const qa: EnvironmentConfig = {
    ...dev,
    name: 'qa-2',
    account: '555555555555',
    cluster: { ...dev.cluster, administratorRoleArns: ['arn:aws:iam::555555555555:role/Admin'] },
    tags: { ...dev.tags, environment: 'quality-assurance' },
    tenants: [],
    tenantRecord: { stacks: 0, tenants: {} },
    domain: { hosts: { app: 'qa.example', api: 'api.qa.example' }, zones: [{ name: 'qa.example' }] },
  };
  expect(environment('qa-2', {}, [dev, qa], pipeline)).toBe(qa);
  expect(violations(once(qa), qa)).toEqual([]);
});

test('an environment with every field that may be absent keeps what every environment keeps', () => {
  expect(violations(once(WITH_EVERYTHING), WITH_EVERYTHING)).toEqual([]);
});
