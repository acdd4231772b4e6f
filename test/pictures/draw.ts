import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards, FOLDER } from './dashboards';
import { picture } from './picture';

/** Draws the dashboards for the docs. */
const draw = () => {
  const drawn = dashboards().map((dashboard) => [dashboard.name, picture(dashboard)] as const);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, svg] of drawn) writeFileSync(join(FOLDER, `${name}.svg`), svg);
  console.log(`${drawn.length} pictures in docs/dashboards`);
};

try {
  draw();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
