import type { RequestPath } from '../request-path';

interface Box {
  /** Brackets of Mermaid, which give it its shape. */
  readonly shape: '[]' | '([])' | '[()]';
  readonly lines: readonly string[];
  /** What is written on the arrow that leads to it. */
  readonly way: string;
  readonly inVpc?: boolean;
}

/** What of a path is drawn, one after the other. */
const drawn = (path: RequestPath): readonly Box[] => {
  const { host, distribution, firewall, behaviour, cache, bucket, listener, rule, service, pods, probe } = path;
  const asked = `${behaviour === '*' ? 'default' : behaviour}${cache === 'all' ? ', cached' : ''}`;
  return [
    { shape: '([])', lines: [host!], way: '' },
    { shape: '[]', lines: [`CloudFront: ${distribution}`, `firewall ${firewall}`], way: 'HTTPS' },
    ...(bucket !== undefined
      ? [{ shape: '[()]', lines: [`bucket ${bucket}`], way: asked } as const]
      : ([
          { shape: '[]', lines: ['load balancer', `internal, ${listener}`], way: asked, inVpc: true },
          {
            shape: '[]',
            lines: [`pods of ${service!.split('/')[1]}`, `target group, ${pods}`, `ready: ${probe}`],
            way: rule!.replaceAll(', ', '<br>'),
            inVpc: true,
          },
        ] as const)),
  ];
};

/** Requests as a flowchart of Mermaid: what several have in common is drawn once. */
export const picture = (paths: readonly RequestPath[]): string => {
  const rows = paths.map(drawn);
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
