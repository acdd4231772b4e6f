import '../../test/fixtures/specified-model'; // the pages show the specification's services
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildRoles, roles } from './pages/delivery';
import { checks, policy } from './pages/doctor';
import * as drift from './pages/drift';
import * as drills from './pages/drills';
import { requestPaths } from './pages/edge';
import { dashboards } from './pages/grafana';
import { metrics } from './pages/metrics';
import { network } from './pages/network';
import * as recovery from './pages/recovery';
import { specification } from './pages/specification';
import * as verify from './pages/verify';
import type { Synthesize } from './synthesize';

/** Text in docs that is made of data: a whole page, or a part of one. */
export interface Generated {
  /** Name of the page: `docs/NAME.md`. */
  readonly page: string;
  /**
   * The part between the comments `<!-- PART -->` and `<!-- end of PART -->`.
   * @default - the whole page
   */
  readonly part?: string;
  readonly content: (synthesize: Synthesize) => string;
}

export const GENERATED: readonly Generated[] = [
  { page: 'delivery', part: 'roles', content: roles },
  { page: 'delivery', part: 'build roles', content: buildRoles },
  { page: 'doctor', part: 'checks', content: checks },
  { page: 'doctor', part: 'policy', content: policy },
  { page: 'drift', part: 'checks', content: drift.checks },
  { page: 'drift', part: 'owned', content: drift.owned },
  { page: 'drift', part: 'policy', content: drift.policy },
  { page: 'edge', part: 'request path', content: requestPaths },
  { page: 'grafana', part: 'dashboards', content: dashboards },
  { page: 'metrics', content: metrics },
  { page: 'network', content: network },
  { page: 'recovery', part: 'faults', content: drills.faults },
  { page: 'recovery', part: 'kept', content: drills.kept },
  { page: 'recovery', part: 'copies', content: recovery.copies },
  { page: 'recovery', part: 'not copied', content: recovery.notCopied },
  { page: 'recovery', part: 'objectives', content: recovery.objectives },
  { page: 'specification', content: specification },
  { page: 'verify', part: 'checks', content: verify.checks },
  { page: 'verify', part: 'policy', content: verify.policy },
];

const fileOf = ({ page }: Generated): string => join(__dirname, '..', `${page}.md`);

/** A page with the text that its data give now. Throws an error if the page lacks the comments of the part. */
const renewed = (generated: Generated, there: string, synthesize: Synthesize): string => {
  const { page, part, content } = generated;
  if (part === undefined) return content(synthesize);
  const [start, end] = [`<!-- ${part} -->\n`, `\n<!-- end of ${part} -->`];
  const [from, to] = [there.indexOf(start), there.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/${page}.md lacks "${start.trim()}" or, below it, "${end.trim()}"`);
  return there.slice(0, from + start.length) + content(synthesize) + there.slice(to);
};

/** Name of a generated text: `docs/edge.md, request path`. */
export const nameOf = ({ page, part }: Generated): string => `docs/${page}.md${part === undefined ? '' : `, ${part}`}`;

/** Whether the text in docs is what its data give. */
export const isCurrent = (generated: Generated, synthesize: Synthesize): boolean => {
  const there = readFileSync(fileOf(generated), 'utf8');
  return renewed(generated, there, synthesize) === there;
};

/** Writes the text that its data give. */
export const write = (generated: Generated, synthesize: Synthesize): void => {
  const file = fileOf(generated);
  writeFileSync(file, renewed(generated, readFileSync(file, 'utf8'), synthesize));
};
