import type { Answer } from '../request-path';

interface Box {
  /** Brackets of Mermaid, which give it its shape. */
  readonly shape: '[]' | '([])' | '[()]';
  readonly lines: readonly string[];
  /** Text on the arrow that leads to it. */
  readonly way: string;
  readonly inVpc?: boolean;
}

/** The parts of an answer that are drawn, one after the other. */
const drawn = ({ host, site, firewall, behaviour, cache, origin, pods, group }: Answer): readonly Box[] => {
  const asked = `${behaviour.path === '*' ? 'default' : behaviour.path}${cache === 'all' ? ', cached' : ''}`;
  const from: readonly Box[] = [
    { shape: '([])', lines: [host], way: '' },
    { shape: '[]', lines: [`CloudFront: ${site}`, `firewall ${firewall}`], way: 'HTTPS' },
  ];
  if (!pods) return [...from, { shape: '[()]', lines: [`bucket ${origin.bucket}`], way: asked }];
  const { listener, rule, binding } = pods;
  const { Protocol, Port, HealthCheckPath } = group;
  const lines = [`pods of ${binding.service}`, `target group, ${Protocol} ${Port}`, `ready: GET ${HealthCheckPath}`];
  const way = rule.conditions.map(({ header, values }) => `${header || 'host'}: ${values.join('<br>')}`).join(' and ');
  return [
    ...from,
    {
      shape: '[]',
      lines: ['load balancer', `internal, ${listener.protocol} ${listener.port}`],
      way: asked,
      inVpc: true,
    },
    { shape: '[]', lines, way, inVpc: true },
  ];
};

/** Requests as a flowchart of Mermaid: common parts are drawn once. */
export const picture = (answers: readonly Answer[]): string => {
  const rows = answers.map(drawn);
  const boxes = new Map(rows.flat().map((box) => [box.lines.join('<br>'), box]));
  const id = ({ lines }: Box): string => `n${[...boxes.keys()].indexOf(lines.join('<br>')) + 1}`;
  const box = ([label, { shape, ...rest }]: [string, Box]): string =>
    `${id({ shape, ...rest })}${shape.slice(0, shape.length / 2)}"${label}"${shape.slice(shape.length / 2)}`;
  const ways = new Map<string, Set<string>>();
  for (const row of rows)
    row.slice(1).forEach((to, i) => {
      const arrow = `${id(row[i]!)} ${id(to)}`;
      ways.set(arrow, new Set([...(ways.get(arrow) ?? []), to.way]));
    });
  const all = [...boxes];
  return [
    '```mermaid',
    'flowchart LR',
    ...all.filter(([, { inVpc }]) => !inVpc).map((each) => `  ${box(each)}`),
    '  subgraph VPC',
    ...all.filter(([, { inVpc }]) => inVpc).map((each) => `    ${box(each)}`),
    '  end',
    ...[...ways].map(([arrow, labels]) => `  ${arrow.replace(' ', ` -->|"${[...labels].join('<br>')}"| `)}`),
    '```',
  ].join('\n');
};
