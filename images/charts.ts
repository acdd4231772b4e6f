import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { UpstreamChart } from '../lib/model/images';

/** Address of the archive of a chart, under which its digest is recorded. */
export const addressOf = ({ repository, archive }: UpstreamChart): string => `${repository}/${archive}`;

/**
 * Fetches the archive of a chart into a folder, where synthesis finds it, and deletes its older ones. An archive that is not the
 * recorded one stays away. Its digest, or what is wrong.
 */
export const keepChart = async (
  chart: UpstreamChart,
  folder: string,
  file: string,
): Promise<{ readonly digest?: string | undefined; readonly problem?: string }> => {
  const { name, archive, digest } = chart;
  const address = addressOf(chart);
  const response = await fetch(address);
  if (!response.ok) return { digest, problem: `${address} answers ${response.status}` };
  const content = Buffer.from(await response.arrayBuffer());
  const now = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  if (digest !== undefined && digest !== now)
    return {
      digest,
      problem: `${address} is ${now}, but was ${digest} when it was recorded. If its publisher says why, remove the line from ${file}, and run this again`,
    };
  await mkdir(folder, { recursive: true });
  for (const old of await readdir(folder))
    if (old !== archive && old.startsWith(`${name}-`)) await rm(join(folder, old));
  await writeFile(join(folder, archive), content);
  return { digest: now };
};
