import * as fc from 'fast-check';
import { environmentProperty, pipelineProperty, unreadableAtLimits } from '../../checks/configuration/properties';

const SEED = 20; // `npm run check:configuration` takes others, and many more inputs

test('whatever an environment is, each problem is one that people can read', () => {
  fc.assert(environmentProperty(), { numRuns: 200, seed: SEED });
});

test('whatever the pipeline is, each problem is one that people can read', () => {
  fc.assert(pipelineProperty(), { numRuns: 100, seed: SEED });
});

test('at the ends of every range, too: no other field is told to be in a range without numbers', () => {
  expect(unreadableAtLimits()).toEqual([]);
});
