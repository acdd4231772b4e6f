import { namespaces } from '../../lib/kubernetes/namespaces';
import { ssdStorage } from '../../lib/kubernetes/storage-class';

test.each([
  ['production', []],
  ['staging', ['platform-staging']],
  ['development', ['platform-dev']],
] as const)('%s has the three namespaces of every environment, and its own (S16)', (environment, own) => {
  const made = namespaces(environment);
  expect(made.map(({ metadata }) => metadata.name)).toEqual([
    'platform-core',
    'platform-apps',
    'platform-monitoring',
    ...own,
  ]);
  for (const { metadata } of made) expect(metadata.labels).toMatchObject({ environment });
});

test('namespaces say who owns them, how sensitive they are, and admit restricted pods only (S16)', () => {
  expect(namespaces('production')[0]?.metadata.labels).toEqual({
    environment: 'production',
    team: 'platform',
    'security-level': 'high',
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/audit': 'restricted',
    'pod-security.kubernetes.io/warn': 'restricted',
  });
});

test('ssd-storage is encrypted gp3, made where its pod runs (S27)', () => {
  expect(ssdStorage()).toMatchObject({
    metadata: { name: 'ssd-storage' },
    provisioner: 'ebs.csi.aws.com',
    parameters: { type: 'gp3', encrypted: 'true' },
    volumeBindingMode: 'WaitForFirstConsumer',
  });
});
