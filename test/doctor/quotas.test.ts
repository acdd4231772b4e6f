import { QUOTA_CHECKS } from '../../doctor/checks/quotas';
import type { Facts } from '../../doctor/facts';
import { natGateways } from '../../doctor/facts/usage';
import { QUOTAS } from '../../doctor/quotas';
import type { Aws } from '../../doctor/aws';
import { serviceQuota, serviceQuotas } from '../../rehearsal/src/provider/service-quotas';
import { planWith, resource } from '../../checks/doctor/plan';

const find = (code: string, plan: ReturnType<typeof planWith>, facts: Partial<Facts>) =>
  QUOTA_CHECKS.find(({ title }) => title.includes(code))!.find(plan, { vcpus: {}, ...facts } as Facts);

const needOf = (code: string, plan: ReturnType<typeof planWith>, vcpus: Record<string, number> = {}) =>
  QUOTAS.find((quota) => quota.code === code)!.need(plan, plan.region, vcpus);

const deployed = (...ids: readonly string[]): Facts['deployed'] => ({
  stacks: ['platform-dev-network'],
  resources: ids.map((id) => ({ stack: 'platform-dev-network', type: 'AWS::EC2::VPC', logicalId: 'One', id })),
});

const vpcs = planWith([resource('AWS::EC2::VPC')]);
const granted = { 'eu-west-1 vpc L-F678F1CE': 5 };
const used = (...ids: readonly string[]) => ids.map((id) => ({ id, amount: 1 }));

const nat = (zone: string, i: number) => [
  resource('AWS::EC2::Subnet', { AvailabilityZone: zone }, `Subnet${i}`),
  resource('AWS::EC2::NatGateway', { SubnetId: { Ref: `Subnet${i}` } }, `Nat${i}`),
];

const elsewhere = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `n${i}`, amount: 1, zone: i % 2 ? 'a' : 'b' }));

const database = (properties = {}) => resource('AWS::RDS::DBInstance', properties);

const functions = (value: number) => ({ 'eu-west-1 lambda L-B99A9384': value });

describe('a quota', () => {
  test('is enough for what is needed beside what others use', () => {
    const facts = { quotas: granted, deployed: deployed() };
    expect(find('L-F678F1CE', vpcs, { ...facts, vpcs: used('a', 'b', 'c', 'd') })).toEqual([]);
    expect(find('L-F678F1CE', vpcs, { ...facts, vpcs: used('a', 'b', 'c', 'd', 'e') })).toEqual([
      {
        missing: '“VPCs per Region” allows 5 in eu-west-1. The environment needs 1, and others in the account use 5.',
        remedy: expect.stringMatching(/--service-code vpc --quota-code L-F678F1CE --desired-value 6$/),
      },
    ]);
  });

  test('counts what is deployed of the environment once', () => {
    const facts = { quotas: granted, vpcs: used('own', 'b', 'c', 'd', 'e') };
    expect(find('L-F678F1CE', vpcs, { ...facts, deployed: deployed('own') })).toEqual([]);
  });

  test('by zone is that of the fullest zone', () => {
    const plan = planWith(['a', 'b', 'b'].flatMap(nat));
    const quotas = { 'eu-west-1 vpc L-FE5A380F': 5 };
    expect(find('L-FE5A380F', plan, { quotas, deployed: deployed(), natGateways: elsewhere(6) })).toEqual([]);
    expect(find('L-FE5A380F', plan, { quotas, deployed: deployed(), natGateways: elsewhere(7) })).toHaveLength(1);
  });

  test('of what the environment has none of is not looked at', () => {
    expect(find('L-F678F1CE', planWith([]), { quotas: {}, deployed: deployed(), vpcs: [] })).toEqual([]);
  });
});

const nodes = (MaxSize: number, properties = {}) =>
  resource('AWS::EKS::Nodegroup', {
    ScalingConfig: { MaxSize },
    InstanceTypes: ['m5.large'],
    LaunchTemplate: { Id: { Ref: 'Lt' } },
    ...properties,
  });

