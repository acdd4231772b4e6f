import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { credentials, type CdkProps } from './cdk';
import { CommandError, run } from '../process';
import type { Report } from '../report/progress';

/** Whether an app brings a preflight: `npm run doctor -- ENVIRONMENT`. */
export const hasPreflight = ({ project }: Pick<CdkProps, 'project'>): boolean => {
  const file = join(project, 'package.json');
  return existsSync(file) && 'doctor' in (JSON.parse(readFileSync(file, 'utf8')).scripts ?? {});
};

/** Runs it on the cloud assembly. Throws what it finds missing, and what it could not check: here, everything can be. */
export const preflight = async (app: CdkProps, target: string, nameServer: string, report: Report): Promise<void> => {
  const { project, output, signal } = app;
  const args = ['run', '--silent', 'doctor', '--', target, '--app', output, '--name-server', nameServer];
  try {
    const told = await run('npm', args, {
      cwd: project,
      signal,
      onLine: report,
      env: { PATH: process.env.PATH, HOME: dirname(output), TMPDIR: dirname(output), ...credentials(app) },
    });
    if (/^Not checked/m.test(told)) throw new Error(told);
  } catch (error) {
    throw error instanceof CommandError ? new Error(['npm run doctor', ...error.output].join('\n  ')) : error;
  }
};
