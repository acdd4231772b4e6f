import { UPSTREAM_IMAGES } from '../../lib/config/images';
import { MYSQL_RELEASES } from '../../lib/config/versions';

const patch = (version: string) => Number(version.split('.')[2]);

test('the client that sets databases up is no newer than any server that a configuration may name', () => {
  for (const version of Object.keys(MYSQL_RELEASES)) {
    expect(version).toMatch(/^8\.4\.\d+$/);
    expect(patch(UPSTREAM_IMAGES.mysql.tag)).toBeLessThanOrEqual(patch(version));
  }
});
