import { readdirSync, readFileSync, statSync } from 'node:fs';
import { cp, readdir, rm, symlink } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import { run } from '../process';
import type { Report } from '../report/progress';
import { PACKAGE as REHEARSAL } from '../folders';

const KUBERNETES_MODULE = join(REHEARSAL, 'kubernetes');
/** The package that is all programs but kubectl. */
const CONTROL_PLANE = 'control-plane';
/** Packages that stand in for those of the same path, of which little is used. */
const STAND_INS = 'left-out';
/** Files of dependencies that only tests use, and that bring the fakes of all clients: 58 packages. */
const LEFT_OUT = [
  'k8s.io/apiserver/pkg/admission/plugin/policy/generic/policy_test_context.go',
  'k8s.io/kubernetes/pkg/scheduler/backend/queue/testing.go',
];
/** The sources of a build. */
const SOURCES = ['go.mod', 'go.sum', CONTROL_PLANE, STAND_INS];

export interface BuildProps {
  /** The version that goes into the programs. */
  readonly kubernetes: string;
  /** The names by which the control plane is called. */
  readonly names: readonly string[];
  /** Whether to build kubectl too. */
  readonly kubectl: boolean;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** Everything that decides what is built, as text. */
export const buildKey = (): string => [...SOURCES.flatMap(texts), ...LEFT_OUT, ...FLAGS].join('\n');

const texts = (name: string): readonly string[] => {
  const path = join(KUBERNETES_MODULE, name);
  return statSync(path).isDirectory()
    ? readdirSync(path).flatMap((entry) => texts(join(name, entry)))
    : [name, readFileSync(path, 'utf8')];
};

/** The version of a module that go.mod pins. */
export const pinnedVersion = (module: string): string => {
  const goMod = readFileSync(join(KUBERNETES_MODULE, 'go.mod'), 'utf8');
  const found = new RegExp(`^\\s*${module} (v\\S+)`, 'm').exec(goMod)?.[1];
  if (!found) throw new Error(`rehearsal/kubernetes/go.mod does not require ${module}: add it`);
  return found;
};

/**
 * Flags that make compilation cheap, because it is done once and the programs run for minutes. Without debugging information it takes
 * 0.85 of the CPU time; with only the standard library inlined, 0.82 of the rest.
 */
const FLAGS = ['-trimpath', '-buildvcs=false', '-gcflags=all=-dwarf=false -l', '-gcflags=std=-dwarf=false'];

/**
 * The compiler's memory is collected when it is large only, which takes 0.88 of the CPU time. On two cores, of which each has
 * a package, a second thread in a package helps nobody: without, it takes 0.95 of the rest.
 */
const environment = () => ({
  CGO_ENABLED: '0',
  GOGC: 'off',
  GOMEMLIMIT: `${Math.min(1024, Math.floor(totalmem() / 2 ** 21 / availableParallelism()))}MiB`, // of each of its processes
  ...(availableParallelism() <= 2 && { GOMAXPROCS: '1' }),
});

const linkerFlags = (kubernetes: string) => {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(kubernetes) ?? [];
  const values = { gitVersion: kubernetes, gitMajor: major, gitMinor: minor };
  return [
    '-s',
    '-w',
    ...Object.entries(values).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`),
  ].join(' ');
};

/**
 * Builds the programs into a folder. Go keeps what it has compiled, also when it is interrupted, so the next build goes on.
 *
 * The dependencies are copied, as Go builds nothing that differs from its own copy of a module.
 */
export const build = async (folder: string, { kubernetes, names, kubectl, report, signal }: BuildProps) => {
  const source = join(folder, 'source');
  const go = (args: readonly string[], onLine?: (line: string) => void) =>
    run('go', args, { cwd: source, env: { ...process.env, ...environment() }, signal, onLine }).catch((error) => {
      if (error.code === 'ENOENT')
        throw new Error(
          'the released Kubernetes cannot be downloaded, and building it needs Go: install Go, or check the network',
        );
      throw error;
    });
  report(`fetching the Go modules of Kubernetes ${kubernetes}`);
  for (const name of SOURCES) await cp(join(KUBERNETES_MODULE, name), join(source, name), { recursive: true });
  await go(['mod', 'vendor']);
  await leaveOut(join(source, 'vendor'), join(source, STAND_INS));

  const flags = [...FLAGS, '-ldflags', linkerFlags(kubernetes)];
  const programs = [`./${CONTROL_PLANE}`, ...(kubectl ? ['k8s.io/kubernetes/cmd/kubectl'] : [])];
  const listed = await go(['list', '-deps', `-json=${LISTED}`, ...flags, ...programs]);
  const tell = progress(missing(listed), performance.now());
  await go(['build', '-v', '-p', String(availableParallelism()), ...flags, '-o', `${folder}/`, ...programs], (line) => {
    const told = tell(line, performance.now());
    if (told !== undefined) report(`building Kubernetes ${kubernetes}, once: ${told}`);
  });
  for (const name of names) await symlink(CONTROL_PLANE, join(folder, name));
  await rm(source, { recursive: true });
};

/** Removes the files that are left out from the copies of the dependencies, and puts the stand-ins in. */
const leaveOut = async (vendor: string, standIns: string) => {
  for (const file of LEFT_OUT) await rm(join(vendor, file)); // which fails where an upgrade moves it
  const entries = await readdir(standIns, { recursive: true, withFileTypes: true });
  for (const { parentPath } of entries.filter((entry) => entry.isFile())) {
    const replaced = join(vendor, relative(standIns, parentPath));
    await rm(replaced, { recursive: true });
    await cp(parentPath, replaced, { recursive: true });
  }
};

/** A package, as Go describes it. */
interface Listed {
  readonly ImportPath: string;
  readonly Dir: string;
  readonly GoFiles?: readonly string[];
  readonly Imports?: readonly string[];
  /** Why it has to be compiled. */
  readonly StaleReason?: string;
}

/** Go 1.26.8 takes a package that embeds files for stale, with all that import it, unless it is asked for their names too. */
const LISTED = 'ImportPath,Dir,GoFiles,EmbedFiles,Imports,StaleReason';

/** Bytes of source that take as long to compile as a package without any, and as an import. Measured with Kubernetes 1.36.3. */
const [PACKAGE, IMPORT] = [20_000, 8_000];

/** The packages that Go's cache lacks, each with a measure of the time that it takes. */
export const missing = (listed: string): ReadonlyMap<string, number> =>
  new Map(
    (JSON.parse(`[${listed.replaceAll(/^}\n{/gm, '},{')}]`) as Listed[])
      .filter(({ StaleReason }) => StaleReason !== undefined)
      .map(({ ImportPath, Dir, GoFiles = [], Imports = [] }) => {
        const bytes = GoFiles.reduce((sum, file) => sum + statSync(join(Dir, file)).size, 0);
        return [ImportPath, PACKAGE + IMPORT * Imports.length + bytes] as const;
      }),
  );

/** The share of a build that tells how long the rest takes. */
const ENOUGH = 0.02;

/** Tells how far a build is, of whose packages the weights are known, from the names that it prints as it comes to them. */
export const progress = (weights: ReadonlyMap<string, number>, started: number) => {
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const waiting = new Map(weights);
  let done = 0;
  return (line: string, now: number): string | undefined => {
    const weight = waiting.get(line);
    if (weight === undefined) return undefined;
    waiting.delete(line);
    done += weight;
    const share = done / total;
    const minutes = Math.ceil(((now - started) / 60_000 / share) * (1 - share));
    const left = share < ENOUGH ? '' : `, about ${minutes} min left`;
    const [count, all] = [weights.size - waiting.size, weights.size].map((each) => each.toLocaleString('en'));
    return `${Math.floor(share * 100)} % (${count} of ${all} packages)${left}`;
  };
};
