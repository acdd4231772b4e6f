import {
  allUpstreamImages,
  imageNames,
  imageReference,
  LOAD_BALANCER_CHART,
  upstreamImages,
} from '../../lib/model/images';
import digests from '../../lib/model/upstream-digests.json';
import { KUBERNETES_RELEASES, MYSQL_RELEASES } from '../../lib/model/versions';

const patch = (version: string) => Number(version.split('.')[2]);

describe.each(Object.keys(KUBERNETES_RELEASES))('with Kubernetes %s', (version) => {
  const images = upstreamImages(version);

  test('the client that sets databases up is no newer than any server that a configuration may name', () => {
    for (const server of Object.keys(MYSQL_RELEASES)) {
      expect(server).toMatch(/^8\.4\.\d+$/);
      expect(patch(images.mysql.tag)).toBeLessThanOrEqual(patch(server));
    }
  });

  test('Cluster Autoscaler, which foretells its scheduler, and kubectl are of its minor version', () => {
    for (const { tag } of [images['cluster-autoscaler'], images.kubectl])
      expect(tag).toMatch(new RegExp(`^v${version.replace('.', '\\.')}\\.\\d+$`));
  });

  test('there is a repository for each service and each image of others', () => {
    expect(imageNames(version)).toEqual(expect.arrayContaining(['api-gateway', 'frontend', ...Object.keys(images)]));
  });
});

const registry = { account: '111111111111', region: 'eu-north-1' };

test('an image is named with its registry, its repository, its tag and its digest', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  expect(imageReference(registry, 'mysql', { tag: '8.4.8', digest })).toBe(
    `111111111111.dkr.ecr.eu-north-1.amazonaws.com/platform/mysql:8.4.8@${digest}`,
  );
});

test('an image without a recorded digest is named by its tag', () => {
  expect(imageReference(registry, 'mysql', { tag: '8.4.8' })).toBe(
    '111111111111.dkr.ecr.eu-north-1.amazonaws.com/platform/mysql:8.4.8',
  );
});

test('each recorded digest is one of an image or a chart in use, in the order of their names', () => {
  const { repository, archive } = LOAD_BALANCER_CHART;
  const images = allUpstreamImages().map(({ source, tag }) => `${source}:${tag}`);
  const names = new Set([...images, `${repository}/${archive}`]);
  expect(Object.keys(digests).filter((name) => !names.has(name))).toEqual([]);
  expect(Object.keys(digests)).toEqual(Object.keys(digests).toSorted());
  for (const digest of Object.values(digests)) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
});
