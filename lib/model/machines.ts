import type { NodeGroupName } from './names';

/** Machines of each node group, as the specification has them; an environment says how many, and may override them. */
export const MACHINES = {
  application: { instanceType: 'm5.large', subnets: 'private', rootVolume: { type: 'gp3', sizeGiB: 50 } },
  database: { instanceType: 'r5.large', subnets: 'data', rootVolume: { type: 'io2', sizeGiB: 100, iops: 3000 } },
  monitoring: { instanceType: 'm5.large', subnets: 'private', rootVolume: { type: 'gp3', sizeGiB: 50 } },
} as const satisfies Readonly<Record<NodeGroupName, object>>;

/** The CPU and memory of a machine that pods can use. */
export interface Machine {
  /** Pods at the most: https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses-procedure.html */
  readonly pods: number;
  readonly millicores: number;
  readonly bytes: number;
}

const GIB = 2 ** 30;
/** GiB for each vCPU, by the letter of the family; the T family has it from `large` on, and 4 GiB at `medium`. */
const GIB_PER_VCPU: Readonly<Record<string, number>> = { c: 2, m: 4, t: 4, r: 8, i: 8 };

/**
 * Resources that a node of an instance type has for pods, at least: without the reserve of EKS, and without the memory that the machine
 * itself keeps (7.5 %, as Karpenter assumes). https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go
 */
export const machine = (instanceType: string): Machine => {
  const [family = '', size = ''] = instanceType.split('.');
  const odd = family.startsWith('t') && size === 'medium';
  const vcpus = odd || size === 'large' ? 2 : size === 'medium' ? 1 : 4 * Number(size.replace('xlarge', '') || 1);
  const gib = odd ? 4 : vcpus * (GIB_PER_VCPU[family[0] ?? ''] ?? 0);
  const reserved = [60, 10, 5, 5].slice(0, vcpus).reduce((sum, each) => sum + each, 2.5 * Math.max(0, vcpus - 4));
  const pods = vcpus < 30 ? 110 : 250;
  return {
    pods,
    millicores: Math.floor(1000 * vcpus - reserved),
    bytes: Math.floor(gib * GIB * 0.925 - (255 + 11 * pods + 100) * 2 ** 20),
  };
};

/** Share of a number in one of some zones: 5 in 3 zones are 2, 2 and 1. */
export const zoneShare = (count: number, zones: number, index: number): number =>
  Math.floor((count + zones - 1 - index) / zones);
