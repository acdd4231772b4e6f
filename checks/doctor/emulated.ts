import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planOf } from '../../doctor/assembly';
import { connect, type Aws } from '../../doctor/aws';
import { accountOf, giveAccount, prepareAccounts } from '../../rehearsal/src/emulator/account';
import { bootstrap } from '../../rehearsal/src/app/bootstrap';
import { assembledStacks, deploy } from '../../rehearsal/src/app/cdk';
import { PROJECT } from '../../rehearsal/src/folders';
import { startEmulator } from '../../rehearsal/src/emulator/emulator';
import {
  createRoles,
  createZones,
  importedZones,
  imagesToPush,
  provideValues,
  pushImages,
  valuesToProvide,
} from '../../rehearsal/src/steps/operator';
import type { Report } from '../../rehearsal/src/report/progress';
import { pythonEnvironment } from '../../rehearsal/src/emulator/python-environment';
import { pipeline } from '../../test/fixtures';
import { SUBJECT, synthesize } from './subject';
import type { Account, Given } from './planted/planted';

/** The emulated AWS with the account of the subject, in which nothing is missing. */
export interface Emulated extends Account {
  /** Asks everything anew. */
  readonly aws: () => Aws;
  readonly nameServer: string;
  readonly assembly: string;
  /** Deploys stacks, by what the CLI calls them. */
  readonly deploy: (ids: readonly string[]) => Promise<unknown>;
  /** Gives the account back what it had. */
  readonly restore: () => Promise<void>;
}

/** Starts it, does what people do before a first deployment, hands it over, and ends it. */
export const withAccount = async (use: (emulated: Emulated) => Promise<void>, report: Report): Promise<void> => {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interruption.abort());
  const { signal } = interruption;
  const folder = await mkdtemp(join(tmpdir(), 'platform-doctor-check-'));
  const assembly = join(folder, 'cdk.out');
  const python = await pythonEnvironment(report, signal);
  const emulator = await startEmulator({
    python,
    folder,
    seed: 1,
    signal,
    onEnd: (error) => interruption.abort(error),
  });
  try {
    const { account, region } = SUBJECT;
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL: emulator.endpoint,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    });
    synthesize(assembly);
    const { connectionArn } = pipeline.stages.find(({ environment }) => environment === SUBJECT.name)!;
    const plan = planOf(SUBJECT, assembly, connectionArn);
    const stacks = await assembledStacks(assembly);
    const app = {
      project: PROJECT,
      context: {},
      output: assembly,
      endpoint: emulator.endpoint,
      account,
      region,
      signal,
    };
    await bootstrap(app, stacks, report);
    await createRoles(emulator.endpoint, stacks);
    await createZones(emulator.endpoint, importedZones(stacks));
    await prepareAccounts(emulator.endpoint, stacks);
    await deploy(app, ['prod/Secrets', 'prod/Images'], report);
    await provideValues(emulator.endpoint, valuesToProvide(stacks));
    await pushImages(emulator.endpoint, imagesToPush(stacks));

    const nameServer = await emulator.nameServer();
    const aws = () => connect(region, nameServer);
    const changed = new Set<string>();
    const give = (fields: Given) => {
      for (const name of Object.keys(fields)) changed.add(name);
      return giveAccount(emulator.endpoint, account, fields);
    };
    const restore = async () => {
      const nothing = Object.fromEntries([...changed].map((name) => [name, null]));
      await giveAccount(emulator.endpoint, account, { ...nothing, ...accountOf(stacks) });
      changed.clear();
    };
    await use({
      aws,
      plan,
      give,
      restore,
      nameServer,
      assembly,
      deploy: (ids) => deploy(app, ids, report),
      endpoint: emulator.endpoint,
      client: aws().client as Account['client'],
    });
  } finally {
    await emulator.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
};
