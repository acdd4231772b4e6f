import { join } from 'node:path';
import { PIPELINE, synthesized } from '../../review/checkout';

test('the pipeline is reviewed by itself, without the stacks that it deploys', async () => {
  const stacks = await synthesized(join(__dirname, '..', '..'), PIPELINE, new AbortController().signal);
  const names = stacks.map(({ name }) => name);
  expect(names).toContain('platform-pipeline');
  expect(names.filter((name) => /^platform-(dev|staging|prod)-/.test(name))).toEqual([]);
}, 60_000);
