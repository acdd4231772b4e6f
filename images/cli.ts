import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { choice, command, UsageError } from '../rehearsal/src/command-line';
import { environment, environmentNames } from '../lib/config';
import { pipeline } from '../lib/config/pipeline';
import { allUpstreamImages, LOAD_BALANCER_CHART } from '../lib/model/images';
import { addressOf, keepChart } from './charts';
import { craneOf, craneProgram } from './crane';
import { loggedIn } from './login';
import { provide } from './provide';
import { record } from './record';
import { unsigned } from './signatures';
import { DIGESTS_FILE, wantedImages } from './wanted';

const PROJECT = join(__dirname, '..');

/** The folder in which synthesis looks for charts (lib/constructs/chart-source.ts). */
const CHARTS = 'lib/constructs/charts';

const say = (line: string) => console.log(line);

/** Provides the images of an environment. */
const provideAll = async (name: string, releasesOnly: boolean, signal: AbortSignal): Promise<number> => {
  const config = environment(name);
  const at = pipeline.stages.findIndex((stage) => stage.environment === name);
  const before = at > 0 ? environment(pipeline.stages[at - 1]!.environment) : undefined;
  const program = await craneProgram(say, signal);
  const images = wantedImages(config, before);
  const problems = await loggedIn([config, ...(before ? [before] : [])], (credentials) =>
    provide(images, {
      crane: craneOf(program, credentials, signal),
      refused: (before ?? config).images.signed ? unsigned : undefined,
      othersBy: releasesOnly ? `npm run --silent images -- ${name}` : undefined,
      say,
    }),
  );
  say(`${images.length - problems.length} of ${images.length} images are in the registry of ${name}.`);
  return problems.length === 0 ? 0 : 1;
};

/** Writes down the digest of each image of others, and keeps the charts. */
const recordAll = async (signal: AbortSignal): Promise<number> => {
  const crane = craneOf(await craneProgram(say, signal), undefined, signal);
  const images = await record(allUpstreamImages(), crane, DIGESTS_FILE);
  const chart = await keepChart(LOAD_BALANCER_CHART, join(PROJECT, CHARTS), DIGESTS_FILE);
  const digests = Object.entries({
    ...images.digests,
    ...(chart.digest !== undefined && { [addressOf(LOAD_BALANCER_CHART)]: chart.digest }),
  }).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const problems = [...images.problems, ...(chart.problem === undefined ? [] : [chart.problem])];
  const file = join(PROJECT, DIGESTS_FILE);
  const text = `${JSON.stringify(Object.fromEntries(digests), undefined, 2)}\n`;
  const isNew = text !== readFileSync(file, 'utf8');
  if (isNew) writeFileSync(file, text);
  for (const problem of problems) say(`✖ ${problem}`);
  say(`${DIGESTS_FILE} ${isNew ? 'has changed' : 'stays as it is'}. Commit it with ${CHARTS}, which holds the charts.`);
  return problems.length === 0 ? 0 : 1;
};

const USAGE = `usage: npm run --silent images -- ENVIRONMENT [--releases]
       npm run --silent images -- --record

  ENVIRONMENT   ${environmentNames.join(', ')}
  --releases    copy no image of others: only name those that are not there
  --record      write the digests of the images of others into ${DIGESTS_FILE}, and keep the charts

Copies what the registry of an environment lacks, by digest, and checks that every tag there is the image that git says: images of
others from where they are published, the platform's own from the environment before it. Names those that you push. Running it again
is safe. Needs credentials of the account.`;

const OPTIONS = { releases: { type: 'boolean' }, record: { type: 'boolean' } } as const;

void command({ usage: USAGE, options: OPTIONS, takes: [0, 1] }, ({ values, positionals: [name], signal }) => {
  if (values.record) {
    if (name !== undefined) throw new UsageError(`"${name}" does not go with --record: it is about every environment`);
    return recordAll(signal);
  }
  if (name === undefined) throw new UsageError();
  return provideAll(choice('ENVIRONMENT', name, environmentNames), values.releases ?? false, signal);
});
