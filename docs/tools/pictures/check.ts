import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDER } from './dashboards';
import { pictures } from './draw';

/** Draws the dashboards, each query of Grafana's answered, and compares them with the pictures in the docs. */
export const upToDate = async (signal: AbortSignal): Promise<void> => {
  for (const [name, svg] of Object.entries(await pictures(signal)))
    assert.ok(
      readFileSync(join(FOLDER, `${name}.svg`), 'utf8') === svg,
      `${name}.svg is out of date: npm run pictures`,
    );
};
