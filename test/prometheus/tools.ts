import { readFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { cached, digest } from '../../rehearsal/cache';
import { run } from '../../rehearsal/process';
import type { Report } from '../../rehearsal/progress';

/** The tools that go.mod pins: of the versions that are deployed, and with no discovery but that of Kubernetes. */
export interface Tools {
  readonly promtool: string;
  readonly amtool: string;
}

/** Where the tools are, built once. */
export const tools = async (report: Report, signal: AbortSignal): Promise<Tools> => {
  const [mod, sum] = ['go.mod', 'go.sum'].map((file) => readFileSync(join(__dirname, file), 'utf8'));
  const folder = await cached(`prometheus-tools-${digest(mod!, sum!, platform(), arch())}`, async (target) => {
    report('building promtool and amtool, once');
    const tags = 'remove_all_sd,enable_kubernetes_sd';
    const args = ['build', '-trimpath', '-buildvcs=false', '-tags', tags, '-o', `${target}/`, 'tool'];
    await run('go', args, { cwd: __dirname, signal }).catch((error) => {
      throw error.code === 'ENOENT' ? new Error('promtool is built with Go: install Go 1.26 or newer') : error;
    });
  });
  return { promtool: join(folder, 'promtool'), amtool: join(folder, 'amtool') };
};
