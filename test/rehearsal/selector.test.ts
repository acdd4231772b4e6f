import { selects } from '../../rehearsal/src/cluster/selector';

const expression = (operator: string, values: string[] = []) => ({
  matchExpressions: [{ key: 'app', operator, values }],
});

test.each([
  ['labels that are there', { matchLabels: { app: 'web' } }, true],
  ['one label that is not', { matchLabels: { app: 'web', tier: 'front' } }, false],
  ['everything, when it is empty', {}, true],
  ['nothing, when there is none', undefined, false],
  ['a value among others', expression('In', ['api', 'web']), true],
  ['a value that is not among others', expression('In', ['api']), false],
  ['a value outside of others', expression('NotIn', ['api']), true],
  ['a value that is excluded', expression('NotIn', ['web']), false],
  ['a label with any value', expression('Exists'), true],
  ['a label that must not be there', expression('DoesNotExist'), false],
])('selects by %s', (_, selector, expected) => {
  expect(selects(selector, { app: 'web' })).toBe(expected);
});
