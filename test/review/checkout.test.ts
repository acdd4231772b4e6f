import { join } from 'node:path';
import { PIPELINE, synthesized } from '../../review/checkout';

test('the pipeline comes with the environments that it promotes, each for itself', async () => {
  const found = await synthesized(join(__dirname, '..', '..'), PIPELINE, new AbortController().signal);
  const names = (name: string) => found[name]?.map((stack) => stack.name) ?? [];
  expect(Object.keys(found)).toEqual(expect.arrayContaining([PIPELINE, 'staging', 'prod']));
  expect(names(PIPELINE)).toContain('platform-pipeline');
  expect(names(PIPELINE).filter((name) => /^platform-(dev|staging|prod)-/.test(name))).toEqual([]);
  for (const name of ['staging', 'prod']) {
    expect(names(name)).toContain(`platform-${name}-network`);
    expect(names(name).filter((stack) => !stack.startsWith(`platform-${name}-`))).toEqual([]);
  }
});
