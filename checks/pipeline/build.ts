import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CommandError, run } from '../../rehearsal/src/process';
import { filledIn, type Action, type Project } from './definition';
import { standIn, type StandIn } from './stand-ins';

/** https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html, of which the pipelines use these fields. */
interface BuildSpec {
  readonly version: string;
  readonly env?: { readonly shell?: string; readonly 'exported-variables'?: readonly string[] };
  readonly phases: Readonly<Record<string, { readonly commands?: readonly string[] }>>;
  readonly artifacts?: { readonly 'base-directory'?: string; readonly files: readonly string[] };
}

/** The order of CodeBuild. */
const PHASES = ['install', 'pre_build', 'build', 'post_build'];

/** The results of earlier actions of an execution. */
export interface Given {
  /** Folders, which nothing changes. */
  readonly artifacts: Readonly<Record<string, string>>;
  /** By their namespace. */
  readonly variables: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Built {
  readonly succeeded: boolean;
  readonly output: string;
  /** The folder of its output artifact. */
  readonly artifact?: string;
  readonly exported: Readonly<Record<string, string>>;
}

/** Where builds run. */
export interface Machine {
  readonly folder: string;
  /** Environment of every build: the way to the emulated AWS, and programs. */
  readonly env: NodeJS.ProcessEnv;
  /** Replacements of commands that cannot run here. */
  readonly standIns: readonly StandIn[];
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
}

const specOf = (given: string, source: string): BuildSpec =>
  parse(given.includes('\n') ? given : readFileSync(join(source, given), 'utf8'));

/** Runs an action of CodeBuild on a copy of its input. */
export const build = async (
  action: Action,
  { Environment, Source }: Project,
  { artifacts, variables }: Given,
  { folder, env, standIns, note, signal }: Machine,
): Promise<Built> => {
  const inputs = (action.InputArtifacts ?? []).map(({ Name }) => Name);
  const primary = action.Configuration.PrimarySource ?? inputs[0]!;
  const own = mkdtempSync(join(folder, `${action.Name}-`));
  const work = (name: string) => join(own, 'src', name);
  for (const name of inputs) cpSync(artifacts[name]!, work(name), { recursive: true });
  const source = work(primary);
  const spec = specOf(Source.BuildSpec, source);
  if (spec.version !== '0.2') throw new Error(`${action.Name}: version of the buildspec is ${spec.version}, not 0.2`);
  const commands = PHASES.flatMap((phase) => spec.phases[phase]?.commands ?? []);
  const said = join(own, 'environment');
  const script = join(own, 'commands.sh');
  // Version 0.2 runs all commands in one instance of the shell, and ends with the first that fails.
  writeFileSync(
    script,
    [
      ...standIn(commands, standIns, note).map((command) => `${command}\n[ $? -eq 0 ] || exit 1`),
      `env -0 >'${said}'`,
    ].join('\n'),
  );
  const given: readonly { readonly name: string; readonly value: string }[] = JSON.parse(
    filledIn(action.Configuration.EnvironmentVariables ?? '[]', variables),
  );
  const lines: string[] = [];
  const ended = await run(
    // Linux images run Shell Command Language, unless the buildspec names another shell. It is dash in Ubuntu, whose image this is:
    // https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-cmd.html
    spec.env?.shell ?? 'sh',
    [script],
    {
      cwd: source,
      signal,
      onLine: (line) => void lines.push(line),
      env: {
        ...env,
        CODEBUILD_SRC_DIR: source,
        ...Object.fromEntries(
          inputs.filter((name) => name !== primary).map((name) => [`CODEBUILD_SRC_DIR_${name}`, work(name)]),
        ),
        ...Object.fromEntries((Environment.EnvironmentVariables ?? []).map(({ Name, Value }) => [Name, Value])),
        ...Object.fromEntries(given.map(({ name, value }) => [name, value])),
      },
    },
  ).then(
    () => true,
    (error) => {
      if (!(error instanceof CommandError)) throw error;
      return false;
    },
  );
  const output = lines.join('\n');
  if (!ended) return { succeeded: false, output, exported: {} };
  const environment = new Map(
    readFileSync(said, 'utf8')
      .split('\0')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
  );
  return {
    succeeded: true,
    output,
    ...(action.OutputArtifacts?.length && { artifact: artifactOf(spec, source, join(own, 'artifact')) }),
    exported: Object.fromEntries(
      (spec.env?.['exported-variables'] ?? []).flatMap((name) =>
        environment.has(name) ? [[name, environment.get(name)!]] : [],
      ),
    ),
  };
};

/** Moves what the buildspec calls its artifact out of a build. */
const artifactOf = ({ artifacts }: BuildSpec, source: string, target: string): string => {
  if (artifacts?.files.join() !== '**/*')
    throw new Error(`artifacts.files is ${artifacts?.files.join()}: only **/* is known here, add what it means`);
  const base = join(source, artifacts['base-directory'] ?? '.');
  if (!existsSync(base)) throw new Error(`artifacts.base-directory is ${base}, which the build did not make`);
  renameSync(base, target);
  return target;
};
