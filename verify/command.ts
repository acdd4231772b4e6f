import { readFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { connect } from '../doctor/aws';
import { environmentNames } from '../lib/config';
import { choice, command, UsageError, whole } from '../rehearsal/src/command-line';
import { asked } from './asked';
import type { Check } from './check';
import { SECTION_NAMES, SECTIONS } from './checks';
import { ALARMS } from './checks/watch';
import { examine } from './examine';
import { exitCode, json, report } from './report';
import { detour } from './web';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // engines of package.json says which Node it takes

const usage = (script: string) => `usage: npm run ${script} -- ENVIRONMENT [--only SECTION]... [--json] [OPTIONS]

Asks a deployed environment whether it answers, and whether it is what the code says (docs/verify.md).

  ENVIRONMENT                         ${environmentNames.join(', ')}; or --env ENVIRONMENT. The tag Environment names it too
  --only SECTION                      ${SECTION_NAMES.join(', ')} (default: all)
  --in-pipeline                       leave out sites for listed networks, and alarms, on which the stage itself decides
  --json                              print JSON
  --app DIR                           its cloud assembly, from \`cdk synth -c env=ENVIRONMENT\` (default: synthesized anew)
  --connect-to HOST:PORT:HOST:PORT    connect to the second place in place of the first, as curl does
  --ca FILE                           trust the certificate authorities of this file instead of the public ones
  --timeout SECONDS                   for one answer (default: 30)
  --context NAME                      context of kubectl (default: the one of aws eks update-kubeconfig)
  --wait SECONDS                      for rollouts (default: 600)

Exit code: 0 all is well; 1 something is wrong; 2 something could not be asked, or the arguments are wrong.`;

const OPTIONS = {
  env: { type: 'string' },
  only: { type: 'string', multiple: true },
  'in-pipeline': { type: 'boolean' },
  json: { type: 'boolean' },
  app: { type: 'string' },
  'connect-to': { type: 'string', multiple: true },
  ca: { type: 'string' },
  timeout: { type: 'string', default: '30' },
  context: { type: 'string' },
  wait: { type: 'string', default: '600' },
} as const;

const authority = (file: string): string => {
  try {
    const text = readFileSync(file, 'utf8');
    new X509Certificate(text);
    return text;
  } catch (error) {
    throw new UsageError(`--ca is "${file}": choose a file of certificates in PEM (${(error as Error).message})`, {
      cause: error,
    });
  }
};

/** Runs the verification as a script of package.json. */
export const verification = (script: string): Promise<void> =>
  command({ usage: usage(script), options: OPTIONS, takes: [0, 1] }, async (call) => {
    const { values } = call;
    const { given, open } = asked(call);
    const sections = (values.only ?? SECTION_NAMES).map((name) => choice('--only', name, SECTION_NAMES));
    const web = {
      detours: (values['connect-to'] ?? []).map(detour),
      authority: values.ca === undefined ? undefined : authority(values.ca),
      patience: whole('--timeout', values.timeout, 1) * 1000,
    };
    const cluster = { context: values.context, patience: whole('--wait', values.wait) * 1000 };
    try {
      const { config, target: all } = open();
      const isPipeline = values['in-pipeline'] === true;
      const target = isPipeline ? { ...all, sites: all.sites.filter(({ listed }) => !listed) } : all;
      const world = { aws: connect(config.region), web, cluster, signal: call.signal };
      const checks = sections
        .flatMap((name): readonly Check[] => SECTIONS[name])
        .filter((each) => !isPipeline || each !== ALARMS);
      const results = await examine(world, target, checks);
      console.log((values.json ? json : report)(config.name, results));
      return exitCode(results);
    } catch (error) {
      if (error instanceof UsageError || call.signal.aborted) throw error;
      console.error(`${given}: nothing was asked, because ${(error as Error).message}`);
      return 2;
    }
  });
