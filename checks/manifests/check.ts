import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { command } from '../../rehearsal/src/command-line';
import { environment, environmentNames } from '../../lib/config';
import { cached, digest } from '../../rehearsal/src/cache';
import { run } from '../../rehearsal/src/process';
import { write } from '../../review/folder';
import { objectsOf } from '../../review/objects';
import { synthesize } from '../../review/synthesize';
import { dashboardCheck, type DashboardCheck } from './dashboards';
import { WAIVERS, type Waiver } from './waivers';

/** Tests that kube-score runs only when asked. */
const OPTIONAL = ['container-seccomp-profile', 'container-ports-check'];

interface Finding {
  readonly test: string;
  /** `prod Deployment platform-core/api-gateway` */
  readonly object: string;
  readonly text: string;
}

/** The checker that go.mod pins, built once. */
const kubeScore = async (): Promise<string> => {
  const [mod, sum] = ['go.mod', 'go.sum'].map((file) => readFileSync(join(__dirname, file), 'utf8'));
  const folder = await cached(`kube-score-${digest(mod!, sum!, platform(), arch())}`, async (target) => {
    console.log('building kube-score into the cache, once');
    await run('go', ['build', '-trimpath', '-buildvcs=false', '-o', `${target}/`, 'tool'], { cwd: __dirname }).catch(
      (error) => {
        throw error.code === 'ENOENT' ? new Error('kube-score is built with Go: install Go 1.26 or newer') : error;
      },
    );
  });
  return join(folder, 'kube-score');
};

type Objects = ReturnType<typeof objectsOf>;

/** Findings of kube-score about an environment, in all its objects together. */
const findings = (checker: string, name: string, objects: Objects, folder: string): readonly Finding[] => {
  write(join(folder, 'objects'), objects);
  const version = `v${environment(name).cluster.kubernetesVersion}`;
  const optional = OPTIONAL.flatMap((test) => ['--enable-optional-test', test]);
  const files = objects.map(({ file }) => file);
  const args = ['score', '--output-format', 'json', '--kubernetes-version', version, ...optional, ...files];
  const { stdout, stderr } = spawnSync(checker, args, { cwd: join(folder, 'objects'), encoding: 'utf8' });
  if (!stdout.startsWith('[')) throw new Error(`kube-score does not work: ${stderr}`);
  return (JSON.parse(stdout) as readonly Scored[]).flatMap(({ type_meta, object_meta, checks }) =>
    checks
      .filter(({ skipped, grade }) => !skipped && grade < GOOD)
      .map(({ check, comments }) => ({
        test: check.id,
        object: `${name} ${type_meta.kind} ${object_meta.namespace ?? 'cluster'}/${object_meta.name}`,
        text: (comments ?? []).map(({ path, summary }) => [path, summary].filter(Boolean).join(': ')).join('; '),
      })),
  );
};

const GOOD = 10;

/** An object, as kube-score writes it. */
interface Scored {
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly namespace?: string; readonly name: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly path: string; readonly summary: string }[] | null;
  }[];
}

/** Fields that Grafana does not know in an environment's dashboards. Throws if one that is broken on purpose has no finding. */
const dashboardFindings = (check: DashboardCheck, name: string, objects: Objects): readonly Finding[] => {
  const maps = objects.flatMap(({ object }) =>
    object.kind === 'ConfigMap' && object.metadata.name.startsWith('grafana-platform-') ? [object as ConfigMap] : [],
  );
  const boards = maps.flatMap(({ data }) => Object.values(data!).map((text) => JSON.parse(text)));
  if (boards.length === 0) throw new Error(`${name} has no dashboard`);
  for (const broken of [
    { ...boards[0], panel: [] },
    { ...boards[0], panels: [{ type: 'stat', options: { colour: 'red' } }] },
  ])
    if (check(broken).length === 0) throw new Error('the schema of dashboards accepts any field');
  return boards.flatMap((board) =>
    check(board).map((text) => ({ test: 'dashboard-schema', object: `${name} dashboard ${board.uid}`, text })),
  );
};

/**
 * Has kube-score read every Kubernetes object of every environment, and Grafana's own types every dashboard: each finding is waived
 * with a reason, or fixed.
 */
const check = async () => {
  const checker = await kubeScore();
  const folder = mkdtempSync(join(tmpdir(), 'platform-manifests-'));
  try {
    const checkDashboard = dashboardCheck();
    const found = environmentNames.flatMap((name) => {
      const objects = objectsOf(synthesize(name, join(folder, name, 'assembly')));
      return [
        ...findings(checker, name, objects, join(folder, name)),
        ...dashboardFindings(checkDashboard, name, objects),
      ];
    });
    const waives = ({ test, objects }: Waiver, finding: Finding) =>
      test === finding.test && objects.test(finding.object);
    const open = found.filter((finding) => !WAIVERS.some((waiver) => waives(waiver, finding)));
    const unused = WAIVERS.filter((waiver) => !found.some((finding) => waives(waiver, finding)));
    const lines = open.map(({ test, object, text }) => `✖ ${test}: ${object}: ${text}`).toSorted();
    for (const line of lines) console.error(line);
    for (const { test, objects } of unused)
      console.error(`✖ the waiver of ${test} for ${objects} is not needed: remove it`);
    if (open.length + unused.length > 0) process.exitCode = 1;
    else console.log(`✔ ${environmentNames.join(', ')}: ${found.length} findings, all of them waived`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const USAGE = `usage: npm run check:manifests

Checks the Kubernetes objects of every environment with kube-score, and its dashboards with Grafana's own types.`;

void command({ usage: USAGE }, check);
