import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { command, UsageError } from '../../rehearsal/src/command-line';
import { stacksIn, type DeployedStack, type Stack } from '../assembly';
import { changes } from '../changes';
import { comment } from '../comment';
import { changeSetOf, existing, stacksLike, templateOf, type ChangeSet, type Clients } from './change-sets';
import { losses, refusals } from './gate';
import { replacedReleases } from './live';

const USAGE = `usage: npm run gate -- ASSEMBLY --reviews s3://BUCKET/PREFIX [--message TEXT] [--output DIR]

  ASSEMBLY     folder that cdk synth wrote
  --reviews    where the review is kept, and the templates of the change sets, which CloudFormation reads there
  --message    message of the commit: Allow-Replacement: prod/Mysql/Primary allows one replacement (default: none)
  --output     folder for a copy of the review (default: review.out)

Makes a change set of every stack that exists and would change, writes the review, and deletes the change sets. Fails if a resource
with state is replaced or deleted, or the color that users meet gets another image, and the message does not name it. It changes nothing. Needs credentials of the account.`;

/** Change sets of this name only is the pipeline's role allowed to make. */
const changeSetName = (): string => `review-${process.env.EXECUTION ?? process.pid}`;

const bucketAndPrefix = (given: string): readonly [string, string] => {
  const [, bucket, prefix] = /^s3:\/\/([a-z0-9.-]+)\/(.+?)\/?$/.exec(given) ?? [];
  if (!bucket || !prefix) throw new UsageError(`--reviews is "${given}": write s3://BUCKET/PREFIX`);
  return [bucket, prefix];
};

const setTable = (sets: readonly ChangeSet[], fresh: readonly DeployedStack[]): string =>
  [
    '## What CloudFormation says',
    '',
    ...sets.map(({ stack, changes: all, problem }) =>
      problem === undefined
        ? `- ${stack}: ${all.length} changes${all.map(({ path, action, replacement }) => `\n  - ${action} ${path}${replacement && replacement !== 'False' ? ` (replacement: ${replacement})` : ''}`).join('')}`
        : `- ${stack}: no change set, because ${problem}`,
    ),
    ...fresh.map(
      ({ name, template }) => `- ${name}: a new stack, with ${Object.keys(template.Resources ?? {}).length} resources`,
    ),
    ...(sets.length + fresh.length === 0 ? ['Nothing changes.'] : []),
    '',
  ].join('\n');

interface Options {
  readonly assembly: string;
  readonly reviews: string;
  readonly message: string;
  readonly output: string;
}

/** Stacks beside those of the app: people make the policies of its deployment, and its pipeline is an app of its own. */
const BESIDE = /-execution-policy$|-pipeline(-support-.*)?$|-builds$/;

/** The stacks of an environment that the app has no longer: they stay, with all that is in them, and nothing deploys them. */
const leaving = async (
  clients: Clients,
  prefix: string,
  stacks: readonly DeployedStack[],
): Promise<readonly Stack[]> => {
  const regions = [...new Set(stacks.map(({ deployment }) => deployment.region))];
  const known = new Set(stacks.map(({ name }) => name));
  const found = await stacksLike(clients, prefix, regions);
  return Promise.all(
    found
      .filter(({ name }) => !known.has(name) && !BESIDE.test(name))
      .map(async ({ name, region }) => ({ name, path: name, template: await templateOf(clients(region), name) })),
  );
};

const gate = async ({ assembly, reviews, message, output }: Options): Promise<number> => {
  const [Bucket, prefix] = bucketAndPrefix(reviews);
  const stacks = stacksIn(assembly);
  const home = stacks[0]!.deployment.region;
  const s3 = new S3Client({ region: process.env.AWS_REGION ?? home });
  const made = new Map<string, CloudFormationClient>();
  const clients: Clients = (region) =>
    made.get(region) ?? made.set(region, new CloudFormationClient({ region })).get(region)!;
  const keep = async (name: string, Body: string): Promise<string> => {
    const Key = `${prefix}/${name}`;
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    return `https://s3.${await s3.config.region()}.amazonaws.com/${Bucket}/${Key}`;
  };
  const upload = ({ name, template }: Stack) => keep(`${name}.template.json`, JSON.stringify(template));

  const before: Stack[] = [];
  const fresh: DeployedStack[] = [];
  const sets: ChangeSet[] = [];
  for (const stack of stacks) {
    const held = await existing(clients, stack);
    if (!held) {
      fresh.push(stack);
      continue;
    }
    before.push({ name: stack.name, path: stack.path, template: held.template });
    if (isDeepStrictEqual(held.template, stack.template)) continue;
    console.log(`change set of ${stack.name}`);
    const set = changeSetOf(clients, stack, held, changeSetName(), upload);
    // A stack that is busy or broken takes no change set: the review says so, and a person decides.
    sets.push(await set.catch((error: Error) => ({ stack: stack.name, changes: [], problem: error.message })));
  }
  const name = stacks.find(({ path }) => path.includes('/'))?.path.split('/')[0] ?? '';
  const left = await leaving(clients, `platform-${name}-`, stacks);
  const changed = changes([...before, ...left], stacks);
  const text = comment({ name: 'deployed' }, { name: 'this commit' }, [{ name, result: changed }], Infinity);
  const own = changes(before, stacks);
  const refused = refusals([...losses(own, sets, stacks), ...replacedReleases(before, own)], message, sets);
  const verdict =
    refused.length === 0 ? '' : `## The gate refuses\n\n${refused.map((line) => `- ${line}`).join('\n')}\n\n`;
  const review = `${verdict}${text}\n${setTable(sets, fresh)}`;
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, 'review.md'), review);
  await keep('review.md', review);
  console.log(`The review is in s3://${Bucket}/${prefix}/review.md`);
  for (const line of refused) console.error(line);
  return refused.length === 0 ? 0 : 1;
};

void command(
  {
    usage: USAGE,
    options: {
      reviews: { type: 'string' },
      message: { type: 'string', default: '' },
      output: { type: 'string', default: 'review.out' },
    },
    takes: [1, 1],
  },
  ({ values: { reviews, message, output }, positionals: [assembly] }) => {
    if (!existsSync(join(assembly!, 'manifest.json')))
      throw new UsageError(
        `ASSEMBLY is "${assembly}": choose a folder that cdk synth wrote, because this has no manifest.json`,
      );
    if (reviews === undefined) throw new UsageError('--reviews is missing: write s3://BUCKET/PREFIX');
    return gate({ assembly: assembly!, reviews, message, output });
  },
);
