import { Resolver } from 'node:dns';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { choice, command, UsageError } from '../rehearsal/src/command-line';
import { ConfigurationError, environment, environmentNames } from '../lib/config';
import { planOf } from './assembly';
import { connect } from './aws';
import { examine, unable } from './examine';
import { isMissing, report } from './report';
import { diagnoseRepository, REPOSITORY } from './repository/diagnose';
import { why } from './why';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // engines of package.json says which Node it takes

const USAGE = `usage: npm run doctor -- ENVIRONMENT [--app DIR] [--name-server HOST:PORT]
       npm run doctor -- ${REPOSITORY}

  ENVIRONMENT              ${environmentNames.join(', ')}; the command only reads its account (docs/doctor.md)
  ${REPOSITORY}               the branch that the pipelines deliver, on GitHub: GITHUB_TOKEN may read its protection
  --app DIR                its cloud assembly, from \`cdk synth -c env=ENVIRONMENT\` (default: synthesized anew)
  --name-server HOST:PORT  DNS server to ask about the delegation of zones (default: those of this machine)`;

/** The exit code: 0 when nothing is missing, 1 when something is or the account cannot be asked. */
const diagnose = async (name: string, app: string | undefined, nameServer: string | undefined): Promise<number> => {
  if (app !== undefined && !existsSync(join(app, 'manifest.json')))
    throw new UsageError(`--app is "${app}": choose a cloud assembly, which has a manifest.json`);
  if (nameServer !== undefined && !isNameServer(nameServer))
    throw new UsageError(`--name-server is "${nameServer}": write an IP address, with or without a port`);
  const config = environment(name);
  const aws = connect(config.region, nameServer);
  const obstacle = await unable(aws, config);
  if (obstacle !== undefined) {
    console.error(`${name}: nothing was checked, because ${obstacle}`);
    return 1;
  }
  const results = await examine(aws, planOf(config, app));
  console.log(report(name, results));
  return results.some(isMissing) ? 1 : 0;
};

const isNameServer = (server: string): boolean => {
  try {
    new Resolver().setServers([server]);
    return true;
  } catch {
    return false;
  }
};

const isTold = (error: unknown) => error instanceof UsageError || error instanceof ConfigurationError;

void command(
  { usage: USAGE, options: { app: { type: 'string' }, 'name-server': { type: 'string' } }, takes: [1, 1] },
  ({ values, positionals: [name] }) => {
    if (name === REPOSITORY) return diagnoseRepository(process.env, console.log);
    return diagnose(choice('ENVIRONMENT', name!, environmentNames), values.app, values['name-server']).catch(
      (error) => {
        throw isTold(error) ? error : new Error(why(error), { cause: error });
      },
    );
  },
);
