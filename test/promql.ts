import { parser } from '@prometheus-io/lezer-promql';
import { SERVICE_METRICS, seriesOf, type ServiceMetric } from '../lib/kubernetes/metrics';
import { EXPORTED, LABELS } from '../lib/kubernetes/prometheus/exported';
import { RECORDS } from '../lib/kubernetes/prometheus/rules';

type Node = ReturnType<typeof parser.parse>['topNode'];

const childrenOf = (node: Node): readonly Node[] => {
  const children: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
};

/** The tree of an expression. Throws on what is no PromQL. */
const treeOf = (expr: string): Node => {
  const tree = parser.parse(expr);
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw new Error(`no PromQL at ${from}: ${expr}`);
    },
  });
  return tree.topNode;
};

/** Names of the series that an expression asks for. Throws on what is no PromQL. */
export const seriesIn = (expr: string): readonly string[] => {
  const found: string[] = [];
  treeOf(expr)
    .cursor()
    .iterate(({ type, node, from, to }) => {
      if (type.name !== 'VectorSelector') return;
      const name = node.getChild('Identifier');
      if (!name) throw new Error(`a selector without a name at ${from} to ${to}: ${expr}`);
      found.push(expr.slice(name.from, name.to));
    });
  return found;
};

/** Labels of series; a number has none, and goes with any. */
type Labels = ReadonlySet<string> | 'number';

const NUMBERS = /^(scalar|vector|time)$/;
/** Parts of an expression that only wrap another one. */
const WRAPPERS = ['PromQL', 'ParenExpr', 'MatrixSelector', 'SubqueryExpr', 'OffsetExpr', 'UnaryExpr'];
const EXPRESSIONS = new Set([
  ...WRAPPERS,
  'VectorSelector',
  'AggregateExpr',
  'BinaryExpr',
  'FunctionCall',
  'NumberDurationLiteral',
  'StringLiteral',
]);

/** The expressions in a part of one. */
const inner = (node: Node) => childrenOf(node).filter(({ type }) => EXPRESSIONS.has(type.name));

/**
 * Labels of the series that an expression gives. Throws where it chooses or groups by a label that its series do not have, and where two
 * sides have different ones and so would never meet.
 */
export const labelsOf = (expr: string, known: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> => {
  const text = ({ from, to }: Node) => expr.slice(from, to);
  const fail = (what: string) => new Error(`${what}: ${expr}`);
  const have = (labels: Labels, wanted: readonly string[]) => {
    for (const label of wanted)
      if (labels !== 'number' && !labels.has(label)) throw fail(`there is no label "${label}"`);
  };
  const grouping = (node: Node | null | undefined) =>
    (node?.getChild('GroupingLabels')?.getChildren('LabelName') ?? []).map(text);

  const selector = (node: Node): Labels => {
    const name = text(node.getChild('Identifier')!);
    const labels = known.get(name);
    if (!labels)
      throw fail(`nothing exports ${name}: is it misspelt, or missing in lib/kubernetes/prometheus/exported.ts?`);
    const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
    have(
      labels,
      matchers.map((matcher) => text(matcher.getChild('LabelName')!)),
    );
    return labels;
  };
  const aggregate = (node: Node): Labels => {
    const labels = of(inner(node.getChild('FunctionCallBody')!).at(-1)!);
    const modifier = node.getChild('AggregateModifier');
    if (!modifier && /^(topk|bottomk)$/.test(text(node.getChild('AggregateOp')!))) return labels;
    have(labels, grouping(modifier));
    return new Set(grouping(modifier));
  };
  const binary = (node: Node): Labels => {
    const [left, right] = inner(node).map(of) as [Labels, Labels];
    if (left === 'number' || right === 'number') return left === 'number' ? right : left;
    const on = grouping(node.getChild('MatchingModifierClause'));
    for (const side of [left, right]) have(side, on);
    const names = ([left, right] as const).map((side) => [...side].toSorted().join(', '));
    if (on.length === 0 && names[0] !== names[1]) throw fail(`one side has ${names[0]}, the other ${names[1]}`);
    return left;
  };
  const call = (node: Node): Labels => {
    const name = text(node.getChild('FunctionIdentifier')!);
    const args = inner(node.getChild('FunctionCallBody')!).map(of);
    if (NUMBERS.test(name)) return 'number';
    const labels = args.find((each) => each !== 'number') ?? 'number';
    if (name === 'label_replace' && labels !== 'number') {
      const strings = node.getChild('FunctionCallBody')!.getChildren('StringLiteral');
      const [target, , source] = strings.map((literal) => text(literal).slice(1, -1)) as [string, string, string];
      have(labels, [source]);
      if (target === source) throw fail(`label_replace changes "${target}" itself, so two series may become one`);
      return new Set([...labels, target]);
    }
    if (name !== 'histogram_quantile' || labels === 'number') return labels;
    have(labels, ['le']);
    return new Set([...labels].filter((label) => label !== 'le'));
  };
  const of = (node: Node): Labels => {
    const { name } = node.type;
    if (WRAPPERS.includes(name)) return of(inner(node)[0]!);
    if (name === 'VectorSelector') return selector(node);
    if (name === 'AggregateExpr') return aggregate(node);
    if (name === 'BinaryExpr') return binary(node);
    if (name === 'FunctionCall') return call(node);
    return 'number';
  };
  const labels = of(treeOf(expr));
  return labels === 'number' ? new Set() : labels;
};

const TARGET = ['job', 'instance'];

/** The series that there are, those that rules record among them, with their labels. */
export const knownSeries = (): ReadonlyMap<string, ReadonlySet<string>> => {
  const known = new Map<string, ReadonlySet<string>>();
  for (const [by, series] of Object.entries(EXPORTED))
    for (const one of series) known.set(one, new Set([...TARGET, ...LABELS[by as keyof typeof LABELS]]));
  for (const [name, metric] of Object.entries<ServiceMetric>(SERVICE_METRICS))
    for (const one of seriesOf(name, metric)) {
      const own = [...Object.keys(metric.labels), ...(one.endsWith('_bucket') ? ['le'] : [])];
      known.set(one, new Set([...TARGET, ...LABELS.services, ...own]));
    }
  for (const { record, expr } of Object.values(RECORDS).flat()) known.set(record, labelsOf(expr, known));
  return known;
};
