import type { AssembledStack } from '../app/cdk';

import type { Resource } from '../emulator/emulator';
import type { Placement } from '../cluster/placements';
import type { StepSpan } from './timeline';
import type { DrillResult } from '../drills/drills';

export interface Findings {
  readonly target: string;
  readonly seed: number;
  readonly stacks: readonly AssembledStack[];
  /** Everything that CloudFormation held after the deployment. */
  readonly resources: readonly Resource[];
  /** Resources that an update replaced. @default - nothing was updated */
  readonly replaced?: readonly Resource[] | undefined;
  /** Number of Kubernetes objects of each kind that workloads and add-ons brought. */
  readonly objects: Readonly<Record<string, number>>;
  readonly placements: readonly Placement[];
  /** Results of the drills on the running cluster. */
  readonly tried: readonly DrillResult[];
  /** Resources that the rehearsal made in place of an operator. */
  readonly provided: readonly string[];
  /** Differences from AWS that this run had. */
  readonly notes: readonly string[];
  /** Resources that the configuration keeps after the stacks are gone. Undefined: nothing was destroyed. */
  readonly retained: readonly Resource[] | undefined;
  readonly seconds: readonly Pick<StepSpan, 'title' | 'seconds' | 'beside'>[];
}

/** The end of a rehearsal: the things that were there, and those that only a real AWS or kubelet would still check. */
export const summary = (findings: Findings): string => {
  const { target, seed, stacks, resources, replaced, objects, placements, tried } = findings;
  const { provided, notes, retained, seconds } = findings;
  const heldBy = (held: Resource['held']) => resources.filter((resource) => resource.held === held);
  const recorded = [...new Set(heldBy('recorded').map(({ type }) => type))].toSorted();
  const total = seconds.reduce((sum, step) => sum + (step.beside ? 0 : step.seconds), 0);

  const rows: readonly (readonly [string, string])[] = [
    ['stacks', stacks.map(({ name }) => name).join(', ')],
    [
      'resources',
      `${resources.length}: ${heldBy('service').length} held by the emulated AWS, ${heldBy('kubernetes').length} by ` +
        `Kubernetes, ${heldBy('recorded').length} only recorded`,
    ],
    ...(replaced ? lines(replaced.map(describe)) : []).map((line): readonly [string, string] => ['replaced', line]),
    ['objects', counts(objects)],
    ...placements.map((placement): readonly [string, string] => ['pods', pods(placement, objects)]),
    ...tried,
    ...lines(provided).map((line): readonly [string, string] => ['provided', line]),
    ...(retained === undefined ? ['nothing is destroyed yet'] : lines(retained.map(describe))).map(
      (line): readonly [string, string] => ['retained', line],
    ),
    [
      'not shown',
      `${recorded.map((type) => `${type} (only recorded); `).join('')}images, probes and what runs in containers; ` +
        'permissions beyond those of CloudFormation, quotas, prices',
    ],
    ...notes.map((note): readonly [string, string] => ['different', note]),
    ['seconds', `${total.toFixed(0)}: ${seconds.map((step) => `${step.title} ${step.seconds.toFixed(1)}`).join(', ')}`],
  ];
  const width = Math.max(...rows.map(([title]) => title.length));
  const table = rows.map(([title, text], i) => `  ${(rows[i - 1]?.[0] === title ? '' : title).padEnd(width)}  ${text}`);
  return [`${target} rehearsed with seed ${seed}`, ...table].join('\n');
};

const lines = (items: readonly string[]) => (items.length > 0 ? items : ['nothing']);

const describe = ({ type, physicalId, deletionPolicy }: Resource) =>
  `${deletionPolicy === 'Snapshot' ? 'final snapshot of ' : ''}${type} ${physicalId}`;

const counts = (objects: Findings['objects']) =>
  Object.entries(objects)
    .toSorted()
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ') || 'none';

const pods = ({ workload, pods: count, nodes }: Placement, { Node: all = 0 }: Findings['objects']) =>
  `${count} of ${workload}: ${workload.startsWith('DaemonSet') && count === all ? 'every node' : where(nodes)}`;

const where = (nodes: Placement['nodes']) => {
  const groups = new Map<string, string[]>();
  for (const [place, count] of [...nodes].toSorted()) {
    const [group = '', zone = ''] = place.split(' ');
    groups.set(group, [...(groups.get(group) ?? []), `${zone} ${count}`]);
  }
  return [...groups].map(([group, zones]) => `${group} (${zones.join(', ')})`).join(', ');
};
