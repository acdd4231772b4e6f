import { environment } from '../../lib/config';
import { namespaces } from '../../lib/kubernetes/namespaces';
import { ssdStorage } from '../../lib/kubernetes/storage-class';

test.each([
  ['prod', 'production', []],
  ['staging', 'staging', [['platform-staging', 'qa', 'medium']]],
  ['dev', 'development', [['platform-dev', 'development', 'low']]],
])('%s has the three namespaces of every environment, and its own, with their labels (S16)', (name, long, own) => {
  const made = namespaces(environment(name));
  expect(made.map(({ metadata }) => metadata)).toEqual(
    [
      ['platform-core', 'platform', 'high'],
      ['platform-apps', 'application', 'medium'],
      ['platform-monitoring', 'devops', 'medium'],
      ...own,
    ].map(([namespace, team, level]) => ({
      name: namespace,
      labels: {
        environment: long,
        team,
        'security-level': level,
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      },
    })),
  );
});

test('ssd-storage is encrypted gp3, made where its pod runs (S27)', () => {
  expect(ssdStorage()).toMatchObject({
    metadata: { name: 'ssd-storage' },
    provisioner: 'ebs.csi.aws.com',
    parameters: { type: 'gp3', encrypted: 'true' },
    volumeBindingMode: 'WaitForFirstConsumer',
  });
});
