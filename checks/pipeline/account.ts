import { createHash } from 'node:crypto';
import { CloudFormationClient, GetTemplateCommand, paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import { ListBucketsCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { Emulator } from '../../rehearsal/src/emulator/emulator';

/** A line of what an account holds, by whom it belongs to: a stack, a bucket or a service. */
export type Held = ReadonlyMap<string, string>;

const S3_PREFIX = 's3 ';

/** Every stack with its template and its events, every object of S3, and everything that the emulated services hold. */
export const holdingsOf = async (
  emulator: Emulator,
  regions: readonly string[],
  /** A bucket that does not count. */
  besides: string | undefined,
): Promise<Held> => {
  const held: (readonly [string, string])[] = [];
  for (const region of regions) {
    const client = new CloudFormationClient({ region });
    for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {}))
      for (const { StackName, StackStatus, LastUpdatedTime } of Stacks) {
        const { TemplateBody = '' } = await client.send(new GetTemplateCommand({ StackName }));
        const digest = createHash('sha256').update(TemplateBody).digest('hex');
        held.push([`${StackName} in ${region}`, `${StackStatus} ${LastUpdatedTime?.toISOString()} ${digest}`]);
      }
  }
  const s3 = new S3Client({ region: regions[0], followRegionRedirects: true });
  const { Buckets = [] } = await s3.send(new ListBucketsCommand());
  for (const { Name: Bucket } of Buckets.filter(({ Name }) => Name !== besides))
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket }))
      for (const { Key, ETag, LastModified } of Contents)
        held.push([`${S3_PREFIX}${Bucket}/${Key}`, `${ETag} ${LastModified?.toISOString()}`]);
  for (const { service, store, account, region, key } of await emulator.holdings())
    // Of a versioned bucket, the service holds the versions of its objects too.
    if (besides === undefined || !key.includes(besides))
      held.push([`${service} ${store} ${account} ${region} ${key}`, 'is there']);
  const events: Record<string, number> = {};
  for (const { stack } of await emulator.events()) events[stack] = (events[stack] ?? 0) + 1;
  for (const [stack, count] of Object.entries(events)) held.push([`${stack} events`, `${count}`]);
  return new Map(held);
};

/** The keys of what is there before or after only, or is another one. */
export const differences = (before: Held, after: Held): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));

/** The owners of the differences: names of stacks, `S3`, `ECR`, or a line of something else. */
export const changedIn = (lines: readonly string[], stacks: readonly string[]): readonly string[] =>
  [
    ...new Set(
      lines.map((line) =>
        line.startsWith(S3_PREFIX)
          ? 'S3'
          : line.startsWith('ecr ')
            ? 'ECR'
            : (stacks.find((stack) => line.startsWith(`${stack} `)) ?? line),
      ),
    ),
  ].toSorted();
