import { ALERTS } from '../../../lib/kubernetes/prometheus/rules';
import { knownSeries, labelsOf } from '../../promql';

const SERIES = new Map([
  ['requests', new Set(['app', 'code', 'le'])],
  ['pods', new Set(['pod'])],
]);

const labels = (expr: string) => [...labelsOf(expr, SERIES)];

test('labels are followed through an expression', () => {
  expect(labels('requests')).toEqual(['app', 'code', 'le']);
  expect(labels('topk(3, sum by (app) (rate(requests{code=~"5.."}[5m])) > 1) or vector(0)')).toEqual(['app']);
  expect(labels('histogram_quantile(0.9, sum by (app, le) (rate(requests[5m])))')).toEqual(['app']);
  expect(labels('1 - scalar(sum(pods))')).toEqual([]);
});

test.each([
  ['a label to choose by that is not there', 'pods{app="a"}', 'no label "app"'],
  ['a label to group by that is not there', 'sum by (app) (pods)', 'no label "app"'],
  ['one that an inner sum has taken away', 'sum by (code) (sum by (app) (requests))', 'no label "code"'],
  ['a quantile without bounds', 'histogram_quantile(0.9, sum by (app) (requests))', 'no label "le"'],
  ['sides that never meet', 'sum by (app) (requests) / sum by (code) (requests)', 'one side has app'],
  ['a label to join by that a side lacks', 'requests * on (app) pods', 'no label "app"'],
  ['a series that nobody exports', 'sum(nothing)', 'nothing exports nothing'],
  [
    'a label that is made of itself',
    'sum(label_replace(pods, "pod", "$1", "pod", "(.+)-blue"))',
    'label_replace changes "pod" itself',
  ],
  ['what is no PromQL', 'sum(pods', 'no PromQL'],
])('refuses %s', (_, expr, message) => {
  expect(() => labelsOf(expr, SERIES)).toThrow(message);
});

test('rules choose, group and join by labels that their series have, and tell of those that are left', () => {
  const known = knownSeries();
  for (const { alert, expr, service, summary, description } of Object.values(ALERTS).flat()) {
    const left = labelsOf(expr, known);
    for (const [, label] of [service, summary, description].join(' ').matchAll(/\$labels\.(\w+)/g))
      expect([alert, label, left.has(label!)]).toEqual([alert, label, true]);
  }
});
