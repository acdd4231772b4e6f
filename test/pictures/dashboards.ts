import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentName } from '../../lib/config/environment';
import { synthesize } from '../../review/synthesize';
import { cloudwatchDashboards } from './cloudwatch';
import type { Dashboard } from './panel';

/** The environment whose dashboards are in the docs: the one that has everything. */
export const SHOWN = 'prod' satisfies EnvironmentName;

/** Where the pictures are. */
export const FOLDER = join(__dirname, '../../docs/dashboards');

/** Every dashboard, as it is deployed. */
export const dashboards = (): readonly Dashboard[] => {
  const assembly = mkdtempSync(join(tmpdir(), 'platform-pictures-'));
  try {
    return cloudwatchDashboards(`platform-${SHOWN}`, synthesize(SHOWN, assembly));
  } finally {
    rmSync(assembly, { recursive: true, force: true });
  }
};
