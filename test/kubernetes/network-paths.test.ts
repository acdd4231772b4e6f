import '../fixtures/specified-model'; // the page shows the specification's services
import {
  grafanaWorkload,
  monitoringWorkloads,
  PATHS,
  platformWorkloads,
  type Port,
} from '../../lib/kubernetes/network-paths';
import { docs, table } from '../page';
import { ENVIRONMENT_NAMES, environment } from '../fixtures';

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

const page = [
  '# The ways through the network',
  '',
  'In the namespaces of the platform, of tenants and of people, nothing reaches a pod and no pod reaches anything, but for what this table',
  'has. It is made of `lib/kubernetes/network-paths.ts`, as the network policies are; `RENEW=1 npx jest network-paths` renews it.',
  '',
  ...table(
    ['from', 'to', 'port', 'for'],
    PATHS.map(({ from, to, ports, why }) => [from, to, portsOf(ports), why]),
  ),
  '',
  'Answers pass, and so do the probes of the kubelet. The VPC CNI carries the policies out, node by node. What runs in `kube-system` is under',
  'none: EKS and its add-ons decide there. A secret that a pod mounts is fetched by the add-on, so the pod itself needs no way to AWS.',
  '',
  ...table(
    ['group', 'of'],
    [
      ['every pod', 'every namespace with policies'],
      ...groups.map((group) => [group, membersOf(group).join(', ')]),
      ['pods of tenants', 'every namespace `tenant-…`'],
      ['sandbox pods', extra.map(({ name }) => `\`${name}\``).join(', ')],
    ],
  ),
  '',
  '- *internet* is every address outside of the VPC, the pods, the Services and 169.254.0.0/16.',
  '- *load balancer*, *AWS endpoints* and *API server* share the private subnets, and the policies cannot tell them apart: who may reach one of',
  '  them by 443 may reach the others, whose own authentication then stands.',
  '- *nodes* stand in the private and the data subnets; what else stands there does not listen at their ports.',
  '- *MySQL* and *Redis* share the data subnets, and differ by port. The nodes of the database group stand there too.',
  '',
  'The VPC CNI lets two things pass that no policy names: what goes between a pod and its own node, and what a new pod sends or gets in',
  'its first moments, until its policies are worked out (its mode `standard`). Whoever is at the other end still refuses a new pod, if it is',
  'a pod under policies itself; MySQL, Redis, the API server and `kube-system` have only their own authentication then.',
  '',
  'A connection that a new pod opens in these moments may hang for ever, though a policy allows it: the agent saw no beginning of it, and',
  'drops the answers ([aws-network-policy-agent#236](https://github.com/aws/aws-network-policy-agent/issues/236)). The next connection passes.',
  'So whatever connects when it starts needs a time limit and a second try: the set-up of databases has both, and',
  '[services.md](services.md) asks for them.',
  '',
  '## One more way',
  '',
  'Add a row to `PATHS`, and, for a peer that is new, a selector in `lib/kubernetes/network-policies.ts`. A service joins a group by what its entry in',
  '`lib/model/services.ts` says it uses. A selector asks for no label by which the Service in front of its pods does not select: the VPC CNI',
  'would refuse the address of that Service.',
  '',
].join('\n');

test('docs/network.md is what the table says', () => {
  expect(docs('network', page)).toBe(page);
});

test('every path has an end that the policies carry out, and a reason', () => {
  const ends = new Set<string>([
    'every pod',
    ...groups,
    ...workloads.map(({ name }) => name),
    'pods of tenants',
    'sandbox pods',
  ]);
  for (const { from, to, why } of PATHS) {
    expect([from, to, ends.has(from) || ends.has(to)]).toEqual([from, to, true]);
    expect(why).not.toBe('');
  }
});
