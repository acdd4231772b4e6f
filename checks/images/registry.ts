import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import getPort from 'get-port';
import { run } from '../../rehearsal/src/process';
import { start, type Running } from '../servers/server';

/** A registry on this machine. */
interface LocalRegistry extends Running {
  /** HOST:PORT. */
  readonly host: string;
}

/** Starts a registry, in which anybody may move a tag. */
export const startRegistry = async (program: string, signal: AbortSignal): Promise<LocalRegistry> => {
  const host = `127.0.0.1:${await getPort()}`;
  const answers = () => fetch(`http://${host}/v2/`);
  const { stop } = await start(program, ['registry', 'serve', '--address', host], answers, signal);
  return { host, stop };
};

/** Packs a folder of one file the same way, whenever it is done. */
const SAME = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=0644'];

/** Pushes an index of two images that hold a text; its digest. The same text has the same digest in every registry. */
export const pushIndex = async (
  program: string,
  folder: string,
  reference: string,
  text: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> => {
  const crane = (...args: readonly string[]) => run(program, args, { env });
  const layer = join(folder, 'layer.tar');
  const parts = ['amd64', 'arm64'].map((architecture) => ({ architecture, name: `${reference}-${architecture}` }));
  for (const { architecture, name } of parts) {
    writeFileSync(join(folder, 'content'), `${text} ${architecture}\n`);
    await run('tar', ['-cf', layer, ...SAME, '-C', folder, 'content']);
    await crane('append', '--new_layer', layer, '--new_tag', name);
  }
  await crane('index', 'append', ...parts.flatMap(({ name }) => ['--manifest', name]), '--tag', reference);
  return (await crane('digest', reference)).trim();
};
