import type { Deployment } from 'kubernetes-types/apps/v1';
import { deployment } from '../../../lib/kubernetes/objects/deployment';
import { labelled } from '../../../lib/kubernetes/objects/labels';
import { serviceAccount } from '../../../lib/kubernetes/objects/service-account';
import type { Manifest } from '../../../lib/kubernetes/manifest';
import { oneOffJob } from '../../../lib/kubernetes/one-off-job';

const identity = { name: 'shop', namespace: 'platform-core' };
const workload = { app: 'shop', component: 'service' } as const;
const made = (image: string): Manifest<Deployment> =>
  labelled(workload, deployment({ ...identity, pod: { containers: [{ name: 'shop', image }] } }));
const common = {
  'app.kubernetes.io/name': 'shop',
  'app.kubernetes.io/instance': 'shop',
  'app.kubernetes.io/component': 'service',
  'app.kubernetes.io/part-of': 'service-management-platform',
  'app.kubernetes.io/managed-by': 'aws-cdk',
};

test('an object of a workload has the labels that Kubernetes recommends, and those that do not change with a release', () => {
  expect(labelled(workload, serviceAccount(identity)).metadata.labels).toEqual(common);
});

test('what makes pods says its version, the tag of the image, and so do its pods; nothing selects by it', () => {
  const { metadata, spec } = made('registry.example:5000/shop:1.2.3');
  const labels = { app: 'shop', ...common, 'app.kubernetes.io/version': '1.2.3' };
  expect([metadata.labels, spec!.template.metadata!.labels]).toEqual([labels, labels]);
  expect(spec!.selector).toEqual({ matchLabels: { app: 'shop' } });
});

test('the version is the tag where the image is named by its digest too, which still makes other pods', () => {
  const [one, other] = ['1', '2'].map((digit) => made(`registry.example:5000/shop:1.2.3@sha256:${digit.repeat(64)}`));
  expect(one!.spec!.template.metadata!.labels).toMatchObject({ 'app.kubernetes.io/version': '1.2.3' });
  expect(other!.metadata.labels).toEqual(one!.metadata.labels);
  expect(other!.spec!.template).not.toEqual(one!.spec!.template);
});

test('workloads that are one program have its name, and are instances of it', () => {
  const { labels } = labelled({ ...workload, app: 'shop-migrate', program: 'shop' }, serviceAccount(identity)).metadata;
  expect(labels).toMatchObject({
    'app.kubernetes.io/name': 'shop',
    'app.kubernetes.io/instance': 'shop-migrate',
  });
});

test('the object itself stays as it was, for labels are put on a copy', () => {
  const account = serviceAccount(identity);
  labelled(workload, account);
  expect(account).toEqual(serviceAccount(identity));
});

const job = (component: 'service' | 'database', image = 'registry/shop:1.0.0') =>
  oneOffJob({
    ...identity,
    workload: { ...workload, component },
    also: undefined,
    spec: { template: { metadata: { labels: { app: 'shop' } }, spec: { containers: [{ name: 'shop', image }] } } },
  });

describe('a Job that runs once', () => {
  test('runs again for another image, and not for another label', () => {
    expect(job('database').metadata.name).toBe(job('service').metadata.name);
    expect(job('service', 'registry/shop:1.0.1').metadata.name).not.toBe(job('service').metadata.name);
    const [one, other] = ['1', '2'].map((digit) => job('service', `registry/shop:1.0.0@sha256:${digit.repeat(64)}`));
    expect(one!.metadata.name).not.toBe(other!.metadata.name);
  });

  // Kubernetes refuses another template under the same name. A change of these labels has to change the name of every Job too (its digest
  // then covers them), or the next deployment fails where the Job has run.
  test('has labels that follow from its name and its image, both of which its name covers', () => {
    expect(job('service').spec!.template.metadata!.labels).toEqual({
      app: 'shop',
      ...common,
      'app.kubernetes.io/version': '1.0.0',
    });
  });
});
