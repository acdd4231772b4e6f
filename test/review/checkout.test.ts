import { join } from 'node:path';
import { synthesized } from '../../review/checkout';

test('a pipeline comes with the environment that it delivers, each for itself', async () => {
  const found = await synthesized(join(__dirname, '..', '..'), 'prod-pipeline', new AbortController().signal);
  const names = (name: string) => found[name]?.map((stack) => stack.name) ?? [];
  expect(Object.keys(found).toSorted()).toEqual(['prod', 'prod-pipeline']);
  expect(names('prod-pipeline')).toContain('platform-prod-pipeline');
  expect(names('prod-pipeline')).not.toContain('platform-prod-network');
  expect(names('prod')).toContain('platform-prod-network');
  expect(names('prod')).not.toContain('platform-prod-pipeline');
});
