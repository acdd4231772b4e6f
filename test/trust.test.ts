import { allOf, templatesOf } from './references';
import { WITH_GRAFANA } from './sample';
import { once, sample, type Json } from './synth';
import { trustProblems } from './trust';
import { ENVIRONMENT_NAMES, environment } from './fixtures';

test.each([
  ...ENVIRONMENT_NAMES.map((name) => [name, environment(name)] as const),
  ['prod with Grafana', WITH_GRAFANA],
] as const)('roles of %s are assumed by whom they are for, and by nobody else', (_, config) => {
  const templates = templatesOf(once(config));
  const trusted = allOf(templates, 'AWS::IAM::Role').map(({ Properties }) => JSON.stringify(Properties));
  expect(trusted.filter((role) => role.includes('pods.eks.amazonaws.com')).length).toBeGreaterThan(15);
  expect(trustProblems(templates)).toEqual([]);
});

describe('would be found:', () => {
  const templates = templatesOf(sample('dev'));
  const tags = {
    'aws:RequestTag/eks-cluster-name': 'platform-dev',
    'aws:RequestTag/kubernetes-namespace': 'kube-system',
    'aws:RequestTag/kubernetes-service-account': 'aws-node',
  };
  const pods = { Service: 'pods.eks.amazonaws.com' };
  /** Findings about one more role. */
  const planted = (statement: Json): readonly string[] => {
    const { 'platform-dev-network': network, ...others } = templates;
    const Properties = { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } };
    const Resources = { ...network.Resources, Planted: { Type: 'AWS::IAM::Role', Properties } };
    return trustProblems({ ...others, 'platform-dev-network': { ...network, Resources } });
  };

  test('nothing of a role for the pods of one service account', () => {
    expect(planted({ Principal: pods, Condition: { StringEquals: tags } })).toEqual([]);
  });

  test.each<[string, Json, string]>([
    ['pods of any kind', { Principal: pods }, 'kubernetes-service-account'],
    [
      'pods of a namespace',
      { Principal: pods, Condition: { StringEquals: { ...tags, 'aws:RequestTag/kubernetes-service-account': '*' } } },
      'kubernetes-service-account',
    ],
    [
      'pods of any cluster',
      { Principal: pods, Condition: { StringEqualsIfExists: tags } },
      'without aws:RequestTag/eks-cluster-name',
    ],
    ['everybody', { Principal: '*' }, 'trusts AWS *'],
    ['a service of which nobody knows', { Principal: { Service: 'other.amazonaws.com' } }, 'trusts Service other'],
    ['an identity provider', { Principal: { Federated: 'accounts.example' } }, 'trusts Federated accounts.example'],
  ])('%s', (_, statement, problem) => {
    expect(planted(statement)).toContainEqual(expect.stringContaining(problem));
  });
});
