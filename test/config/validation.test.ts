import '../fixtures/specified-model'; // the sums below are of the specification's services
import * as fc from 'fast-check';
import { inRegion, SAMPLES } from '../sample';
import { type EnvironmentConfig, type NodeGroupConfig } from '../../lib/config/environment';
import { zonesOf } from '../../lib/model/availability-zones';
import { sharedAccountProblems } from '../../lib/config/rules/environment';
import { SUPPORTED_REGIONS } from '../../lib/model/supported-regions';
import { problems } from '../../lib/config/validation';
import { ENVIRONMENT_NAMES, environment } from '../fixtures';

const { prod } = SAMPLES;

const quota = prod.quotas['platform-apps'];

const withNetwork = (network: Partial<EnvironmentConfig['network']>): EnvironmentConfig => ({
  ...prod,
  network: { ...prod.network, ...network },
});
const withCluster = (cluster: Partial<EnvironmentConfig['cluster']>): EnvironmentConfig => ({
  ...prod,
  cluster: { ...prod.cluster, ...cluster },
});
const withApplicationNodes = (group: Partial<NodeGroupConfig>) =>
  withCluster({
    nodeGroups: { ...prod.cluster.nodeGroups, application: { ...prod.cluster.nodeGroups.application, ...group } },
  });
const withGateway = (gateway: Partial<EnvironmentConfig['services']['api-gateway']>): EnvironmentConfig => ({
  ...prod,
  services: { ...prod.services, 'api-gateway': { ...prod.services['api-gateway'], ...gateway } },
});

test.each(ENVIRONMENT_NAMES)('%s has no problem', (name) => {
  expect(problems(environment(name))).toEqual([]);
});

test('two environments do not share an account', () => {
  const staging: EnvironmentConfig = { ...prod, name: 'staging' };
  expect(sharedAccountProblems(prod, [staging, prod])).toEqual([
    'prod: account is "333333333333", which staging has too: give each environment its own account',
  ]);
  expect(sharedAccountProblems(prod, [{ ...staging, account: '222222222222' }, prod])).toEqual([]);
});

