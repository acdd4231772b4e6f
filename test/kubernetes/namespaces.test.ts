import { namespaces } from '../../lib/kubernetes/namespaces';
import { ssdStorage } from '../../lib/kubernetes/storage-class';

test('every environment has three namespaces, and its own, with their labels (S16)', () => {
  const made = namespaces({
    tags: { environment: 'development', owner: 'us', costCenter: 'ours' },
    extraNamespaces: [{ name: 'platform-dev', team: 'development', securityLevel: 'low' }],
  });
  expect(made.map(({ metadata }) => metadata)).toEqual(
    [
      ['platform-core', 'platform', 'high'],
      ['platform-apps', 'application', 'medium'],
      ['platform-monitoring', 'devops', 'medium'],
      ['platform-dev', 'development', 'low'],
    ].map(([namespace, team, level]) => ({
      name: namespace,
      labels: {
        environment: 'development',
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
