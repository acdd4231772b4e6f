import { Resolver } from 'node:dns';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError, environment } from '../lib/config';
import { ENVIRONMENT_NAMES } from '../lib/config/environment';
import { planOf } from './assembly';
import { connect } from './aws';
import { examine, unable } from './examine';
import { isMissing, report } from './report';
import { why } from './why';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // engines of package.json says which Node it takes

const USAGE = `usage: npm run doctor -- ENVIRONMENT [--app DIR] [--name-server HOST:PORT]

  ENVIRONMENT              ${ENVIRONMENT_NAMES.join(', ')}; its account is only read (docs/doctor.md)
  --app DIR                cloud assembly of it, from \`cdk synth -c env=ENVIRONMENT\` (default: it is synthesized)
  --name-server HOST:PORT  what is asked whether zones are delegated (default: the name servers of this machine)`;

/** The exit code: 0 when nothing is missing, 1 when something is or the account cannot be asked, 2 for wrong arguments. */
const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      app: { type: 'string' },
      'name-server': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [name] = positionals;
  if (values.help || name === undefined || positionals.length > 1) {
    console.log(USAGE);
    return values.help ? 0 : 2;
  }
  const config = environment(name);
  if (values.app !== undefined && !existsSync(join(values.app, 'manifest.json')))
    throw new ConfigurationError(`--app is "${values.app}": it has no manifest.json, so it is no cloud assembly`);
  const nameServer = values['name-server'];
  if (nameServer !== undefined && !isNameServer(nameServer))
    throw new ConfigurationError(`--name-server is "${nameServer}": write an IP address, with or without a port`);
  const aws = connect(config.region, nameServer);
  const obstacle = await unable(aws, config);
  if (obstacle !== undefined) {
    console.error(`${name}: nothing was checked, because ${obstacle}`);
    return 1;
  }
  const results = await examine(aws, planOf(config, values.app));
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

const refuse = (error: Error & { readonly code?: string }): number => {
  const isArgument = error.code?.startsWith('ERR_PARSE_ARGS') ?? false;
  const text = error instanceof ConfigurationError ? error.message.replace('-c env', 'the environment') : error.message;
  console.error(isArgument || error instanceof ConfigurationError ? text : why(error));
  if (isArgument) console.error(USAGE);
  return isArgument ? 2 : 1;
};

void main()
  .catch(refuse)
  .then((code) => (process.exitCode = code));
