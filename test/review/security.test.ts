import type { Json, Stack } from '../../review/assembly';
import { changes } from '../../review/changes';
import { comment } from '../../review/comment';

const stack = (Resources: Record<string, Json>): Stack => ({
  name: 'platform-prod-a',
  path: 'prod/A',
  template: { Resources },
});

const between = (before: Record<string, Json>, after: Record<string, Json>) =>
  comment({ name: 'a' }, { name: 'b' }, [{ name: 'prod', result: changes([stack(before)], [stack(after)]) }]);

const resource = (Type: string, Properties: Json = {}) => ({ Thing: { Type, Properties } });

const rows = (text: string, summary: RegExp) => {
  const [, table = ''] = text.split(summary);
  return table
    .split('</details>')[0]!
    .split('\n')
    .filter((line) => /^\| `[+-]`/.test(line));
};

const WAYS = /<summary>Security of platform-prod-a: \d+ ways in<\/summary>/;

test('a new administrator of the cluster is told', () => {
  const entry = {
    PrincipalArn: 'arn:aws:iam::1:role/A',
    AccessPolicies: [{ PolicyArn: 'AmazonEKSClusterAdminPolicy' }],
  };
  expect(rows(between({}, resource('AWS::EKS::AccessEntry', entry)), WAYS)).toEqual([
    '| `+` | `Thing` | `the Kubernetes API` | `PrincipalArn` | `arn:aws:iam::1:role/A` |',
    '| `+` | `Thing` | `the Kubernetes API` | `AccessPolicies` | `[{"PolicyArn":"AmazonEKSClusterAdminPolicy"}]` |',
  ]);
});

const entry = (policy: string) => resource('AWS::EKS::AccessEntry', { PrincipalArn: 'arn', AccessPolicies: [policy] });

test('so is one that gets another policy, or goes', () => {
  const [gone, come] = rows(between(entry('View'), entry('Admin')), WAYS);
  expect(gone).toContain('| `-` | `Thing` | `the Kubernetes API` | `AccessPolicies` | `["View"]` |');
  expect(come).toContain('`["Admin"]`');
  expect(rows(between(entry('View'), {}), WAYS)).toHaveLength(2);
});

test.each([
  ['AWS::EKS::PodIdentityAssociation', { ServiceAccount: 'a', RoleArn: 'r' }],
  ['AWS::EKS::Cluster', { ResourcesVpcConfig: { EndpointPublicAccess: true } }],
  ['AWS::S3::Bucket', { PublicAccessBlockConfiguration: { BlockPublicAcls: false } }],
  ['AWS::ElasticLoadBalancingV2::Listener', { Port: 80, Protocol: 'HTTP' }],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internet-facing' }],
  ['AWS::Route53::RecordSet', { Name: 'a.example.com', Type: 'A' }],
  ['AWS::RDS::DBInstance', { PubliclyAccessible: true }],
  ['AWS::ElastiCache::User', { AccessString: 'on ~* +@all' }],
  ['AWS::EC2::VPCPeeringConnection', { VpcId: 'a' }],
  ['AWS::Lambda::Url', {}],
])('%s is a way in', (type, properties) => {
  expect(rows(between({}, resource(type, properties)), WAYS)).not.toEqual([]);
});

const database = (size: string) =>
  resource('AWS::RDS::DBInstance', { AllocatedStorage: size, PubliclyAccessible: false });

test('what is no way in of a type that has some is not told', () => {
  expect(between(database('20'), database('30'))).not.toMatch(WAYS);
});

const trust = (service: string) => ({
  AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: service } }] },
});

test('who may take a role is told by the CDK', () => {
  const text = between(resource('AWS::IAM::Role', trust('one')), resource('AWS::IAM::Role', trust('two')));
  expect(text).toMatch(/Security of platform-prod-a: 2 permissions/);
});

const applied = (...objects: Json[]) =>
  resource('Custom::AWSCDK-EKS-KubernetesResource', { Manifest: JSON.stringify(objects), ClusterName: 'c' });
const object = (kind: string, more: Json = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'one', namespace: 'n' },
  ...more,
});
const told = (before: Json[], after: Json[]) =>
  rows(
    between(applied(object('ConfigMap'), ...before), applied(object('ConfigMap'), ...after)),
    /Security of the cluster: .*/,
  );

const role = (...verbs: string[]) =>
  object('ClusterRole', {
    rules: [
      { verbs, resources: ['pods'], apiGroups: [''] },
      { verbs: ['get'], nonResourceURLs: ['/metrics'] },
    ],
  });

