import { accountOf } from '../../rehearsal/src/emulator/account';
import type { AssembledStack } from '../../rehearsal/src/app/cdk';

const stack = (resources: readonly (readonly [string, object])[]) =>
  ({
    template: {
      Resources: Object.fromEntries(resources.map(([Type, Properties], index) => [`R${index}`, { Type, Properties }])),
    },
  }) as unknown as AssembledStack;

const addon = (AddonVersion: string) => ['AWS::EKS::Addon', { AddonName: 'kube-proxy', AddonVersion }] as const;
const subnet = (AvailabilityZone: string) => ['AWS::EC2::Subnet', { AvailabilityZone }] as const;

test('AWS has every version of an add-on and every zone that a template names', () => {
  const { addons, subnetZones } = accountOf([
    stack([addon('v1.35.3'), subnet('eu-west-1a')]),
    stack([addon('v1.36.0'), subnet('eu-west-1a'), subnet('eu-west-1d')]),
  ]);
  expect(addons).toEqual({ 'kube-proxy': ['v1.35.3', 'v1.36.0'] });
  expect(subnetZones).toEqual(['eu-west-1a', 'eu-west-1d']);
});

test('a zone has the id that a template says, for names differ between accounts', () => {
  const said = { Type: 'AWS::EC2::Subnet', Properties: { AvailabilityZone: 'us-east-1a' } };
  const template = { Resources: { A: { ...said, Metadata: { AvailabilityZoneId: 'use1-az6' } }, B: said } };
  expect(accountOf([{ template } as unknown as AssembledStack, stack([subnet('us-east-1b')])]).zones).toEqual({
    'us-east-1a': 'use1-az6',
  });
});