describe('an environment needs', () => {
  test('the vCPUs of every node group at its most, each with the two nodes of a roll', () => {
    expect(needOf('L-1216C47A', planWith([nodes(3), nodes(2)]), { 'm5.large': 2 })).toBe((5 + 4) * 2);
  });

  test('the volumes of those nodes', () => {
    const BlockDeviceMappings = [{ Ebs: { VolumeType: 'io2', VolumeSize: 100, Iops: 3000 } }];
    const template = resource('AWS::EC2::LaunchTemplate', { LaunchTemplateData: { BlockDeviceMappings } }, 'Lt');
    expect(needOf('L-8D977E7E', planWith([nodes(2), template]))).toBe(4 * 3000);
    expect(needOf('L-09BD8365', planWith([nodes(20), template]))).toBe(3);
    expect(needOf('L-7A658B76', planWith([nodes(20), template]))).toBe(0);
  });

  test('rules of a security group, inline and apart, a prefix list counting as many', () => {
    const GroupId = { 'Fn::GetAtt': ['Group', 'GroupId'] };
    const plan = planWith([
      resource('AWS::EC2::SecurityGroup', { SecurityGroupIngress: [{ CidrIp: 'x' }] }, 'Group'),
      resource('AWS::EC2::SecurityGroupIngress', { GroupId, SourcePrefixListId: 'pl-1' }),
      resource('AWS::EC2::SecurityGroupEgress', { GroupId }),
    ]);
    expect(needOf('L-0EA8095F', plan)).toBe(56);
  });

  test('names of the certificate that has most', () => {
    const plan = planWith([resource('AWS::CertificateManager::Certificate', { SubjectAlternativeNames: ['b', 'c'] })]);
    expect(needOf('L-FB94F0B0', plan)).toBe(3);
  });
});

describe('RDS and IAM', () => {
  const plan = planWith([
    database({ AllocatedStorage: '100', MaxAllocatedStorage: 500 }),
    database({ SourceDBInstanceIdentifier: 'x' }),
  ]);
  const own = { stacks: [], resources: [{ stack: '', type: 'AWS::RDS::DBInstance', logicalId: 'One', id: 'x' }] };

  test('count themselves what is used, the own part of it too', () => {
    const databaseQuotas = { DBInstances: { used: 39, max: 40 }, AllocatedStorage: { used: 200, max: 1000 } };
    expect(find('L-7B6409FD', plan, { databaseQuotas, deployed: deployed() })).toHaveLength(1);
    expect(find('L-7B6409FD', plan, { databaseQuotas, deployed: own })).toEqual([]);
    expect(find('L-7ADDB58A', plan, { databaseQuotas, deployed: deployed() })).toHaveLength(1);
    expect(find('L-7ADDB58A', plan, { databaseQuotas, deployed: own })).toEqual([]);
  });

  test('a rotation brings a role of its own', () => {
    const roles = planWith([
      resource('AWS::IAM::Role'),
      resource('AWS::SecretsManager::RotationSchedule', { HostedRotationLambda: {} }),
    ]);
    expect(find('L-FE177D64', roles, { iamSummary: { Roles: 998, RolesQuota: 1000 }, deployed: deployed() })).toEqual(
      [],
    );
    expect(
      find('L-FE177D64', roles, { iamSummary: { Roles: 999, RolesQuota: 1000 }, deployed: deployed() }),
    ).toHaveLength(1);
  });
});

test('a thousand functions at the same time are advised, a hundred are needed', () => {
  const plan = planWith([resource('AWS::Lambda::Function')]);
  expect(find('L-B99A9384', plan, { quotas: functions(10) })).toMatchObject([
    { missing: expect.stringContaining('needs 100') },
  ]);
  expect(find('L-B99A9384', plan, { quotas: functions(500) })).toMatchObject([{ advice: true }]);
  expect(find('L-B99A9384', plan, { quotas: functions(1000) })).toEqual([]);
});

describe('the list of quotas', () => {
  test('has no quota twice, a page of AWS for each, and only what is asked', () => {
    const all = Object.entries(serviceQuotas());
    const codes = all.map(([key]) => key.slice(key.indexOf('/') + 1));
    expect(codes.filter((code) => !/^L-[0-9A-F]{8}$/.test(code))).toEqual([]);
    expect(new Set(codes).size).toBe(all.length);
    expect(new Set(all.map(([, { name }]) => name)).size).toBe(all.length);
    expect(all.filter(([, { source }]) => !source.startsWith('https://docs.aws.amazon.com/'))).toEqual([]);
    expect(codes.filter((code) => !QUOTA_CHECKS.some(({ title }) => title.startsWith(`Quota ${code}: `)))).toEqual([]);
  });

  test('refuses a code that it does not know', () => {
    expect(() => serviceQuota('vpc', 'L-00000000')).toThrow(
      'rehearsal/src/provider/quotas.json has no vpc/L-00000000: add its name, default and page',
    );
  });
});

test('a NAT gateway that is being deleted still counts, a deleted one does not', async () => {
  const NatGateways = ['available', 'pending', 'deleting', 'deleted', 'failed'].map((State) => ({
    NatGatewayId: State,
    State,
  }));
  const aws = { client: () => ({ send: async () => ({ NatGateways, Subnets: [] }) }) } as unknown as Aws;
  const counted = await natGateways.read(aws, planWith([]));
  expect(counted.map(({ id }) => id)).toEqual(['available', 'pending', 'deleting']);
});
