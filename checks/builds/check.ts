import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assembledStacks, synthesize } from '../../rehearsal/src/app/cdk';
import { command } from '../../rehearsal/src/command-line';
import { pythonEnvironment } from '../../rehearsal/src/emulator/python-environment';
import { chosen, usageOf } from '../../test/chosen';
import { definitionOf, type Template } from '../pipeline/definition';
import { inCopy } from '../rehearsed-copy';
import { SCENARIOS, type Scenario } from './scenarios';
import { SERVICE, tried } from './trial';

const USAGE = usageOf(
  'check:builds',
  `Runs the build of a service on this machine, as its template says, on examples/service: installation, linter, tests, audit, the
branch that it pushes. Plants a fault at a time, and expects the step that must stop to stop, and nothing to be tagged or proposed`,
  SCENARIOS,
);

const check = (scenarios: readonly Scenario[], signal: AbortSignal): Promise<number> =>
  inCopy(
    () => {},
    async (project) => {
      const folder = mkdtempSync(join(tmpdir(), 'platform-builds-'));
      try {
        const output = join(folder, 'cdk.out');
        await synthesize({ project, context: { builds: 'staging' }, output, signal }, () => {});
        const [stack] = await assembledStacks(output);
        const definition = definitionOf(stack!.template as Template, [], `platform-staging-build-${SERVICE}`);
        const requirements = join(__dirname, '..', 'commands', 'requirements.txt');
        const aws = dirname(await pythonEnvironment(console.log, signal, requirements));
        const notes = new Set<string>(NOTES);
        const surroundings = { definition, aws, folder, note: (line: string) => void notes.add(line), signal };
        let failed = 0;
        for (const scenario of scenarios) {
          const { faults, output: printed } = await tried(surroundings, scenario);
          failed += faults.length;
          const { title, stops } = scenario;
          const end = stops ? `stops at ${stops[0]}` : 'is tagged and proposed';
          console.log(
            `${faults.length === 0 ? '✔' : '✖'} ${title}: ${end}${faults.map((each) => `\n  ${each}`).join('')}`,
          );
          if (faults.length > 0) console.log(printed);
        }
        console.log(['', 'Not as on AWS:', ...[...notes].toSorted().map((line) => `- ${line}`)].join('\n'));
        return failed === 0 ? 0 : 1;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );

/** Programs with recorded answers (programs.ts, answers.ts). */
const NOTES = [
  'aws: the AWS CLI calls a recorded registry',
  'curl: gives an archive with the stand-in of Trivy',
  'docker: builds nothing, because no machine of ours runs containers; it says that it pushed an image',
  'git: pushes to a repository of this machine in place of the connection',
  'npm audit: asks a recorded registry, and signatures have a recorded answer: it verifies them with keys of the internet',
  'trivy: lists recorded vulnerabilities, because its database is on the internet; its options decide whether they stop the step',
];

void command({ usage: USAGE, takes: [0, Infinity] }, ({ positionals, signal }) =>
  check(chosen(SCENARIOS, 'commit', positionals), signal),
);
