import {
  grafanaWorkload,
  monitoringWorkloads,
  PATHS,
  platformWorkloads,
  type Port,
} from '../../../lib/kubernetes/network-paths';
import { ENVIRONMENT_NAMES, environment } from '../../../test/fixtures';
import { table } from '../markdown';

const workloads = [
  ...platformWorkloads({ sentry: true }),
  ...monitoringWorkloads(),
  grafanaWorkload({ isPublic: true }),
];

/** `53 (UDP and TCP)`. */
const portsOf = (ports: readonly Port[]): string => {
  const numbers = [...new Set(ports.map(({ port }) => port))];
  return (
    numbers
      .map((port) => (ports.some((each) => each.protocol && each.port === port) ? `${port}, UDP too` : `${port}`))
      .join(', ') || 'all'
  );
};

const membersOf = (group: string) =>
  workloads.filter(({ groups }) => groups.some((each) => each === group)).map(({ name }) => `\`${name}\``);

const extra = ENVIRONMENT_NAMES.flatMap((name) => environment(name).extraNamespaces);
const groups = [...new Set(workloads.flatMap((workload) => workload.groups))];

/** The page of the network's paths. */
export const network = (): string =>
  [
    '# Paths through the network',
    '',
    'The network policies refuse all traffic of pods that is not in this table, in both directions. They cover the namespaces of the platform, of',
    'tenants and of people. The table and the policies both come from `lib/kubernetes/network-paths.ts`. `npm run docs:write`',
    'renews this page.',
    '',
    ...table(
      ['from', 'to', 'port', 'for'],
      PATHS.map(({ from, to, ports, why }) => [from, to, portsOf(ports), why]),
    ),
    '',
    'Answers pass, and so do the probes of the kubelet. The VPC CNI enforces the policies on each node. Pods of `kube-system` have no policies,',
    'because EKS and its add-ons decide there. The secrets add-on fetches the secrets that a pod mounts, so the pod itself needs no path to AWS.',
    '',
    ...table(
      ['group', 'members'],
      [
        ['every pod', 'every namespace with policies'],
        ...groups.map((group) => [group, membersOf(group).join(', ')]),
        ['pods of tenants', 'every namespace `tenant-…`'],
        ['sandbox pods', extra.map(({ name }) => `\`${name}\``).join(', ')],
      ],
    ),
    '',
    '- *internet* is every address outside of the VPC, the pods, the Services and 169.254.0.0/16.',
    '- *load balancer*, *AWS endpoints* and *API server* share the private subnets, and the policies cannot tell them apart. A pod that may reach',
    '  one of them on port 443 may reach the others, which then rely on their own authentication.',
    '- *nodes* are in the private and the data subnets. Nothing else in these subnets listens on the ports of nodes.',
    '- *MySQL* and *Redis* share the data subnets, and differ by port. The nodes of the database group are there too.',
    '',
    '## What the policies do not stop',
    '',
    'The VPC CNI lets two kinds of traffic pass without a policy:',
    '',
    '- traffic between a pod and its own node,',
    '- traffic of a new pod in its first moments, until the CNI has worked out its policies (its mode `standard`).',
    '',
    'If the other end is a pod with policies, that pod still refuses the new pod. MySQL, Redis, the API server and `kube-system` then rely on',
    'their own authentication.',
    '',
    'A connection that a new pod opens in these moments may hang forever, even if a policy allows it. The agent did not see it begin, and drops',
    'the answers ([aws-network-policy-agent#236](https://github.com/aws/aws-network-policy-agent/issues/236)). The next connection passes.',
    'So every client that connects when it starts needs a time limit and a second try. The setup of databases has both, and',
    '[services.md](services.md) requires them.',
    '',
    '## One more path',
    '',
    'Add a row to `PATHS` in `lib/kubernetes/network-paths.ts`, and run `npm run docs:write`. If the peer is new, add a selector in `lib/kubernetes/network-policies.ts`. The entry of a service in',
    '`lib/model/services.ts` says what it uses, and so which groups it joins. A selector may only use labels by which the Service in front of its',
    'pods also selects. Otherwise the VPC CNI refuses the address of that Service.',
    '',
  ].join('\n');
