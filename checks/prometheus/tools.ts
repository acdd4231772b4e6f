import { readFileSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { cached, digest } from '../../rehearsal/src/cache';
import { run } from '../../rehearsal/src/process';
import type { Report } from '../../rehearsal/src/report/progress';

const PROMETHEUS = 'github.com/prometheus/prometheus';
const ALERTMANAGER = 'github.com/prometheus/alertmanager';

/** The programs that go.mod pins: of the versions that are deployed, and with no discovery but that of Kubernetes. */
export interface Tools {
  readonly promtool: string;
  readonly amtool: string;
  readonly servers: { readonly prometheus: string; readonly alertmanager: string };
}

/** Where the tools are, built once. */
export const tools = async (report: Report, signal: AbortSignal): Promise<Tools> => {
  const [mod, sum] = ['go.mod', 'go.sum'].map((file) => readFileSync(join(__dirname, file), 'utf8'));
  const go = (...args: string[]) =>
    run('go', args, { cwd: __dirname, signal }).catch((error) => {
      throw error.code === 'ENOENT' ? new Error('Prometheus is built with Go: install Go 1.26 or newer') : error;
    });
  const folder = await cached(
    `prometheus-${digest(mod!, sum!, platform(), arch())}`,
    async (target) => {
      const build = ['build', '-trimpath', '-buildvcs=false', '-tags', 'remove_all_sd,enable_kubernetes_sd'];
      const into = ['-o', `${target}/`];
      report('building Prometheus and its tools, once');
      const commands = [`${PROMETHEUS}/cmd/prometheus`, `${PROMETHEUS}/cmd/promtool`, `${ALERTMANAGER}/cmd/amtool`];
      await go(...build, ...into, ...commands);
      report('building Alertmanager, once');
      const copy = join(target, 'source');
      await withoutPages((await go('list', '-m', '-f', '{{.Dir}}', ALERTMANAGER)).trim(), join(copy, 'alertmanager'));
      await writeFile(join(copy, 'go.mod'), mod!);
      await writeFile(join(copy, 'go.sum'), sum!);
      await go('mod', 'edit', `-replace=${ALERTMANAGER}=${join(copy, 'alertmanager')}`, join(copy, 'go.mod'));
      await go(...build, `-modfile=${join(copy, 'go.mod')}`, ...into, `${ALERTMANAGER}/cmd/alertmanager`);
      await rm(copy, { recursive: true });
    },
    signal,
  );
  const path = (name: string) => join(folder, name);
  return {
    promtool: path('promtool'),
    amtool: path('amtool'),
    servers: { prometheus: path('prometheus'), alertmanager: path('alertmanager') },
  };
};

/** Copies Alertmanager's module, with an empty page where it embeds its own: a module has none, they are built with its releases. */
const withoutPages = async (module: string, copy: string) => {
  await cp(module, copy, { recursive: true });
  await run('chmod', ['-R', 'u+w', copy]); // Go keeps modules read-only
  await mkdir(join(copy, 'ui/app/dist'), { recursive: true });
  await writeFile(join(copy, 'ui/app/dist/index.html'), '');
};
