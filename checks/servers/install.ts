import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cached, digest } from '../../rehearsal/src/cache';
import { interruption, run } from '../../rehearsal/src/process';
import type { Report } from '../../rehearsal/src/report/progress';

/** A server, as this machine may have it, or as its package archive does. */
export interface Product {
  readonly name: string;
  /** The programs that a check runs; the first is the server. */
  readonly programs: readonly string[];
  /** The packages of Debian that have them. */
  readonly packages: readonly string[];
  /** Release of Debian that has the packages, with every library that they need, if the machine's own does not. */
  readonly release?: string;
  /** Pattern in the version of another product whose programs have the same names. */
  readonly notVersion?: RegExp;
}

/** Where the programs of a product are. */
export interface Installed {
  readonly path: (program: string) => string;
  /** Folder with the files of the server, where they are not where it looks for them. */
  readonly home?: string;
}

const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin'];

/** The path of a program of this machine. */
export const findProgram = (program: string) =>
  FOLDERS.map((folder) => join(folder, program)).find((path) => existsSync(path));

const onMachine = async ({ programs, notVersion }: Product, signal: AbortSignal): Promise<Installed | undefined> => {
  const paths = new Map(programs.map((program) => [program, findProgram(program)]));
  const [server] = paths.values();
  if (!server || [...paths.values()].includes(undefined)) return undefined;
  if (notVersion?.test(await run(server, ['--version'], { signal }))) return undefined;
  return { path: (program) => paths.get(program)! };
};

/** Options by which apt takes the packages from another release of Debian, as if the machine had no package at all. */
const fromRelease = async (release: string, folder: string, signal: AbortSignal) => {
  const sources = await run('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Origin: Debian', 'Label: Debian'], {
    signal,
  });
  const archive = sources.split('\n').find(Boolean);
  if (!archive) throw new Error('the sources of packages of this machine are not those of Debian');
  const list = join(folder, 'archive.sources');
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const lines = ['Types: deb', `URIs: ${archive}`, `Suites: ${release}`, 'Components: main', `Signed-By: ${keys}`];
  await writeFile(list, `${lines.join('\n')}\n`);
  await writeFile(join(folder, 'status'), '');
  return [`Dir::State::status=${folder}/status`, `Dir::Etc::sourcelist=${list}`, 'Dir::Etc::sourceparts=/dev/null'];
};

const list = async (folder: string) =>
  (existsSync(folder) ? await readdir(folder) : []).map((name) => join(folder, name));

/** A command for each program, which finds the libraries, and their loader where it came along, next to it. */
const writeCommands = async (root: string, programs: readonly string[]) => {
  const places = [...(await list(join(root, 'usr/lib'))), ...(await list(join(root, 'lib')))];
  const libraries = places.filter((path) => path.includes('-linux-gnu')).map((path) => path.replace(root, '$root'));
  const files = (await Promise.all(places.map((path) => (path.includes('-linux-gnu') ? list(path) : [])))).flat();
  const loader = files.find((path) => /^ld(64)?-linux.*\.so/.test(basename(path)))?.replace(root, '$root');
  await mkdir(join(root, 'commands'));
  for (const program of programs) {
    const path = ['usr/sbin', 'usr/bin']
      .map((folder) => join(folder, program))
      .find((it) => existsSync(join(root, it)));
    if (!path) throw new Error(`the packages do not have ${program}`);
    const start = loader
      ? `exec "${loader}" --library-path "${libraries.join(':')}" "$root/${path}" "$@"`
      : `LD_LIBRARY_PATH="${libraries.join(':')}" exec "$root/${path}" "$@"`;
    const command = join(root, 'commands', program);
    await writeFile(command, `#!/bin/sh\nroot=$(dirname "$(dirname "$(readlink -f "$0")")")\n${start}\n`);
    await chmod(command, 0o755);
  }
};

/** Fetches packages, and what they need and the machine lacks, and unpacks them into a folder. Needs no rights. */
const download = async (product: Product, root: string, report: Report, signal: AbortSignal) => {
  const { programs, packages, release } = product;
  const work = join(root, 'apt');
  for (const folder of ['state/lists/partial', 'cache/archives/partial'])
    await mkdir(join(work, folder), { recursive: true });
  const settings = [`Dir::State=${work}/state`, `Dir::Cache=${work}/cache`, 'Debug::NoLocking=1'];
  settings.push('APT::Sandbox::User=root'); // a home that only root can read is fine for root
  if (release) settings.push(...(await fromRelease(release, work, signal)));
  const apt = (...args: string[]) =>
    run('apt-get', [...settings.flatMap((setting) => ['-o', setting]), ...args], { signal, onLine: report });
  report('reading the lists of packages');
  await apt('update');
  await apt('install', '--download-only', '--yes', '--no-install-recommends', ...packages);
  for (const file of (await list(join(work, 'cache/archives'))).filter((path) => path.endsWith('.deb'))) {
    report(`unpacking ${basename(file)}`);
    await run('dpkg-deb', ['-x', file, root], { signal });
  }
  await rm(work, { recursive: true });
  await writeCommands(root, programs);
};

/** The programs of a product: those of the machine, else those of the cache, which is filled the first time. */
export const install = async (product: Product, report: Report, signal: AbortSignal): Promise<Installed> => {
  const present = await onMachine(product, signal);
  if (present) return present;
  const { name, programs, packages, release = '' } = product;
  try {
    const key = digest(await readFile('/etc/os-release', 'utf8'), process.arch, release, ...packages, ...programs);
    const root = await cached(
      `${basename(programs[0]!)}-${key}`,
      (folder) => download(product, folder, report, signal),
      signal,
    );
    return { path: (program) => join(root, 'commands', program), home: join(root, 'usr') };
  } catch (error) {
    if (signal.aborted) throw interruption(signal);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`install ${name}: ${programs.join(', ')} are not installed and cannot be downloaded: ${reason}`, {
      cause: error,
    });
  }
};
