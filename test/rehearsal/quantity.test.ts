import { quantity } from '../../rehearsal/src/cluster/quantity';

test.each([
  ['2', 2],
  ['250m', 0.25],
  ['0.5', 0.5],
  ['1Ki', 1024],
  ['1.5Gi', 1.5 * 1024 ** 3],
  ['1k', 1000],
  ['3M', 3_000_000],
  ['1e3', 1000],
  ['5u', 0.000005],
])('%s is %d', (text, number) => {
  expect(quantity(text)).toBeCloseTo(number, 9);
});

test.each(['', 'much', '1Xi', 'm'])('"%s" is refused', (text) => {
  expect(() => quantity(text)).toThrow(`"${text}" is not a quantity of Kubernetes`);
});
