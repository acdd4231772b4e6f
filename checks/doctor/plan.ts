import type { Plan, PlannedResource } from '../../doctor/plan';

/** A plan with one stack in the home region, of these resources. */
export const planWith = (resources: readonly PlannedResource[], more: Partial<Plan> = {}): Plan => ({
  name: 'dev',
  account: '111111111111',
  region: 'eu-west-1',
  kubernetesVersion: '1.36',
  administratorRoleArns: [],
  availabilityZones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
  zones: [],
  stacks: [
    {
      name: 'platform-dev-network',
      id: 'dev/Network',
      region: 'eu-west-1',
      bootstrapVersion: 6,
      after: [],
      executionRoleArn: 'arn:aws:iam::111111111111:role/exec',
      resources,
      template: {},
    },
  ],
  ...more,
});

export const resource = (
  type: string,
  properties: PlannedResource['properties'] = {},
  logicalId = 'One',
): PlannedResource => ({
  type,
  logicalId,
  properties,
});
