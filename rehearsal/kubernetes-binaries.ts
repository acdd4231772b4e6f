import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { chmod, readFile, rename, rm } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cached, digest } from './cache';
import { run } from './process';
import type { Report } from './progress';

const KUBERNETES_MODULE = join(__dirname, 'kubernetes');

/** The programs of a Kubernetes control plane; etcd is named `server`, as Go names it. */
export const KUBERNETES_BINARIES = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
  'kwokctl',
  'server',
] as const;

/**
 * The folder with the Kubernetes binaries: the one that the user names, else the one in the cache, which is filled from the
 * released binaries where the network gives them, and else by building the Go modules, which takes minutes.
 */
export const kubernetesBinaries = async (named: string | undefined, report: Report, signal: AbortSignal) => {
  if (named !== undefined) {
    const missing = KUBERNETES_BINARIES.filter((name) => !existsSync(join(named, name)));
    if (missing.length > 0)
      throw new Error(`${named} lacks ${missing.join(', ')}: name a folder that holds all of them`);
    return named;
  }
  const versions = await kubernetesVersions();
  return cached(`kubernetes-${versions.key}`, async (folder) => {
    try {
      await download(folder, versions, report, signal);
    } catch (error) {
      if (signal.aborted || error instanceof ChecksumError) throw error;
      report(`building, for the released binaries are out of reach: ${(error as Error).message}`);
      await build(folder, versions.kubernetes, report, signal);
    }
  });
};

interface KubernetesVersions {
  readonly kubernetes: string;
  readonly etcd: string;
  readonly kwok: string;
  readonly key: string;
}

/** The versions that go.mod pins. */
const kubernetesVersions = async (): Promise<KubernetesVersions> => {
  const goMod = await readFile(join(KUBERNETES_MODULE, 'go.mod'), 'utf8');
  const goSum = await readFile(join(KUBERNETES_MODULE, 'go.sum'), 'utf8');
  const version = (module: string) => {
    const found = new RegExp(`^\\s*${module} (v\\S+)`, 'm').exec(goMod)?.[1];
    if (!found) throw new Error(`rehearsal/kubernetes/go.mod requires no ${module}`);
    return found;
  };
  const kubernetes = version('k8s.io/kubernetes');
  return {
    kubernetes,
    etcd: version('go.etcd.io/etcd/server/v3'),
    kwok: version('sigs.k8s.io/kwok'),
    key: `${kubernetes}-${digest(goMod, goSum, platform(), arch())}`,
  };
};

/** Released binaries, each checked against the checksum that is released beside it. Fails at once without a network. */
const download = async (folder: string, versions: KubernetesVersions, report: Report, signal: AbortSignal) => {
  const system = `${platform()}/${{ x64: 'amd64', arm64: 'arm64' }[arch() as string] ?? arch()}`;
  const dash = system.replace('/', '-');
  const kubernetes = `https://dl.k8s.io/${versions.kubernetes}/bin/${system}`;
  const kwok = `https://github.com/kubernetes-sigs/kwok/releases/download/${versions.kwok}`;
  const etcd = `etcd-${versions.etcd}-${dash}`;

  for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl']) {
    report(`downloading ${name}`);
    const expected = (await text(`${kubernetes}/${name}.sha256`, signal)).trim();
    await save(`${kubernetes}/${name}`, join(folder, name), expected, signal);
  }
  for (const name of ['kwok', 'kwokctl']) {
    report(`downloading ${name}`);
    const expected = (await text(`${kwok}/${name}-${dash}.sha256`, signal)).trim().split(/\s+/)[0]!;
    await save(`${kwok}/${name}-${dash}`, join(folder, name), expected, signal);
  }
  report('downloading etcd');
  const releases = `https://github.com/etcd-io/etcd/releases/download/${versions.etcd}`;
  const sums = await text(`${releases}/SHA256SUMS`, signal);
  const expected =
    sums
      .split('\n')
      .find((line) => line.endsWith(` ${etcd}.tar.gz`))
      ?.split(/\s+/)[0] ?? '';
  const archive = join(folder, 'etcd.tar.gz');
  await save(`${releases}/${etcd}.tar.gz`, archive, expected, signal);
  await run('tar', ['-xzf', archive, '-C', folder, '--strip-components=1', `${etcd}/etcd`], { signal });
  await rename(join(folder, 'etcd'), join(folder, 'server'));
  await rm(archive);
};

/** What was downloaded is not what was released: a reason to stop, not to build instead. */
class ChecksumError extends Error {}

const CONNECT_TIMEOUT = 10_000; // milliseconds; where there is no way out, waiting longer does not help

const text = async (url: string, signal: AbortSignal) => {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT)]) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.text();
};

const save = async (url: string, file: string, sha256: string, signal: AbortSignal) => {
  const response = await fetch(url, { signal });
  if (!response.ok || !response.body) throw new Error(`${url} answers ${response.status}`);
  const hash = createHash('sha256');
  await pipeline(
    Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]),
    async function* (chunks) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(file),
    { signal },
  );
  const actual = hash.digest('hex');
  if (actual !== sha256) throw new ChecksumError(`${url} has the checksum ${actual}, not ${sha256}`);
  await chmod(file, 0o755);
};

/** Builds the tools of the Go module; the first time on a machine it compiles some 2,900 packages. */
const build = async (folder: string, kubernetes: string, report: Report, signal: AbortSignal) => {
  const versionPackage = 'k8s.io/component-base/version';
  let compiled = 0;
  const onLine = (line: string) => {
    if (!/^[\w.-]+(\/|$)/.test(line)) return;
    compiled += 1;
    report(`building Kubernetes ${kubernetes} from its Go modules, once (minutes): ${compiled} packages compiled`);
  };
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(kubernetes) ?? [];
  const flags = { gitVersion: kubernetes, gitMajor: major, gitMinor: minor };
  const ldflags = Object.entries(flags).map(([name, value]) => `-X ${versionPackage}.${name}=${value}`);
  const args = ['build', '-v', '-trimpath', '-buildvcs=false', '-ldflags', ['-s', '-w', ...ldflags].join(' ')];
  await run('go', [...args, '-o', `${folder}/`, 'tool'], { cwd: KUBERNETES_MODULE, signal, onLine }).catch((error) => {
    if (error.code === 'ENOENT') throw new Error('the released Kubernetes is out of reach, and building it needs Go');
    throw error;
  });
};
