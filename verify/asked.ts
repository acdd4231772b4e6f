import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { planOf } from '../doctor/assembly';
import { environment, environmentNames } from '../lib/config';
import { choice, UsageError } from '../rehearsal/src/command-line';
import { targetOf } from './target';

/** The environment of a name, or of a value of the tag Environment: pipelines call prod "production". */
const named = (what: string, given: string) => {
  if (environmentNames.includes(given)) return environment(given);
  const found = environmentNames.map((name) => environment(name)).find(({ tags }) => tags.environment === given);
  return found ?? environment(choice(what, given, environmentNames));
};

interface Asked {
  readonly values: { readonly env?: string | undefined; readonly app?: string | undefined };
  readonly positionals: readonly string[];
}

/** The environment of a call: ENVIRONMENT or `--env`, and the cloud assembly of `--app`. Throws a UsageError on what it does not take. */
export const asked = ({ values: { env, app }, positionals }: Asked) => {
  const [given = env] = positionals;
  if (given === undefined) throw new UsageError();
  if (positionals.length > 0 && env !== undefined)
    throw new UsageError('ENVIRONMENT and --env exclude each other: remove one');
  if (app !== undefined && !existsSync(join(app, 'manifest.json')))
    throw new UsageError(`--app is "${app}": choose a cloud assembly, which has a manifest.json`);
  const open = () => {
    const config = named(positionals.length > 0 ? 'ENVIRONMENT' : '--env', given);
    return { config, target: targetOf(config, planOf(config, app)) };
  };
  return { given, open };
};
