import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, ListChangeSetsCommand } from '@aws-sdk/client-cloudformation';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { bootstrap } from '../../rehearsal/src/app/bootstrap';
import { assembledStacks, credentials, deploy, homeOf, synthesize } from '../../rehearsal/src/app/cdk';
import { command } from '../../rehearsal/src/command-line';
import { prepareAccounts } from '../../rehearsal/src/emulator/account';
import { startEmulator } from '../../rehearsal/src/emulator/emulator';
import { pythonEnvironment } from '../../rehearsal/src/emulator/python-environment';
import { PROJECT } from '../../rehearsal/src/folders';
import { CommandError, run } from '../../rehearsal/src/process';
import { inCopy } from '../rehearsed-copy';
import { CASES, type Case } from './cases';

/** Stacks that are deployed before: the database, and those that it needs. */
const DEPLOYED = ['prod/Secrets', 'prod/Images', 'prod/Network', 'prod/Mysql'];

const BUCKET = 'reviews';

const USAGE = `usage: npm run check:gate

Deploys production's database to an emulated account. Runs the gate on changed templates, one case at a time, and expects it to refuse
those that lose state, and no others.`;

interface Run {
  readonly status: number;
  readonly output: string;
}

/** Differences between the outcome of a case and the expected one. */
const faultsOf = async (
  { says, status }: Case,
  ended: Run,
  endpoint: string,
  prefix: string,
): Promise<readonly string[]> => {
  const place = { region: 'ap-southeast-1' };
  const { Summaries = [] } = await new CloudFormationClient(place).send(
    new ListChangeSetsCommand({ StackName: 'platform-prod-mysql' }),
  );
  const review = await new S3Client(place)
    .send(new GetObjectCommand({ Bucket: BUCKET, Key: `${prefix}/review.md` }))
    .then(({ Body }) => Body!.transformToString())
    .catch((error: Error) => error.message);
  return [
    ...(ended.status === status ? [] : [`ends with ${ended.status}, not ${status}`]),
    ...(says.test(ended.output) ? [] : [`does not say ${says}`]),
    ...(status === 0 || says.test(review) ? [] : [`its review in ${endpoint} does not say ${says}`]),
    ...Summaries.filter(({ ChangeSetName }) => ChangeSetName?.startsWith('review-')).map(
      ({ ChangeSetName }) => `leaves the change set ${ChangeSetName}`,
    ),
  ];
};

const report = () => {};

/** File of the template of a stack in a cloud assembly. */
const templateOf = (assembly: string, stackName: string): string =>
  new CloudAssembly(assembly).getStackByName(stackName).templateFile;

const check = (signal: AbortSignal): Promise<number> =>
  inCopy(
    () => {},
    async (project) => {
      const folder = await mkdtemp(join(tmpdir(), 'platform-gate-'));
      const emulator = await startEmulator({
        python: await pythonEnvironment(console.log, signal),
        folder,
        seed: 1,
        signal,
        onEnd: () => {},
      });
      try {
        const assembly = join(folder, 'cdk.out');
        await synthesize({ project, context: { env: 'prod' }, output: assembly, signal }, report);
        const stacks = await assembledStacks(assembly);
        const { account, region } = homeOf(stacks);
        const { endpoint } = emulator;
        const app = {
          project: PROJECT,
          context: {},
          output: assembly,
          endpoint,
          account,
          region: 'ap-southeast-1',
          signal,
        };
        Object.assign(process.env, credentials(app), { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
        console.log(`deploying ${DEPLOYED.join(', ')} (${region} and others)`);
        await bootstrap(app, stacks, report);
        await prepareAccounts(endpoint, stacks);
        await deploy(app, DEPLOYED, report);
        await new S3Client({ region: app.region }).send(new CreateBucketCommand({ Bucket: BUCKET }));
        let failed = 0;
        for (const [index, each] of CASES.entries()) {
          const changed = join(folder, `case-${index}`);
          cpSync(assembly, changed, { recursive: true });
          for (const [stack, change] of Object.entries(each.changes)) {
            const file = join(changed, templateOf(changed, stack));
            const template = JSON.parse(readFileSync(file, 'utf8'));
            change(template.Resources);
            writeFileSync(file, JSON.stringify(template));
          }
          const prefix = `case-${index}`;
          const args = [
            '--reviews',
            `s3://${BUCKET}/${prefix}`,
            '--message',
            each.message,
            '--output',
            join(changed, 'review'),
          ];
          const ended: Run = await run(
            process.execPath,
            ['-r', './typescript.cjs', 'review/gate/cli.ts', changed, ...args],
            {
              cwd: PROJECT,
              signal,
              env: { ...process.env, EXECUTION: prefix },
            },
          ).then(
            (output) => ({ status: 0, output }),
            (error) => {
              if (!(error instanceof CommandError)) throw error;
              return { status: 1, output: error.output.join('\n') };
            },
          );
          const faults = await faultsOf(each, ended, endpoint, prefix);
          failed += faults.length > 0 ? 1 : 0;
          console.log(
            `${faults.length === 0 ? '✔' : '✖'} ${each.title}${faults.map((fault) => `\n  ${fault}`).join('')}`,
          );
          if (faults.length > 0) console.log(ended.output);
        }
        return failed === 0 ? 0 : 1;
      } finally {
        await emulator.stop();
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  );

void command({ usage: USAGE }, ({ signal }) => check(signal));
