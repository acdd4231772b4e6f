import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { stacksOf, type Json } from '../../../review/assembly';
import { objectsOf } from '../../../review/objects';
import { cloudwatchDashboards } from './cloudwatch';
import { definitionOf, nameOf } from './grafana';
import type { Dashboard } from './panel';
import type { EnvironmentName } from '../../../test/fixtures';
import { specifiedAssembly } from '../../../test/fixtures/assembly';

/** The environment whose dashboards are in the docs: the specification's with everything. */
const SHOWN = 'prod' satisfies EnvironmentName;

/** Where the pictures are. */
export const FOLDER = join(__dirname, '../../dashboards');

/** The deployed dashboards, and the rules behind those of Grafana. */
export interface Deployed {
  readonly cloudwatch: readonly Dashboard[];
  readonly grafana: readonly Json[];
  /** The rule file of Prometheus. */
  readonly rules: string;
}

/** Reads them from the templates of the environment. */
export const deployed = (): Deployed => {
  const folder = mkdtempSync(join(tmpdir(), 'platform-pictures-'));
  try {
    const stacks = stacksOf(specifiedAssembly(SHOWN, folder));
    const files = objectsOf(stacks).flatMap(({ object }) =>
      object.kind === 'ConfigMap' ? Object.entries((object as ConfigMap).data ?? {}) : [],
    );
    return {
      cloudwatch: cloudwatchDashboards(`platform-${SHOWN}`, stacks),
      grafana: files.filter(([file]) => /^platform-.*\.json$/.test(file)).map(([, text]) => JSON.parse(text)),
      rules: files.find(([file]) => file.endsWith('platform.yml'))![1],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Names of all pictures, and the definitions that they are drawn from. */
export const definitions = ({ cloudwatch, grafana }: Deployed): Readonly<Record<string, string>> =>
  Object.fromEntries([
    ...cloudwatch.map(({ name, definition }) => [name, definition]),
    ...grafana.map((model) => [nameOf(model), definitionOf(model)]),
  ]);