test.each([
  ['an account that is none', { ...prod, account: '12345' }, /^prod: account is "12345": write the 12 digits/],
  ['the home region for recovery', { ...prod, recoveryRegion: prod.region }, /recoveryRegion is "ap-southeast-1"/],
  [
    'two zones',
    withNetwork({ availabilityZones: ['ap-southeast-1a', 'ap-southeast-1b'] }),
    /availabilityZones has 2 zones: name 3 or 4/,
  ],
  [
    'a zone named twice',
    withNetwork({ availabilityZones: ['ap-southeast-1a', 'ap-southeast-1a', 'ap-southeast-1b'] }),
    /availabilityZones repeats a zone/,
  ],
  [
    'a zone of another region',
    withNetwork({ availabilityZones: ['ap-southeast-1a', 'ap-southeast-1b', 'us-east-1a'] }),
    /has "us-east-1a": write a zone of ap-southeast-1, like ap-southeast-1a/,
  ],
  ['more NAT gateways than zones', withNetwork({ natGateways: 4 }), /natGateways is 4: choose 1 to 3/],
  ['no NAT gateway', withNetwork({ natGateways: 0 }), /natGateways is 0/],
  [
    'a retention that CloudWatch Logs lacks',
    withNetwork({ flowLogRetentionDays: 31 }),
    /flowLogRetentionDays is 31.*30, 60/,
  ],
  [
    'an audit log of less than 30 days',
    withCluster({ controlPlaneLogRetentionDays: 14 }),
    /controlPlaneLogRetentionDays is 14/,
  ],
  [
    'a version without a row',
    withCluster({ kubernetesVersion: '1.99' }),
    /kubernetesVersion is "1.99": choose 1.36, or add a row/,
  ],
  ['a version named like a method', withCluster({ kubernetesVersion: 'constructor' }), /choose 1.36, or add a row/],
  ['a region that is none', { ...prod, recoveryRegion: 'mars' }, /recoveryRegion is "mars": write a region like/],
  ...['', 'a b', '-qa', 'x'.repeat(64)].map(
    (long) =>
      [
        `a long name that is no label (${long})`,
        { ...prod, tags: { ...prod.tags, environment: long } },
        /tags.environment is ".*": write up to 63 letters/,
      ] as const,
  ),
  ...['aws:foo', 'AWS:foo', 'aWs:', '', ' ', 'o'.repeat(257), '\u{1D49C}'.repeat(129), 'a\nb', 'a#b'].map(
    (owner) =>
      [
        `the tag ${JSON.stringify(owner.slice(0, 10))}`,
        { ...prod, tags: { ...prod.tags, owner } },
        /tags.owner is ".*: write 1 to 256/,
      ] as const,
  ),
  ['a tag that AWS refuses', { ...prod, tags: { ...prod.tags, owner: 'a;b<c>' } }, /tags.owner is "a;b<c>"/],
  ['endpoints in more zones than there are', withNetwork({ endpointZones: 4 }), /endpointZones is 4: choose 1 to 3/],
  [
    'an administrator whose ARN is none',
    withCluster({ administratorRoleArns: ['arn:aws:iam::333333333333:role/*'] }),
    /has "arn:aws:iam::333333333333:role\/\*"/,
  ],
  [
    'addresses at the public endpoint that are not public',
    withCluster({ publicEndpointCidrs: ['10.20.0.0/16'] }),
    /publicEndpointCidrs has "10.20.0.0\/16", which is within 10.0.0.0\/8: write public addresses/,
  ],
  [
    'more networks at the public endpoint than EKS takes',
    withCluster({ publicEndpointCidrs: Array.from({ length: 41 }, (_, i) => `52.0.${i}.0/24`) }),
    /publicEndpointCidrs has 41 networks: choose 40 or fewer/,
  ],
  [
    'a machine with another processor',
    withApplicationNodes({ instanceType: 'm6g.large' }),
    /instanceType is "m6g.large"/,
  ],
  ['a machine without prefixes', withApplicationNodes({ instanceType: 'm4.large' }), /instanceType is "m4.large"/],
  [
    'more nodes than a group holds',
    withApplicationNodes({ maxSize: 451 }),
    /maxSize is 451: choose \d+ \(minSize\) to 450/,
  ],
  ['a key without a name', withApplicationNodes({ sshKeyName: '' }), /sshKeyName is ""/],
  [
    'a fraction of an IOPS',
    withApplicationNodes({ rootVolume: { type: 'io2', sizeGiB: 100, iops: 3000.5 } }),
    /iops is 3000.5/,
  ],
  ['an account that is a number', JSON.parse(JSON.stringify({ ...prod, account: 1 })), /account is 1: .*in quotes/],
  [
    'a name that is none',
    { ...JSON.parse(JSON.stringify(prod)), name: 'Production' },
    /name is "Production": write up to 10 lower case letters/,
  ],
  [
    'a namespace that every environment has',
    { ...prod, extraNamespaces: [{ name: 'platform-core', team: 'x', securityLevel: 'low', quota }] },
    /extraNamespaces has "platform-core", which every environment already has/,
  ],
  [
    'a namespace that belongs to Kubernetes',
    { ...prod, extraNamespaces: [{ name: 'kube-system', team: 'x', securityLevel: 'low', quota }] },
    /extraNamespaces has "kube-system"/,
  ],
  [
    'a CPU that is nothing',
    withGateway({ resources: { requests: { cpu: '0', memory: '1Mi' }, limits: { cpu: '1', memory: '1Gi' } } }),
    /requests.cpu is "0"/,
  ],
  ['nobody to administer the cluster', withCluster({ administratorRoleArns: [] }), /administratorRoleArns is empty/],
  [
    'an administrator of another account',
    withCluster({ administratorRoleArns: ['arn:aws:iam::999999999999:role/Admin'] }),
    /write arn:aws:iam::333333333333:role\/NAME/,
  ],
  [
    'an administrator named twice',
    withCluster({
      administratorRoleArns: [...prod.cluster.administratorRoleArns, ...prod.cluster.administratorRoleArns],
    }),
    /repeats a role/,
  ],
  [
    'an endpoint open to the internet',
    withCluster({ publicEndpointCidrs: ['0.0.0.0/0'] }),
    /publicEndpointCidrs has "0.0.0.0\/0"/,
  ],
  [
    'a minimum above the maximum',
    withApplicationNodes({ minSize: 9, maxSize: 3 }),
    /application.maxSize is 3: choose 9 \(minSize\) to 450/,
  ],
  ['a group without nodes', withApplicationNodes({ minSize: 0 }), /application.minSize is 0/],
  ['a disk too small', withApplicationNodes({ rootVolume: { type: 'gp3', sizeGiB: 10 } }), /rootVolume.sizeGiB is 10/],
  [
    'more IOPS than the disk can have',
    withApplicationNodes({ rootVolume: { type: 'io2', sizeGiB: 20, iops: 30_000 } }),
    /rootVolume.iops is 30000: choose 100 to 20000/,
  ],
  ['a machine of no known size', withApplicationNodes({ instanceType: 'm5.metal' }), /instanceType is "m5.metal"/],
  [
    'a size that the family does not have',
    withApplicationNodes({ instanceType: 'c5a.medium' }),
    /^prod: cluster.nodeGroups.application.instanceType is "c5a.medium": choose a size that c5a has \(large, .*\)$/,
  ],
  [
    'a family that EC2 does not have',
    withApplicationNodes({ instanceType: 'm6z.large' }),
    /^prod: cluster.nodeGroups.application.instanceType is "m6z.large": choose a family among c5, .*, or add a new one/,
  ],
  [
    'machines that the DaemonSets fill',
    withApplicationNodes({ instanceType: 'c7a.medium' }),
    /instanceType is "c7a.medium", which has 940m of CPU and 0.3 GiB of memory for pods, but .* request .* 0.5 GiB of/,
  ],
  [
    'more than a node group holds',
    {
      ...withApplicationNodes({ instanceType: 't3.medium' }),
      services: {
        ...prod.services,
        frontend: {
          ...prod.services.frontend,
          resources: { requests: { cpu: '100m', memory: '1660Mi' }, limits: { cpu: '1', memory: '4Gi' } },
        },
      },
    },
    /application.instanceType is "t3.medium", but all .* than the 450 nodes .* has 1550m of CPU and 1.6 GiB of memory .*: choose a larger/,
  ],
  ['an instance type that is none', withApplicationNodes({ instanceType: 'large' }), /instanceType is "large"/],
  ['a moving image tag', withGateway({ imageTag: 'latest' }), /api-gateway.imageTag is "latest"/],
  ['no replica', withGateway({ replicas: 0 }), /api-gateway.replicas is 0/],
  [
    'a request above its limit',
    withGateway({ resources: { requests: { cpu: '2', memory: '2Gi' }, limits: { cpu: '500m', memory: '512Mi' } } }),
    /limits.cpu is "500m", below the request of 2/,
  ],
  [
    'a quantity that is none',
    withGateway({ resources: { requests: { cpu: '100 m', memory: '1GB' }, limits: { cpu: '500m', memory: '1Gi' } } }),
    /requests.cpu is "100 m": write a quantity like 100m/,
  ],
  [
    'fewer pod blocks than zones',
    withNetwork({ podCidrs: ['10.128.0.0/16'] }),
    /podCidrs has 1 blocks: name one per zone/,
  ],
  [
    'more blocks than a VPC holds',
    withNetwork({ podCidrs: [1, 2, 3, 4, 5].map((n) => `10.13${n}.0.0/16`) }),
    /podCidrs has 5 blocks/,
  ],
  [
    'a block with bits behind its prefix',
    withNetwork({ vpcCidr: '10.0.1.0/16' }),
    /vpcCidr is "10.0.1.0\/16": write an IPv4 network/,
  ],
  [
    'a VPC too small for its subnets',
    withNetwork({ vpcCidr: '10.0.0.0/20' }),
    /vpcCidr is "10.0.0.0\/20": choose a block from \/16 to \/18/,
  ],
  ['public addresses', withNetwork({ vpcCidr: '52.1.0.0/16' }), /vpcCidr is "52.1.0.0\/16": choose a private block/],
  [
    'pods in a private range that AWS joins to no VPC in another one',
    withNetwork({ podCidrs: ['172.16.0.0/16', '10.129.0.0/16', '10.130.0.0/16'] }),
    /podCidrs\[0\] is "172.16.0.0\/16", which AWS does not add to a VPC that has a block of 10.0.0.0\/8/,
  ],
  [
    'pods in what AWS keeps beside 10.1.0.0/16',
    withNetwork({ vpcCidr: '10.1.0.0/16', podCidrs: ['10.0.0.0/16', '10.129.0.0/16', '10.130.0.0/16'] }),
    /podCidrs\[0\] is "10.0.0.0\/16", which AWS does not add to a VPC that has a block of 10.0.0.0\/15: choose a block within another part/,
  ],
  [
    'pods in what AWS keeps beside a block of pods',
    withNetwork({ vpcCidr: '10.2.0.0/16', podCidrs: ['10.1.0.0/16', '10.0.0.0/16', '10.130.0.0/16'] }),
    /podCidrs\[1\] is "10.0.0.0\/16", which AWS does not add to a VPC that has a block of 10.0.0.0\/15/,
  ],
  [
    'pods in the network of default VPCs',
    withNetwork({ vpcCidr: '172.20.0.0/16', podCidrs: ['172.31.0.0/16', '172.22.0.0/16', '172.23.0.0/16'] }),
    /podCidrs\[0\] is "172.31.0.0\/16", which AWS does not add to a VPC that has a block of 172.16.0.0\/12/,
  ],
  [
    'a VPC of addresses that many share',
    withNetwork({ vpcCidr: '100.64.0.0/16' }),
    /vpcCidr is "100.64.0.0\/16": choose a private block within 10.0.0.0\/8, 172.16.0.0\/12 or 192.168.0.0\/16$/,
  ],
  [
    'pods of the network that AWS joins to no private one',
    withNetwork({ podCidrs: ['198.19.0.0/16', '10.129.0.0/16', '10.130.0.0/16'] }),
    /podCidrs\[0\] is "198.19.0.0\/16": choose a private block within 10.0.0.0\/8.*100.64.0.0\/10/,
  ],
  [
    'a network of pods in which the nodes of its zone have no room',
    withNetwork({ podCidrs: ['10.128.0.0/24', '10.129.0.0/16', '10.130.0.0/16'] }),
    /podCidrs\[0\] is "10.128.0.0\/24" with 14 free prefixes .* ap-southeast-1a need 240 at their maximum \(application 16 × 10, database 4 × 10, monitoring 4 × 10\)/,
  ],
  [
    'Services on addresses of pods',
    withCluster({ serviceCidr: '10.128.4.0/22' }),
    /serviceCidr is "10.128.4.0\/22", which overlaps network.podCidrs\[0\]/,
  ],
] as const)('refuses %s', (_, config, message) => {
  expect(problems(config)).toContainEqual(expect.stringMatching(message));
});

