import type { EnvironmentConfig } from '../../../lib/config/environment';
import { problems } from '../../../lib/config/validation';
import { KUBERNETES_RELEASES, type KubernetesRelease } from '../../../lib/model/versions';
import { deployedAs } from '../../deployed';
import { SAMPLES } from '../../sample';

const { dev } = SAMPLES;
const rows = KUBERNETES_RELEASES as Record<string, KubernetesRelease>;

const running: EnvironmentConfig = {
  ...dev,
  deployed: deployedAs(dev),
};

const at = (nodeVersion: string, config = running, nodeGroups = dev.cluster.nodeGroups) =>
  problems({ ...config, cluster: { ...dev.cluster, nodeVersion, nodeGroups } });

beforeEach(() => {
  rows['1.35'] = rows['1.36']!;
});
afterEach(() => {
  delete rows['1.35'];
});

test('accepts nodes of the version of the control plane, or of the one before', () => {
  for (const version of ['1.36', '1.35']) expect(at(version)).toEqual([]);
});

test.each(['1.34', '1.37', '1.28', 'constructor'])('refuses nodes of the version %j', (version) => {
  expect(at(version)).toEqual([
    `dev: cluster.nodeVersion is "${version}": leave it out, or write "1.35" if lib/model/versions.ts has a row for it. ` +
      'Nodes may be at most one minor version behind their control plane',
  ]);
});

test('refuses a version that has no row', () => {
  delete rows['1.35'];
  expect(at('1.35')).toEqual([expect.stringMatching(/nodeVersion is "1.35": leave it out, or write "1.35" if lib/)]);
});

test('refuses to make node groups meanwhile', () => {
  const { application } = dev.cluster.nodeGroups;
  expect(at('1.35', dev)).toEqual([
    expect.stringMatching(/nodeVersion is "1.35", but new node groups \(application, database, monitoring\)/),
  ]);
  const others = { ...dev.cluster.nodeGroups, application: { ...application, instanceType: 'm5.xlarge' } };
  expect(at('1.35', running, others)).toEqual([
    expect.stringMatching(/new node groups \(application\) get the version/),
  ]);
});

test('refuses tags of nodes that AWS does not take', () => {
  const tagged = { ...running, deployed: { ...running.deployed!, nodeTags: { owner: '', costCenter: 'a' } } };
  expect(problems(tagged)).toEqual([expect.stringMatching(/deployed.nodeTags.owner is "": write 1 to 256 letters/)]);
});
