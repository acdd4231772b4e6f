import '../../fixtures/specified-model'; // the sums below are of the specification's services
import * as fc from 'fast-check';
import { SAMPLES } from '../../sample';
import { problems } from '../../../lib/config/validation';
import { withApplicationNodes, withCluster } from './changed';

const { prod } = SAMPLES;

test.each([
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
] as const)('refuses %s', (_, config, message) => {
  expect(problems(config)).toContainEqual(expect.stringMatching(message));
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

test('node groups are accepted exactly when 1 <= minimum <= maximum', () => {
  fc.assert(
    fc.property(fc.integer({ min: -2, max: 20 }), fc.integer({ min: -2, max: 20 }), (minSize, maxSize) => {
      const found = problems(withApplicationNodes({ minSize, maxSize }));
      expect(found.some((problem) => problem.includes(': choose'))).toBe(!(1 <= minSize && minSize <= maxSize));
    }),
  );
});
