import { sample } from '../../synth';

const count = (text: string, word: string) => text.split(word).length - 1;

test('whatever is spread evenly is so after a rollout too: it counts its own pods, not those that it replaces', () => {
  const counts = sample('prod').stacks.map(({ stackName, template }) => {
    const text = JSON.stringify(template);
    return [stackName, count(text, 'maxSkew'), count(text, 'pod-template-hash')] as const;
  });
  expect(counts.filter(([, spread, own]) => spread !== own)).toEqual([]);
  expect(counts.reduce((sum, [, spread]) => sum + spread, 0)).toBeGreaterThan(8);
});
