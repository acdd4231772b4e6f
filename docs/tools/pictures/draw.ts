import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers } from './answers';
import { deployed, FOLDER } from './dashboards';
import { grafanaDashboards, questions } from './grafana';
import { picture } from './picture';

/** Every picture, by its name. Those of Grafana show what Prometheus answers to their queries: throws where it has no data. */
export const pictures = async (signal: AbortSignal): Promise<Readonly<Record<string, string>>> => {
  const { cloudwatch, grafana, rules } = deployed();
  const folder = mkdtempSync(join(tmpdir(), 'platform-answers-'));
  try {
    const given = await answers(questions(grafana), rules, folder, signal);
    const dashboards = [...cloudwatch, ...grafanaDashboards(grafana, given)];
    return Object.fromEntries(dashboards.map((dashboard) => [dashboard.name, picture(dashboard)]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Draws the dashboards for the docs. */
export const draw = async (signal: AbortSignal): Promise<number> => {
  const drawn = Object.entries(await pictures(signal));
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, svg] of drawn) writeFileSync(join(FOLDER, `${name}.svg`), svg);
  return drawn.length;
};
