import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENVIRONMENT_NAMES } from '../../lib/config/environment';
import { pythonEnvironment } from '../../rehearsal/python-environment';

const PROJECT = join(__dirname, '..', '..');
const CDK = join(PROJECT, 'node_modules', 'aws-cdk', 'bin', 'cdk');

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

const succeed = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: PROJECT,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
};

/** Synthesizes every environment and the pipeline with all validations on, and has cfn-lint read every template. */
const check = async () => {
  const requirements = join(__dirname, 'requirements.txt');
  const python = await pythonEnvironment(console.log, new AbortController().signal, requirements);
  const folder = mkdtempSync(join(tmpdir(), 'platform-templates-'));
  try {
    for (const name of [...ENVIRONMENT_NAMES, 'pipeline']) {
      const output = join(folder, name);
      const context = name === 'pipeline' ? [] : ['-c', `env=${name}`];
      succeed(process.execPath, [CDK, 'synth', '--quiet', '--output', output, ...context], { CDK_VALIDATION: 'true' });
      const templates = readdirSync(output).filter((file) => file.endsWith('.template.json'));
      const accepted = [...ACCEPTED, ...(ACCEPTED_IN[name] ?? [])];
      const paths = templates.map((file) => join(output, file));
      succeed(python, ['-c', CFN_LINT, '--ignore-checks', ...accepted, '--template', ...paths]);
      console.log(`✔ ${name}: ${templates.length} template${templates.length === 1 ? '' : 's'}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

check().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