test('takes pods in 100.64.0.0/10, in whatever private network the VPC is', () => {
  const podCidrs = ['100.64.0.0/16', '100.65.0.0/16', '100.127.0.0/16'];
  for (const vpcCidr of ['10.0.0.0/16', '172.16.0.0/16', '192.168.0.0/16'])
    expect(problems(withNetwork({ vpcCidr, podCidrs }))).toEqual([]);
});

describe('zones without a service', () => {
  const LACKING = [
    ['ap-northeast-1', 'apne1-az3', 'VPC origins of CloudFront'],
    ['ca-central-1', 'cac1-az3', 'EKS and VPC origins of CloudFront'],
    ['us-east-1', 'use1-az3', 'EKS, VPC origins of CloudFront and RDS Proxy'],
  ] as const;

  test('are those of a few regions', () => {
    expect(SUPPORTED_REGIONS.filter((region) => zonesOf(region).lacking.length > 0)).toEqual(
      LACKING.map(([region]) => region),
    );
  });

  test.each(LACKING)('in %s are refused by their id: %s', (region, id, services) => {
    const { whole } = zonesOf(region);
    expect(problems(inRegion(prod, region, [whole[2]!, id, whole[0]!]))).toEqual([
      `prod: network.availabilityZoneIds has "${id}" for ${region}b, but ${id} lacks ${services}: choose zones among ${whole.join(', ')}`,
    ]);
    expect(problems(inRegion(prod, region, whole.slice(0, 3)))).toEqual([]);
  });

  test.each(LACKING)('in %s ask for ids, for a name says nothing', (region, id, services) => {
    expect(problems(inRegion(prod, region))).toEqual([
      `prod: network.availabilityZoneIds is missing, but ${id} lacks ${services}, and accounts name zones differently: give the ids of ` +
        `${region}a, ${region}b, ${region}c, which \`aws ec2 describe-availability-zones --region ${region}\` prints`,
    ]);
  });

  test('leave us-west-1 too few', () => {
    expect(problems(inRegion(prod, 'us-west-1', ['usw1-az1', 'usw1-az2', 'usw1-az3']))).toEqual([
      expect.stringMatching(
        /region is "us-west-1", where only usw1-az1 and usw1-az3 have every service \(usw1-az2 lacks EKS, VPC origins of CloudFront and RDS Proxy\), but the cluster needs 3 zones: choose ap-northeast-1, /,
      ),
    ]);
  });

  test('have ids of the region, one each', () => {
    expect(problems(inRegion(prod, 'us-east-1', ['use1-az2', 'use1-az2', 'use1-az4']))).toEqual([
      expect.stringMatching(/availabilityZoneIds is use1-az2, use1-az2, use1-az4: give one id for each of us-east-1a,/),
    ]);
    expect(problems(inRegion(prod, 'eu-west-1', ['euw1-az1', 'use1-az2', 'euw1-az9']))).toEqual([
      'prod: network.availabilityZoneIds has "use1-az2": write the id of a zone of eu-west-1, like euw1-az1',
    ]);
  });
});

