import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../rehearsal/src/command-line';
import { targetNames } from '../../lib/config';
import { contextOf, synthesize } from '../../rehearsal/src/app/cdk';
import { PROJECT } from '../../rehearsal/src/folders';
import { CommandError, run } from '../../rehearsal/src/process';
import { pythonEnvironment } from '../../rehearsal/src/emulator/python-environment';

const CFN_LINT = 'import sys; from cfnlint.runner import main; sys.exit(main())';

/** Findings of cfn-lint everywhere that are intended. */
const ACCEPTED = [
  'W3010', // zones are configuration: looking them up would need credentials
  'W3005', // the library names dependencies that references imply already
];
/** Intended findings in pipelines only. */
const ACCEPTED_IN_PIPELINES = ['E3703']; // an opinion on how role ARNs are written, which the library decides

/**
 * Weak references that cfn-lint refuses although CloudFormation takes them, as `rule resource`: Fn::GetStackOutput is documented as a
 * value of every one of these functions (weak-references.json). No template of ours may need one of them.
 */
const REFUSED = ['E1017 InSplit'];

/** Throws when cfn-lint judges weak references otherwise than this file says. */
const judgesWeakReferences = async (python: string, signal: AbortSignal) => {
  const file = join(__dirname, 'weak-references.json');
  const lint = run(python, ['-c', CFN_LINT, '--format', 'json', '--template', file], { signal });
  const printed = await lint.catch((error) => {
    if (error instanceof CommandError) return error.output.join('\n'); // it found something
    throw error;
  });
  const found: readonly Match[] = JSON.parse(printed);
  const refused = [...new Set(found.map(({ Rule, Location }) => `${Rule.Id} ${Location.Path[1]}`))].toSorted();
  if (refused.join() !== REFUSED.join())
    throw new Error(
      `cfn-lint rejects [${refused.join(', ')}] in weak-references.json: write that as REFUSED in checks/templates/check.ts`,
    );
};

interface Match {
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: readonly (string | number)[] };
}

/** Synthesizes every environment and pipeline with all validations on, and has cfn-lint read every template. */
const check = async (signal: AbortSignal) => {
  const requirements = join(__dirname, 'requirements.txt');
  const python = await pythonEnvironment(console.log, signal, requirements);
  await judgesWeakReferences(python, signal);
  const folder = mkdtempSync(join(tmpdir(), 'platform-templates-'));
  try {
    for (const name of targetNames) {
      const output = join(folder, name);
      await synthesize({ project: PROJECT, context: contextOf(name), output, signal }, () => {}, {
        CDK_VALIDATION: 'true',
      });
      const templates = readdirSync(output).filter((file) => file.endsWith('.template.json'));
      const accepted = [...ACCEPTED, ...(name.endsWith('-pipeline') ? ACCEPTED_IN_PIPELINES : [])];
      const paths = templates.map((file) => join(output, file));
      await run(python, ['-c', CFN_LINT, '--ignore-checks', ...accepted, '--template', ...paths], { signal });
      console.log(`✔ ${name}: ${templates.length} template${templates.length === 1 ? '' : 's'}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const USAGE = `usage: npm run check:templates

Synthesizes every environment and pipeline with every validation on, and checks the templates with cfn-lint.`;

void command({ usage: USAGE }, ({ signal }) =>
  check(signal).catch((error: Error) => {
    throw error instanceof CommandError ? new Error(error.output.join('\n'), { cause: error }) : error;
  }),
);
