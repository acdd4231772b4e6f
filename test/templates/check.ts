import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENVIRONMENT_NAMES } from '../../lib/config/environment';
import { PROJECT, synthesize } from '../../rehearsal/cdk';
import { CommandError, run } from '../../rehearsal/process';
import { pythonEnvironment } from '../../rehearsal/python-environment';

const CFN_LINT = 'import sys; from cfnlint.runner import main; sys.exit(main())';

/** What cfn-lint reports everywhere and we mean. */
const ACCEPTED = [
  'W3010', // zones are configuration: looking them up would need credentials
  'W3005', // the library names dependencies that references imply already
];
/** And in one app only. */
const ACCEPTED_IN: Readonly<Record<string, readonly string[]>> = {
  pipeline: ['E3703'], // an opinion on how role ARNs are written, which the library decides
};

/** Synthesizes every environment and the pipeline with all validations on, and has cfn-lint read every template. */
const check = async () => {
  const requirements = join(__dirname, 'requirements.txt');
  const { signal } = new AbortController();
  const python = await pythonEnvironment(console.log, signal, requirements);
  const folder = mkdtempSync(join(tmpdir(), 'platform-templates-'));
  try {
    for (const name of [...ENVIRONMENT_NAMES, 'pipeline']) {
      const output = join(folder, name);
      const context: Record<string, string> = name === 'pipeline' ? {} : { env: name };
      await synthesize({ project: PROJECT, context, output, signal }, () => {}, { CDK_VALIDATION: 'true' });
      const templates = readdirSync(output).filter((file) => file.endsWith('.template.json'));
      const accepted = [...ACCEPTED, ...(ACCEPTED_IN[name] ?? [])];
      const paths = templates.map((file) => join(output, file));
      await run(python, ['-c', CFN_LINT, '--ignore-checks', ...accepted, '--template', ...paths], { signal });
      console.log(`✔ ${name}: ${templates.length} template${templates.length === 1 ? '' : 's'}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

check().catch((error: Error) => {
  console.error(error instanceof CommandError ? error.output.join('\n') : error.message);
  process.exitCode = 1;
});