describe('Kubernetes 1.28', () => {
  test('is refused with the date and the way out (S11)', () => {
    expect(problems(withCluster({ kubernetesVersion: '1.28' }))).toEqual([
      expect.stringMatching(
        /"1.28", but EKS has refused to create such clusters since 2025-11-26.*: choose 1.36, or set cluster.exists/,
      ),
    ]);
  });

  test('is accepted for a cluster that exists (S11)', () => {
    expect(problems(withCluster({ kubernetesVersion: '1.28', exists: true }))).toEqual([]);
  });
});

test.each(['m5.large', 'r5.large', 'c6i.xlarge', 'm7i-flex.large', 't3.medium', 'r7a.16xlarge', 'i4i.large'])(
  'accepts machines like %s',
  (instanceType) => {
    expect(problems(withApplicationNodes({ instanceType, maxSize: 50 }))).toEqual([]);
  },
);

test('reports all problems at once', () => {
  const config = { ...withNetwork({ natGateways: 9, vpcCidr: '10.128.0.0/16' }), recoveryRegion: prod.region };
  expect(problems(config)).toHaveLength(3);
});

/** Any network of a size within 10.0.0.0/8. */
const block = (prefix: number) =>
  fc.integer({ min: 0, max: 2 ** (prefix - 8) - 1 }).map((n) => {
    const address = 10 * 2 ** 24 + n * 2 ** (32 - prefix);
    return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')}/${prefix}`;
  });
