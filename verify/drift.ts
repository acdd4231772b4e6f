import { connect } from '../doctor/aws';
import { environmentNames } from '../lib/config';
import { choice, command, UsageError } from '../rehearsal/src/command-line';
import { asked } from './asked';
import type { Check } from './check';
import { DRIFT_SECTIONS } from './checks';
import { judge } from './examine';
import { learn, type FactName } from './facts';
import { mend } from './mend';
import { exitCode, json, report } from './report';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // engines of package.json says which Node it takes

const SECTION_NAMES = Object.keys(DRIFT_SECTIONS) as readonly (keyof typeof DRIFT_SECTIONS)[];

const USAGE = `usage: npm run drift -- ENVIRONMENT [--only SECTION]... [--mend [--remove NAME]...] [--json] [OPTIONS]

Names what somebody has changed by hand since the deployment, in AWS and in the cluster (docs/drift.md).

  ENVIRONMENT       ${environmentNames.join(', ')}; or --env ENVIRONMENT. The tag Environment names it too
  --only SECTION    ${SECTION_NAMES.join(', ')} (default: all)
  --mend            put back what was changed or deleted, then ask again
  --remove NAME     with --mend: remove an object or a rule that no template holds, by the name in the report
  --json            print JSON
  --app DIR         its cloud assembly, from \`cdk synth -c env=ENVIRONMENT\` (default: synthesized anew)
  --context NAME    context of kubectl (default: the one of aws eks update-kubeconfig)

Exit code: 0 nothing was changed; 1 something was; 2 something could not be asked, or the arguments are wrong.`;

const OPTIONS = {
  env: { type: 'string' },
  only: { type: 'string', multiple: true },
  mend: { type: 'boolean' },
  remove: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  app: { type: 'string' },
  context: { type: 'string' },
} as const;

/** Standard output is the report's. */
const say = (line: string): void => console.error(line);

void command({ usage: USAGE, options: OPTIONS, takes: [0, 1] }, async (call) => {
  const { values, signal } = call;
  const { given, open } = asked(call);
  const removed = values.remove ?? [];
  if (removed.length > 0 && !values.mend) throw new UsageError('--remove goes with --mend: add it');
  const sections = (values.only ?? SECTION_NAMES).map((name) => choice('--only', name, SECTION_NAMES));
  const checks = sections.flatMap((name): readonly Check[] => DRIFT_SECTIONS[name]);
  try {
    const { config, target } = open();
    const names = [...new Set(checks.flatMap(({ facts }): readonly FactName[] => facts))];
    const look = async (also: readonly FactName[]) => {
      const aws = connect(config.region); // asks everything anew
      const world = {
        aws,
        web: { detours: [], patience: 0 },
        cluster: { context: values.context, patience: 0 },
        signal,
      };
      const learned = await learn(world, target, [...names, ...also]);
      return { world, learned, results: judge(target, learned, checks) };
    };
    const first = await look(values.mend ? ['templates'] : []);
    const { world, learned } = first;
    if (values.mend) await mend({ world, target, drifted: learned.known, removed, assembly: values.app, say });
    const { results } = values.mend ? await look([]) : first;
    console.log((values.json ? json : report)(config.name, results));
    return exitCode(results);
  } catch (error) {
    if (error instanceof UsageError || signal.aborted) throw error;
    console.error(`${given}: nothing was asked, because ${(error as Error).message}`);
    return 2;
  }
});
