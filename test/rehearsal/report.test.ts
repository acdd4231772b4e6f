import { summary, type Findings } from '../../rehearsal/src/report/report';

const resource = { account: '1', region: 'r', stack: 's', logicalId: 'l', physicalId: 'p', type: 'T' } as const;
const findings: Findings = {
  target: 'prod',
  seed: 7,
  stacks: [
    {
      name: 'platform-prod-network',
      id: 'prod/Network',
      account: '1',
      region: 'r',
      terminationProtection: true,
      template: {},
    },
  ],
  resources: [
    { ...resource, held: 'service' },
    { ...resource, held: 'recorded', type: 'AWS::Some::Thing' },
  ],
  objects: { Node: 2 },
  placements: [
    { workload: 'DaemonSet kube-system/aws-node', pods: 2, nodes: new Map([['application a', 2]]) },
    { workload: 'Deployment shop/web', pods: 1, nodes: new Map([['application a', 1]]) },
  ],
  tried: [['zones', '1a lost: everything available again']],
  provided: [],
  notes: ['a difference'],
  retained: [{ ...resource, held: 'service', type: 'AWS::Logs::LogGroup', physicalId: '/aws/eks' }],
  seconds: [{ title: 'deploy', seconds: 12.34 }],
};

test('names seed, stacks, placements, what was tried, what is only recorded, what stays, and the seconds', () => {
  expect(summary(findings)).toBe(`prod rehearsed with seed 7
  stacks     platform-prod-network
  resources  2: 1 held by the emulated AWS, 0 by Kubernetes, 1 only recorded
  objects    Node 2
  pods       2 of DaemonSet kube-system/aws-node: every node
             1 of Deployment shop/web: application (a 1)
  zones      1a lost: everything available again
  provided   nothing
  retained   AWS::Logs::LogGroup /aws/eks
  not shown  AWS::Some::Thing (only recorded); images, probes and what runs in containers; permissions beyond those of CloudFormation, quotas, prices
  different  a difference
  seconds    12: deploy 12.3`);
});

test('says when nothing was destroyed', () => {
  expect(summary({ ...findings, retained: undefined })).toContain('retained   nothing is destroyed yet');
});

test('says what an update replaced, and that it replaced nothing', () => {
  const queue: Findings['resources'] = [{ ...resource, held: 'service', type: 'AWS::SQS::Queue', physicalId: 'jobs' }];
  expect(summary({ ...findings, replaced: queue })).toContain('replaced   AWS::SQS::Queue jobs');
  expect(summary({ ...findings, replaced: [] })).toContain('replaced   nothing');
  expect(summary(findings)).not.toContain('replaced');
});
