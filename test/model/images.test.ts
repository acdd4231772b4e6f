import { imageNames, imageReference, upstreamImages } from '../../lib/model/images';
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

test('an image is named with its registry, its repository and its tag', () => {
  expect(imageReference({ account: '111111111111', region: 'eu-north-1' }, 'mysql', '8.4.8')).toBe(
    '111111111111.dkr.ecr.eu-north-1.amazonaws.com/platform/mysql:8.4.8',
  );
});