/** First and last address, by arithmetic of its own. */
const range = (cidr: string) => {
  const [address = '', prefix] = cidr.split('/');
  const first = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return { first, last: first + 2 ** (32 - Number(prefix)) - 1 };
};
const collide = (a: string, b: string) => range(a).first <= range(b).last && range(b).first <= range(a).last;

describe('whatever the numbers', () => {
  test('blocks are accepted exactly when no two share an address', () => {
    fc.assert(
      fc.property(
        block(16),
        fc.array(block(16), { minLength: 3, maxLength: 4 }),
        block(20),
        (vpcCidr, podCidrs, serviceCidr) => {
          const all = [vpcCidr, ...podCidrs, serviceCidr];
          const disjoint = all.every((a, i) => all.slice(i + 1).every((b) => !collide(a, b)));
          const config = withCluster({ serviceCidr });
          const found = problems({ ...config, network: { ...config.network, vpcCidr, podCidrs } });
          fc.pre(!podCidrs.includes('10.0.0.0/16')); // AWS keeps it from some VPCs
          expect(found.length === 0).toBe(disjoint);
        },
      ),
    );
  });

  test('node groups are accepted exactly when 1 <= minimum <= maximum', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2, max: 20 }), fc.integer({ min: -2, max: 20 }), (minSize, maxSize) => {
        const found = problems(withApplicationNodes({ minSize, maxSize }));
        expect(found.some((problem) => problem.includes(': choose'))).toBe(!(1 <= minSize && minSize <= maxSize));
      }),
    );
  });

  test('a problem names the environment and its field', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), (account, natGateways) => {
        for (const problem of problems({ ...withNetwork({ natGateways }), account }))
          expect(problem).toMatch(/^prod: [a-zA-Z.[\]0-9-]+ (is|has|repeats) /);
      }),
    );
  });
});
