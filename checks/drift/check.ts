import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from '../../doctor/aws';
import { credentials, synthesize } from '../../rehearsal/src/app/cdk';
import { awaitWorkloads } from '../../rehearsal/src/cluster/workloads';
import { command } from '../../rehearsal/src/command-line';
import type { Place } from '../../rehearsal/src/drills/drills';
import type { Outcome } from '../../rehearsal/src/outcome';
import { rehearse } from '../../rehearsal/src/rehearsal';
import type { Report } from '../../rehearsal/src/report/progress';
import { environment } from '../../test/fixtures';
import { inCopy, replaceIn } from '../rehearsed-copy';
import { useKubectl } from '../verify/cluster';
import { BROKEN } from './broken';
import { PLANTED } from './planted';

const { account, region } = environment('dev');

/** Development has no autoscaler of pods, which owns the number of replicas, and no daily check: it gets both. */
const withBoth = (folder: string): void => {
  const file = join(folder, 'test', 'fixtures', 'dev.ts');
  const autoscaling = 'minReplicas: 1, maxReplicas: 2, targetCpuPercent: 70, targetMemoryPercent: 80';
  replaceIn(file, '\n  releases: RELEASES,', `\n  autoscaling: { ${autoscaling} },\n  releases: RELEASES,`);
  replaceIn(file, 'driftCheck: false', 'driftCheck: true');
};

/** Runs the function of the daily check. Its error, if it finds something. */
const daily = async (): Promise<string> => {
  const path = '/2015-03-31/functions/platform-dev-drift-check/invocations';
  const told = (await connect(region).post('lambda', region, path, {})) as { readonly errorMessage?: string };
  return told.errorMessage ?? '';
};

/** A run of `npm run drift`: its exit code, and its findings with their remedies. */
interface Ran {
  readonly code: number | null;
  readonly findings: readonly string[];
  /** Standard error. */
  readonly said: string;
}

const runIn =
  (project: string, { emulator, signal }: Place) =>
  async (...args: readonly string[]): Promise<Ran> => {
    const kubeconfig = emulator.kubeconfig(account, region, 'platform-dev');
    const all = ['-r', './typescript.cjs', 'verify/drift.ts', 'dev', '--json', '--app', 'cdk.out', ...args];
    const child = spawn(process.execPath, [...all, '--context', `${account}-${region}-platform-dev`], {
      cwd: project,
      signal,
      env: {
        ...process.env,
        ...credentials({ endpoint: emulator.endpoint, account, region }),
        KUBECONFIG: kubeconfig,
        CDK_DISABLE_CLI_TELEMETRY: 'true',
      },
    });
    const [out, said, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    const { checks = [] } = out.startsWith('{') ? JSON.parse(out) : {};
    const findings = checks.flatMap(({ findings: own }: { findings: { what: string; remedy: string }[] }) =>
      own.map(({ what, remedy }) => `${what} → ${remedy}`),
    );
    return { code, findings, said: `${said}${out.startsWith('{') ? '' : out}` };
  };

/** The faults of a run that has to find these things, and no others. */
const wrong = (title: string, { code, findings, said }: Ran, expected: readonly RegExp[]): readonly string[] => [
  ...(code === (expected.length > 0 ? 1 : 0) ? [] : [`${title}: its exit code is ${code}\n${said}`]),
  ...expected
    .filter((one) => findings.filter((finding) => one.test(finding)).length !== 1)
    .map((one) => `${title}: it does not name once ${one}`),
  ...findings
    .filter((finding) => !expected.some((one) => one.test(finding)))
    .map((finding) => `${title}: it names "${finding}"`),
];

const drill =
  (project: string) =>
  async (place: Place, report: Report): Promise<Outcome> => {
    const { cluster, emulator, signal } = place;
    Object.assign(process.env, credentials({ endpoint: emulator.endpoint, account, region }));
    await useKubectl(signal);
    const output = join(project, 'cdk.out');
    await synthesize({ project, output, context: { env: 'dev' }, signal }, report);
    const drift = runIn(project, place);
    const faults: string[] = [];
    const look = async (title: string, expected: readonly RegExp[], ...args: readonly string[]) => {
      const ran = await drift(...args);
      const found = wrong(title, ran, expected);
      console.log(`${found.length === 0 ? '✔' : '✖'} ${title}: ${ran.findings.length} findings`);
      faults.push(...found, ...(found.length > 0 && args.length > 0 ? [ran.said] : []));
      return ran.findings;
    };
    const scene = { cluster, emulator, aws: connect(region) };
    const lookDaily = async (title: string, count: number) => {
      const error = await daily();
      const expected = count === 0 ? /^$/ : new RegExp(`^${count} resources are not as their stacks say: `);
      console.log(`${expected.test(error) ? '✔' : '✖'} ${title}: ${error || 'no error'}`);
      if (!expected.test(error)) faults.push(`${title}: ${error || 'it finds nothing'}`);
    };
    await look('nobody has changed anything', []);
    await lookDaily('the daily check finds nothing', 0);
    for (const { title, plant } of PLANTED) {
      await plant(scene);
      console.log(`  ${title}`);
    }
    await lookDaily('the daily check finds resources', PLANTED.filter((one) => one.daily).length);
    const all = PLANTED.flatMap(({ finding }) => finding ?? []);
    const left = PLANTED.flatMap(({ finding, name, mend }) => (finding && (name || mend) ? [finding] : []));
    for (const { title, edit, fails } of BROKEN) {
      const [file, ...replacement] = edit;
      const path = join(project, file);
      const whole = readFileSync(path, 'utf8');
      replaceIn(path, ...replacement);
      const found = wrong(title, await drift(), all);
      writeFileSync(path, whole);
      const is = found.some((fault) => fails.test(fault));
      console.log(`${is ? '✔' : '✖'} the check would see that ${title}`);
      if (!is) faults.push(`the check does not see that ${title}: ${found.join('\n')}`);
    }
    const findings = await look('what people changed is named, and nothing that others own', all);
    await look('--mend puts it back, and leaves what it must not touch', left, '--mend');
    for (const { mend } of PLANTED) await mend?.(scene);
    const names = PLANTED.flatMap(({ name }) => findings.flatMap((finding) => name?.exec(finding)?.[1] ?? []));
    await look(
      '--remove removes what was added, and --mend creates what somebody has deleted',
      [],
      '--mend',
      ...names.flatMap((name) => ['--remove', name]),
    );
    await look('a second run is quiet', []);
    await lookDaily('the daily check finds nothing any more', 0);
    for (const { cleanUp } of PLANTED) await cleanUp?.(scene);
    await awaitWorkloads(cluster, report);
    return {
      faults,
      line: `${all.length} changes by hand were named and mended, ${PLANTED.length - all.length} of others were not named`,
    };
  };

/** Deploys development, changes it by hand, and expects `npm run drift` to name and mend exactly that. */
const check = (signal: AbortSignal) =>
  inCopy(withBoth, (project) =>
    rehearse({
      target: 'dev',
      project,
      context: { env: 'dev' },
      keep: false,
      seed: 1,
      update: undefined,
      kubernetes: undefined,
      drills: [['drift', 'changes by hand are named and mended', drill(project)]],
      signal,
    }),
  );

const USAGE = `usage: npm run check:drift

Rehearses development, changes it by hand, and expects \`npm run drift\` to name and mend exactly that:

${PLANTED.map(({ title, finding }) => `  ${title}${finding === undefined ? ' (not named)' : ''}`).join('\n')}`;

void command({ usage: USAGE }, ({ signal }) => check(signal));
