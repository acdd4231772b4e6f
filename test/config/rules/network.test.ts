import '../../fixtures/specified-model'; // the sums below are of the specification's services
import * as fc from 'fast-check';
import { problems } from '../../../lib/config/validation';
import { withCluster, withNetwork } from './changed';

test.each([
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
  ['endpoints in more zones than there are', withNetwork({ endpointZones: 4 }), /endpointZones is 4: choose 1 to 3/],
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