describe('in the cluster', () => {
  test('a binding says who may what', () => {
    const binding = object('RoleBinding', {
      roleRef: { kind: 'ClusterRole', name: 'admin' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'x', name: 'y' }],
    });
    expect(told([], [binding])).toEqual([
      '| `+` | `n/RoleBinding-one.yaml` | `ServiceAccount x/y has the rights of the ClusterRole admin` |',
    ]);
  });

  test('a role that changes says what it lets, line by line', () => {
    expect(told([role('get')], [role('get', 'delete')])).toEqual([
      '| `-` | `n/ClusterRole-one.yaml` | `get: pods` |',
      '| `+` | `n/ClusterRole-one.yaml` | `get, delete: pods` |',
    ]);
  });

  test.each([
    ['Role', { rules: [{ verbs: ['get'], resources: ['secrets'], resourceNames: ['key'] }] }, 'get: secrets named key'],
    [
      'ClusterRole',
      { aggregationRule: { clusterRoleSelectors: [] } },
      'all rights of roles with {"clusterRoleSelectors":[]}',
    ],
    [
      'ClusterRoleBinding',
      { roleRef: { kind: 'ClusterRole', name: 'admin' }, subjects: [{ kind: 'Group', name: 'all' }] },
      'Group all has the rights of the ClusterRole admin',
    ],
    ['ServiceAccount', {}, 'is there'],
    [
      'ServiceAccount',
      { metadata: { name: 'one', namespace: 'n', annotations: { 'eks.amazonaws.com/role-arn': 'arn' } } },
      'eks.amazonaws.com/role-arn: arn',
    ],
    [
      'Namespace',
      { metadata: { name: 'one', labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } },
      'enforce: privileged',
    ],
    ['NetworkPolicy', { spec: { podSelector: {}, ingress: [{}] } }, 'lets in {}'],
    ['NetworkPolicy', { spec: { podSelector: {}, egress: [{}] } }, 'lets out {}'],
    ['Service', { spec: { type: 'LoadBalancer' } }, 'opens {"type":"LoadBalancer"}'],
    ['Service', { spec: { type: 'NodePort' } }, 'opens {"type":"NodePort"}'],
    ['Service', { spec: { externalIPs: ['192.0.2.1'] } }, 'opens {"externalIPs":["192.0.2.1"]}'],
    ['Ingress', { spec: { rules: [] } }, 'opens {"rules":[]}'],
    ['TargetGroupBinding', { spec: { serviceRef: { name: 's' }, targetGroupARN: 'arn' } }, 'opens {"name":"s"} to arn'],
    ['SecretProviderClass', { spec: { parameters: { objects: 'key' } } }, 'reads {"objects":"key"}'],
    ['MutatingWebhookConfiguration', { webhooks: [] }, '{"webhooks":[]}'],
    ['ValidatingAdmissionPolicy', { spec: { validations: [] } }, '{"spec":{"validations":[]}}'],
    [
      'Deployment',
      { spec: { template: { spec: { serviceAccountName: 'root', hostNetwork: true } } } },
      'run as the ServiceAccount root',
    ],
    ['DaemonSet', { spec: { template: { spec: { volumes: [{ hostPath: { path: '/' } }] } } } }, 'mount / of the node'],
    ['CronJob', { spec: { jobTemplate: { spec: { template: { spec: { hostPID: true } } } } } }, 'have hostPID'],
    ['Pod', { spec: { hostIPC: true } }, 'have hostIPC'],
    ...[{ privileged: true }, { allowPrivilegeEscalation: true }, { capabilities: { add: ['SYS_ADMIN'] } }].map(
      (securityContext): [string, object, string] => [
        'Job',
        { spec: { template: { spec: { initContainers: [{ name: 'c', securityContext }] } } } },
        `the container c has ${JSON.stringify(securityContext)}`,
      ],
    ),
  ])('%s %j', (kind, more, right) => {
    expect(told([], [object(kind, more)]).join('\n')).toContain(right);
  });

  test('what gives nothing to anybody is not told', () => {
    expect(told([], [object('Service', { spec: { type: 'ClusterIP' } })])).toEqual([]);
  });
});

const warned = (before: Record<string, Json>, after: Record<string, Json>) =>
  between(before, after)
    .split('\n')
    .filter((line) => line.includes('**removes**'));

const listener = (Protocol: string) => resource('AWS::ElasticLoadBalancingV2::Listener', { Protocol, Port: 443 });

describe('warned of', () => {
  test.each([
    ['AWS::CertificateManager::Certificate', { DomainName: 'a.example.com' }, 'the certificate of a.example.com'],
    ['AWS::Route53::RecordSet', { Name: 'a.example.com.', Type: 'A' }, 'the record A of a.example.com.'],
    [
      'AWS::Route53::RecordSetGroup',
      { RecordSets: [{ Name: 'a.example.com.', Type: 'AAAA' }] },
      'the record AAAA of a.example.com.',
    ],
    ['AWS::WAFv2::WebACLAssociation', { WebACLArn: 'arn' }, 'the firewall of a load balancer'],
    ['AWS::ElasticLoadBalancingV2::Listener', { Protocol: 'HTTPS', Port: 443 }, 'the listener of HTTPS at port 443'],
    ['AWS::CloudFront::Distribution', { DistributionConfig: { Aliases: ['a.example.com'] } }, 'the name a.example.com'],
  ])('%s that goes', (type, properties, lost) => {
    expect(warned(resource(type, properties), {})).toEqual([expect.stringContaining(lost)]);
    expect(warned(resource(type, properties), resource(type, properties))).toEqual([]);
  });

  test('a listener that no longer encrypts', () => {
    expect(warned(listener('HTTPS'), listener('HTTP'))).toHaveLength(1);
    expect(warned(listener('HTTP'), {})).toEqual([]);
  });
});
